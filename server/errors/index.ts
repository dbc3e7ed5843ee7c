export { noTrace } from './noTrace.ts';
export { RefusalLog } from './refusalLog.ts';
export { toWireError } from './toWireError.ts';
export { WIRE_ERRORS, WireError, type WireErrorCode } from './wireErrors.ts';
