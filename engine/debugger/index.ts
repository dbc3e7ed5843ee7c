export { type Breakpoint, BreakpointRefused } from './breakpoints.ts';
export { DocumentDebugger, type Stop } from './documentDebugger.ts';
export { type OutlineRow, outlineOf } from './outline.ts';
