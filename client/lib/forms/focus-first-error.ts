import { tick } from 'svelte';

/** Brings the person to the first field that needs them. */
export async function focusFirstError(within: HTMLElement | null | undefined): Promise<void> {
  await tick();
  within?.querySelector<HTMLElement>('[aria-invalid="true"]')?.focus();
}
