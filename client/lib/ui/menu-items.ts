import type { Component } from 'svelte';
import type { Tone } from '#shared/kernel/declare.ts';

/** A menu as data: what it offers, in order. */
export type MenuEntry = MenuCommand | MenuBranch | { separator: true } | { heading: string };

export interface MenuCommand {
  label: string;
  icon?: Component;
  tone?: Tone | undefined;
  /** Shown at the end, `Ctrl+K`. */
  keys?: string;
  danger?: boolean;
  disabled?: boolean;
  checked?: boolean;
  onselect: () => void;
}

export interface MenuBranch {
  label: string;
  icon?: Component;
  entries: MenuEntry[];
}
