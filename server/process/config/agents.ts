import { z } from 'zod';
import { CELL_NAME } from '../../../engine/durable/postgres/index.ts';
import { defined } from '../../../engine/ports/index.ts';
import type { Interactions, Offers } from '../../../strategies/interaction/index.ts';
import { type AgentSettings, ANY_MEDIUM, type BlockingRules } from '../../../strategies/routing/index.ts';
import { agentSettingsSchema } from '../../agent/index.ts';

/** The same ids as parseNewAgentId takes. */
const AGENT_ID = /^[^/\s\p{Cc}]{1,128}$/u;
/** Name of a cell. */
export const cellName = z
  .string()
  .regex(CELL_NAME, "expected a lower-case letter and up to 39 of a-z, 0-9 and '-'");
const medium = z.string().min(1);
const rule = z
  .record(medium, z.number().int().min(1))
  .refine((media) => Object.keys(media).length > 0, 'expected at least one medium');

/** The section `agents`: offers to agents, work that excludes other work, and desktops that are gone. */
export const agentsSchema = z
  .strictObject({
    /** Seconds for which an agent is asked, unless the document says it (`_agent_reserve_timeout`). */
    ringSeconds: z.number().positive().default(30),
    /** The state of an agent who did not answer, for the medium of the offer. */
    afterNoAnswer: z.enum(['notReady', 'none']).default('notReady'),
    /**
     * By medium, the work that keeps an agent from it. The documented default of a capacity rule: one voice
     * interaction, and only if the agent does nothing else.
     */
    blockedBy: z
      .record(medium, z.array(rule))
      .default({ voice: [{ [ANY_MEDIUM]: 1 }], [ANY_MEDIUM]: [{ voice: 1 }] }),
    /** Settings of agents: groups, skills, places, media and capacities, by the id of the agent. */
    people: z
      .record(
        z.string().regex(AGENT_ID, 'expected 1 to 128 characters without / and blanks'),
        // `cell`: that takes the requests of the agent; absent: that of the server which gets them.
        agentSettingsSchema.safeExtend({ cell: cellName.optional() }),
      )
      .default({}),
    /** Seconds without an event stream and a request of an agent, after which the agent is not ready. */
    notReadyAfterSeconds: z.number().positive().default(30),
    /** The same, after which the agent is logged out. */
    logoutAfterSeconds: z.number().positive().default(300),
    /** The same, after which their interactions return to the heads of their queues. */
    handlingTimeoutSeconds: z.number().positive().default(300),
  })
  .refine(({ notReadyAfterSeconds: first, logoutAfterSeconds: second }) => first <= second, {
    path: ['logoutAfterSeconds'],
    message: 'expected not less than notReadyAfterSeconds',
  })
  .refine(({ logoutAfterSeconds: first, handlingTimeoutSeconds: second }) => first <= second, {
    path: ['handlingTimeoutSeconds'],
    message: 'expected not less than logoutAfterSeconds',
  })
  .prefault({});

/** The options of Agents, Offers and Interactions. */
export function agentOptions(
  agents: z.infer<typeof agentsSchema>,
): Required<
  Pick<ConstructorParameters<typeof Offers>[0], 'ringMs'> &
    Pick<ConstructorParameters<typeof Interactions>[0], 'afterNoAnswer' | 'desktopTimes'>
> & { readonly blocking: BlockingRules } {
  const { ringSeconds, afterNoAnswer, blockedBy } = agents;
  return {
    ringMs: ringSeconds * 1000,
    afterNoAnswer,
    desktopTimes: {
      notReadyMs: agents.notReadyAfterSeconds * 1000,
      logoutMs: agents.logoutAfterSeconds * 1000,
      handlingMs: agents.handlingTimeoutSeconds * 1000,
    },
    blocking: blockedBy,
  };
}

/** The settings of the agents, by id. */
export function peopleOf({ people }: z.infer<typeof agentsSchema>): Readonly<Record<string, AgentSettings>> {
  return Object.fromEntries(
    Object.entries(people).map(([id, { switch: switchName, cell: _cell, ...settings }]) => [
      id,
      defined({ ...settings, switchName }),
    ]),
  );
}
