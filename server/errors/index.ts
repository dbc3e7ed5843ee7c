export { RefusalLog } from './refusalLog.ts';
export { toWireError } from './toWireError.ts';
export { WireError, type WireErrorCode } from './wireErrors.ts';
