export type { Bounds } from './bounds.ts';
export type { Progress } from './explorer.ts';
export { readSurroundings } from './readSurroundings.ts';
export { NO_SURROUNDINGS, type Surroundings } from './surroundings.ts';
export { type Finding, type VerifyReport, verifyDocument } from './verifyDocument.ts';
