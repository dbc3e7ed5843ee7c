export { EngineChildren } from './engineChildren.ts';
export { SplitEngine } from './splitEngine.ts';
