import { asGiven, codedError } from '../../engine/ports/index.ts';

const MESSAGES = {
  ROUTING_REQUEST_INVALID: asGiven,
  ROUTING_LIMITED: asGiven,
  STRATEGY_UNKNOWN: asGiven,
  CALL_NOT_FOUND: (id: string) =>
    `No virtual interaction '${id}': it was never started, or it has been removed.`,
  AGENT_INVALID: asGiven,
};

type RoutingErrorCode = keyof typeof MESSAGES;

declare module '../../engine/ports/codedError.ts' {
  interface ErrorCodes extends Record<RoutingErrorCode, true> {}
}

/** A fault of the caller of routing. */
export class RoutingError extends codedError('RoutingError', MESSAGES) {}
