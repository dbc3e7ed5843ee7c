/**
 * A font in which every character has the same width, so that texts are measured without a font. All fonts
 * of the list are about so wide.
 */
export const FONT = "'DejaVu Sans Mono', 'Liberation Mono', Menlo, Consolas, monospace";
export const FONT_SIZE = 12;
export const LINE_HEIGHT = 15;
export const PADDING = 8;
const CHARACTER = FONT_SIZE * 0.605;
/** Between a title and its source line. */
const GAP = 10;

interface Size {
  readonly width: number;
  readonly height: number;
}

export function textWidth(text: string): number {
  return [...text].length * CHARACTER;
}

export function textSize(lines: readonly string[]): Size {
  return { width: Math.max(...lines.map(textWidth)) + 4, height: lines.length * LINE_HEIGHT + 2 };
}

/** The least size of a box with these texts. */
export function sizeOf(box: {
  readonly title: string;
  readonly place: string;
  readonly lines: readonly string[];
  readonly inner: readonly { readonly lines: readonly string[] }[];
}): Size {
  const lines = [...box.lines, ...box.inner.flatMap(({ lines }) => lines)];
  const head = textWidth(box.title) + GAP + textWidth(box.place);
  const width = Math.max(head, ...lines.map(textWidth)) + 2 * PADDING;
  const body = lines.length === 0 ? 0 : lines.length * LINE_HEIGHT + PADDING / 2;
  return { width, height: LINE_HEIGHT + 2 * PADDING + body };
}

/** Room around the drawing; above is its title. */
export const MARGIN = { top: 40, side: 16 };
