import { asGiven, codedError } from '../../engine/ports/index.ts';

const MESSAGES = {
  INTERACTION_NOT_FOUND: (id: string) => `No interaction '${id}', or it ended too long ago.`,
  INTERACTION_STATE: asGiven,
  QUEUE_UNKNOWN: (queue: string) =>
    `No interaction queue '${queue}' is configured, so no application would handle the interaction.`,
};

export type InteractionErrorCode = keyof typeof MESSAGES;

/** A fault of the caller of interactions. */
export class InteractionError extends codedError('InteractionError', MESSAGES) {}
