/** How a property's value looks in a record: quiet until one reaches for it. */
export const value =
  'flex min-h-8 w-full min-w-0 items-center gap-2 rounded-sm px-2 py-1 text-left text-base transition-colors hover:bg-hover data-[state=open]:bg-hover disabled:cursor-default disabled:hover:bg-transparent max-md:min-h-10';
