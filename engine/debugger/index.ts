export { type Breakpoint, BreakpointRefused, type PlacedBreakpoint, placedIn } from './breakpoints.ts';
export { DocumentDebugger, type Stop } from './documentDebugger.ts';
export {
  type Inspected,
  type InspectedSession,
  type InspectedValue,
  type Inspection,
  inspect,
} from './inspect.ts';
export { type OutlineRow, outlineOf } from './outline.ts';
export {
  type InspectedLine,
  type StepDetails,
  stepWithDetails,
} from './stepDetails.ts';
