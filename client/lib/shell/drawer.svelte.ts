/** What of the shell is open over the screen. */
class Drawer {
  /** The sidebar, on phones. */
  open = $state(false);
  newSpace = $state(false);
}

export const drawer = new Drawer();
