export { drawDocument } from './drawDocument.ts';
export { DrawingRefused } from './layout.ts';
export { type OverlaidStep, type Overlay, overlayOfStates, overlayOfSteps } from './overlay.ts';
export { pngOf } from './png.ts';
