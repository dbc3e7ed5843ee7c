export { type EngineChildren, openEngineChildren } from './engineChildren.ts';
export { createPlacedEngine } from './placedEngine.ts';
