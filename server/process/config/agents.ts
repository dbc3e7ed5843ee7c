import { z } from 'zod';
import type { Interactions, Offers } from '../../../strategies/interaction/index.ts';

/** The section `agents`: offers to agents, and desktops that are gone. */
export const agentsSchema = z
  .strictObject({
    /** Seconds for which an agent is asked, unless the document says it (`_agent_reserve_timeout`). */
    ringSeconds: z.number().positive().default(30),
    /** The state of an agent who did not answer. */
    afterNoAnswer: z.enum(['notReady', 'none']).default('notReady'),
    /** Seconds for which all event streams of an agent may be closed before the agent is logged out. */
    reconnectSeconds: z.number().positive().default(60),
  })
  .prefault({});

/** The options of Offers and Interactions. */
export function agentOptions({
  ringSeconds,
  afterNoAnswer,
  reconnectSeconds,
}: z.infer<typeof agentsSchema>): Required<
  Pick<ConstructorParameters<typeof Offers>[0], 'ringMs'> &
    Pick<ConstructorParameters<typeof Interactions>[0], 'afterNoAnswer' | 'reconnectMs'>
> {
  return { ringMs: ringSeconds * 1000, afterNoAnswer, reconnectMs: reconnectSeconds * 1000 };
}
