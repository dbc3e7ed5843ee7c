export { EngineChildren } from './engineChildren.ts';
export { PlacedEngine } from './placedEngine.ts';
