/**
 * Plain text tables and numbers for a terminal. Pure.
 */

/** A number with about three digits that matter, and thousands grouped: 0.0123, 1.23, 12.3, 12,345. */
export function figure(value: number | undefined): string {
  if (value === undefined || Number.isNaN(value)) return '–';
  if (!Number.isFinite(value)) return '∞';
  const size = Math.abs(value);
  if (size === 0) return '0';
  if (size >= 100) return Math.round(value).toLocaleString('en-US');
  const decimals = Math.max(0, 2 - Math.floor(Math.log10(size)));
  return value.toFixed(Math.min(decimals, 6));
}

/**
 * Lays rows out in columns wide enough for what is in them.
 * @param align one letter a column: `l` for text, `r` for numbers; missing means `l`.
 */
export function table(head: readonly string[], rows: readonly (readonly string[])[], align = ''): string {
  const widths = head.map((title, column) =>
    Math.max(title.length, ...rows.map((row) => (row[column] ?? '').length))
  );
  const line = (cells: readonly string[]) =>
    widths
      .map((width, column) => {
        const cell = cells[column] ?? '';
        return align[column] === 'r' ? cell.padStart(width) : cell.padEnd(width);
      })
      .join('  ')
      .trimEnd();
  return [line(head), widths.map((width) => '─'.repeat(width)).join('  '), ...rows.map(line)].join('\n');
}
