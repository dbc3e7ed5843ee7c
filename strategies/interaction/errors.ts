import { codedError } from '../codedError.ts';

/** What interactions refuse: one row a code. `status` is what HTTP says of it. */
export const INTERACTION_ERRORS = {
  INTERACTION_NOT_FOUND: {
    status: 404,
    message: (id: string) => `No interaction '${id}', or it ended too long ago.`,
  },
  /** The detail is the whole message: what was expected and what came. */
  INTERACTION_STATE: { status: 409, message: (detail: string) => detail },
  QUEUE_UNKNOWN: {
    status: 503,
    message: (queue: string) =>
      `No interaction queue '${queue}' is configured, so no application would handle the interaction.`,
  },
} as const;

export type InteractionErrorCode = keyof typeof INTERACTION_ERRORS;

/** A fault of the caller of interactions. `code` is stable. */
export class InteractionError extends codedError('InteractionError', INTERACTION_ERRORS) {}
