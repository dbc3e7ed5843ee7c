export { drawDocument, layoutChart } from './drawDocument.ts';
export { DrawingRefused } from './drawingRefused.ts';
export type { DrawnSources, SourcesToDraw } from './drawSources.ts';
export { type OverlaidStep, type Overlay, overlayOfStates, overlayOfSteps } from './overlay.ts';
export { pngOf } from './png.ts';
