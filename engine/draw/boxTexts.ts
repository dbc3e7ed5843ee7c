import type { Point } from './layered/level.ts';
import { LINE_HEIGHT, PADDING } from './metrics.ts';
import type { Box, InnerTransition } from './sketch.ts';

/** The left upper corners of the texts below the title of a box, as those of labels of arrows. */
export interface BoxTexts {
  readonly lines: Point;
  readonly inner: readonly { readonly transition: InnerTransition; readonly at: Point }[];
}

/** Where the texts of a box are, whose left upper corner is at `corner`. */
export function textsOfBox(corner: Point, box: Box): BoxTexts {
  const x = corner.x + PADDING - 2;
  const y = corner.y + LINE_HEIGHT + 1.5 * PADDING - 1;
  let above = box.lines.length;
  const inner = box.inner.map((transition) => {
    const at = { x, y: y + above * LINE_HEIGHT };
    above += transition.lines.length;
    return { transition, at };
  });
  return { lines: { x, y }, inner };
}
