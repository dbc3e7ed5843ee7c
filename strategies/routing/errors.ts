import { codedError } from '../codedError.ts';

/** What routing refuses, and how: one row a code. `status` is what HTTP says of it. */
export const ROUTING_ERRORS = {
  SKILL_EXPRESSION_INVALID: { status: 400, message: (detail: string) => `Skill expression: ${detail}` },
  TARGET_INVALID: { status: 400, message: (detail: string) => `Target: ${detail}` },
  ROUTING_REQUEST_INVALID: { status: 400, message: (detail: string) => detail },
  STRATEGY_UNKNOWN: {
    status: 400,
    message: (detail: string) => `Expected strategy to be WaitForTarget or SetRouteDelay, got '${detail}'.`,
  },
  CALL_NOT_FOUND: {
    status: 404,
    message: (id: string) => `No virtual interaction '${id}': it was never started, or it has been removed.`,
  },
  AGENT_NOT_FOUND: {
    status: 404,
    message: (id: string) => `No agent '${id}'. Create one with PUT /agent/1/agents/${id}.`,
  },
  AGENT_INVALID: { status: 400, message: (detail: string) => detail },
} as const;

export type RoutingErrorCode = keyof typeof ROUTING_ERRORS;

/** A fault of the caller of routing. `code` is stable. */
export class RoutingError extends codedError('RoutingError', ROUTING_ERRORS) {}
