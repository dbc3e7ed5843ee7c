import { DrawingRefused } from './drawingRefused.ts';

/** Pixels of a picture for each unit of the drawing. */
const SCALE = 2;
/** Pixels of the longer side of a picture. A larger drawing is made smaller. */
const MAX_SIDE = 8_000;

/** The drawing as a PNG. Rejects with DrawingRefused where the machine has no font. */
export async function pngOf(svg: string): Promise<Uint8Array> {
  const { Resvg } = await import('@resvg/resvg-js');
  const font = { loadSystemFonts: true, defaultFontFamily: 'DejaVu Sans Mono' };
  const probe = '<svg xmlns="http://www.w3.org/2000/svg" width="9" height="9"><text y="9">x</text></svg>';
  if (new Resvg(probe, { font }).getBBox() === undefined) {
    throw new DrawingRefused('Expected a font on this machine for a PNG, got none. An SVG needs none.');
  }
  const { width, height } = new Resvg(svg, { font });
  const zoom = Math.min(SCALE, MAX_SIDE / Math.max(width, height));
  return new Resvg(svg, { font, fitTo: { mode: 'zoom', value: zoom } }).render().asPng();
}
