/** A document that cannot be drawn. */
export class DrawingRefused extends Error {
  override readonly name = 'DrawingRefused';
}
