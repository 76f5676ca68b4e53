import type { Space } from '#lib/spaces.svelte.ts';

/** What of the shell is open over the screen. */
class Drawer {
  /** The sidebar, on phones. */
  open = $state(false);
  newSpace = $state(false);
  /** The space whose name, colour and description are being changed. */
  editing = $state.raw<Space | null>(null);
  /** The space that is about to be deleted. */
  removing = $state.raw<Space | null>(null);
}

export const drawer = new Drawer();
