/** How every field that takes typing looks: Input, Textarea, Select, Combobox, DatePicker. */
export const control = [
  'w-full min-w-0 rounded-sm border border-line-control/60 bg-surface text-ink shadow-1',
  // 16 px on phones: anything smaller makes iOS zoom into the page.
  'text-md md:text-base',
  'transition-[border-color,box-shadow] hover:border-line-control',
  'focus-visible:outline-2 focus-visible:outline-offset-0 focus-visible:outline-focus focus-visible:border-focus',
  'aria-invalid:border-danger aria-invalid:outline-danger',
  'disabled:cursor-not-allowed disabled:bg-sunken disabled:text-faint disabled:shadow-none'
].join(' ');

/** A floating surface: menus, popovers, lists of options. */
export const floating =
  'z-50 rounded-md border border-line bg-raised text-ink shadow-3 outline-none data-[state=open]:animate-pop data-[state=closed]:animate-out';

/** A line in a menu or list of options. */
export const option =
  'relative flex min-h-8 w-full cursor-default select-none items-center gap-2 rounded-sm px-2 py-1.5 text-base outline-none data-highlighted:bg-hover data-disabled:text-faint data-disabled:pointer-events-none max-md:min-h-10';
