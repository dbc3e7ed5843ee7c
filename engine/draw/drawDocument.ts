import type { Document } from '../interpreter/index.ts';
import type { Clock } from '../ports/index.ts';
import { DrawingRefused, layout } from './layout.ts';
import type { Overlay } from './overlay.ts';
import { sketchOf } from './sketch.ts';
import { svgOf } from './svg.ts';

/** States of a document that is drawn. A drawing of more cannot be read. */
const MAX_DRAWN_STATES = 2_000;

/** The state chart of a document as SVG. Rejects with DrawingRefused. */
export async function drawDocument(
  document: Document,
  { clock, overlay }: { readonly clock: Clock; readonly overlay?: Overlay | undefined },
): Promise<string> {
  const count = document.states.length;
  if (count > MAX_DRAWN_STATES) {
    throw new DrawingRefused(`Expected at most ${MAX_DRAWN_STATES} states (MAX_DRAWN_STATES), got ${count}.`);
  }
  const sketch = sketchOf(document);
  const placed = await layout(sketch.graph, clock);
  const file = decodeURIComponent(document.url.split('/').at(-1) ?? '');
  const title = document.name === '' || document.name === file ? file : `${document.name}  ${file}`;
  return svgOf(title, sketch, { placed, overlay });
}
