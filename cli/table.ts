/** Columns with two spaces between them. The last one is not padded. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const lines = [head, ...rows.map((row) => row.map(printable))];
  const widths = head.map((_, column) =>
    lines.reduce((width, line) => Math.max(width, line[column]!.length), 0),
  );
  return lines
    .map((line) =>
      line
        .map((cell, column) => cell.padEnd(widths[column]!))
        .join('  ')
        .trimEnd(),
    )
    .join('\n');
}

/** Replaces control characters and line breaks, because the text of a server must not move the cursor. */
function printable(text: string): string {
  return text.replace(/[\p{Cc}\p{Zl}\p{Zp}]+/gu, ' ');
}

/** The fields of an object, one on each line, with their values side by side. */
export function fieldLines(fields: { readonly [name: string]: unknown }): string {
  const rows = Object.entries(fields).map(([name, value]) => [name, cellOf(value)]);
  const width = Math.max(0, ...rows.map(([name]) => name!.length));
  return rows.map(([name, value]) => `${name!.padEnd(width)}  ${printable(value!)}`).join('\n');
}

/** A value in a table: a text as it is, anything else as JSON. */
export function cellOf(value: unknown): string {
  if (value === undefined || value === null) return '';
  return typeof value === 'string' ? value : JSON.stringify(value);
}
