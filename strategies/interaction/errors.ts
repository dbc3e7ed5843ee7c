import { asGiven, codedError } from '../../engine/ports/index.ts';

const MESSAGES = {
  INTERACTION_NOT_FOUND: (id: string) => `No interaction '${id}', or it ended too long ago.`,
  INTERACTION_STATE: asGiven,
  INTERACTION_FULL: asGiven,
  DESTINATION_INVALID: asGiven,
  AGENT_NOT_FREE: asGiven,
  OUTCOME_INVALID: asGiven,
  QUEUE_UNKNOWN: (queue: string) =>
    `No interaction queue '${queue}' is configured, so no application would handle the interaction.`,
};

type InteractionErrorCode = keyof typeof MESSAGES;

declare module '../../engine/ports/codedError.ts' {
  interface ErrorCodes extends Record<InteractionErrorCode, true> {}
}

/** A fault of the caller of interactions. */
export class InteractionError extends codedError('InteractionError', MESSAGES) {}
