import type { Batch } from '../../engine/durable/index.ts';
import type { ModuleEvent, Sessions } from '../../engine/host/index.ts';
import type { Clock, Ids, Json } from '../../engine/ports/index.ts';
import type { InteractionRecord } from './interactionRecord.ts';

/** The key under which ORS notes the controlling session on an interaction. ors-dialect 2.11. */
const SESSION_KEY = 'OP-Session-ID';

/** Events about interactions, as batches for the sessions that they concern. ors-dialect 2.11. */
export interface InteractionEvents {
  batch(sessionId: string | undefined, event: ModuleEvent & { readonly id?: string }): Batch;
}

export function createInteractionEvents(deps: {
  readonly sessions: Pick<Sessions, 'eventBatch'>;
  readonly clock: Clock;
  readonly ids: Ids;
}): InteractionEvents {
  const { sessions, clock, ids } = deps;
  return {
    batch(sessionId, event) {
      if (sessionId === undefined) return {};
      return sessions.eventBatch(sessionId, { id: ids.uuid(), ...event }, clock.now());
    },
  };
}

/** The entry of `_genesys.ixn.interactions`. `voice` is absent: a chat has none. */
export function viewInteraction(interaction: InteractionRecord): Json {
  const { id, media, queue, state, agentId, sessionId, userData } = interaction;
  const withAgent = state === 'active' && agentId !== undefined;
  return {
    g_uid: id,
    id,
    parentid: '',
    tenantid: 'Environment',
    media,
    location: { queue },
    udata: { ...userData, ...(sessionId === undefined ? {} : { [SESSION_KEY]: sessionId }) },
    msgbased: { view: {} },
    xdata: {},
    parties: withAgent ? [{ device: agentId, devicetype: 'agent' }] : [],
  };
}

/** The session has the interaction as it is now. */
export function presentFacts(interaction: InteractionRecord): Json {
  return { interactions: { [interaction.id]: viewInteraction(interaction) } };
}

/** The session has the interaction no more. */
export function goneFacts(id: string): Json {
  return { interactions: { [id]: null } };
}
