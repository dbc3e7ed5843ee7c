/** Characters of a text that a message shows around a fault. */
const SHOWN_CHARS = 200;

/**
 * Where a fault is, for a message. Positions and columns count characters from 1. A text of several lines is
 * shown by the line of the fault.
 */
export function placeIn(text: string, offset: number): string {
  const before = text.slice(0, offset).split(/\r\n|\r|\n/);
  const column = before.at(-1)!.length + 1;
  const from = offset - (column - 1);
  const line = text.slice(from).split(/\r\n|\r|\n/, 1)[0]!;
  const shown = around(line, column - 1);
  return line.length === text.length
    ? `at position ${offset + 1} of '${shown}'`
    : `at line ${before.length}, column ${column} (position ${offset + 1}) of '${shown}'`;
}

/** The part of a line around the character at `at`. */
function around(line: string, at: number): string {
  if (line.length <= SHOWN_CHARS) return line;
  const from = Math.max(0, Math.min(at - SHOWN_CHARS / 2, line.length - SHOWN_CHARS));
  const to = from + SHOWN_CHARS;
  return `${from > 0 ? '…' : ''}${line.slice(from, to)}${to < line.length ? '…' : ''}`;
}

/** The beginning of a text, for a message. */
export function shownText(text: string): string {
  return text.length <= SHOWN_CHARS ? text : `${text.slice(0, SHOWN_CHARS)}…`;
}
