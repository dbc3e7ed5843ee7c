import type { Batch } from '../../engine/durable/index.ts';
import type { ModuleEvent, Sessions } from '../../engine/host/index.ts';
import { type Clock, defined, type Ids, type Json, type SessionId } from '../../engine/ports/index.ts';
import { Visibility } from '../chat/index.ts';
import type { AgentId, InteractionId } from '../ids/index.ts';
import type { InteractionRecord, Partner } from './interactionRecord.ts';

/** User data key under which ORS names the controlling session. ors-dialect 2.11. */
const SESSION_KEY = 'OP-Session-ID';

/** Events about interactions, as batches for the sessions that they concern. ors-dialect 2.11. */
export class InteractionEvents {
  readonly #sessions: Pick<Sessions, 'eventBatch'>;
  readonly #clock: Clock;
  readonly #ids: Ids;

  constructor(deps: {
    readonly sessions: Pick<Sessions, 'eventBatch'>;
    readonly clock: Clock;
    readonly ids: Ids;
  }) {
    this.#sessions = deps.sessions;
    this.#clock = deps.clock;
    this.#ids = deps.ids;
  }

  /** Empty without a session. */
  batch(sessionId: SessionId | undefined, event: ModuleEvent): Batch {
    if (sessionId === undefined) return {};
    return this.#sessions.eventBatch(sessionId, { id: this.#ids.uuid(), ...event }, this.#clock.now());
  }
}

/** The entry of `_genesys.ixn.interactions`. `voice` is absent: there are no calls. */
export function viewInteraction(interaction: InteractionRecord): Json {
  const { id, media, queue, state, agentId, sessionId, userData, partners = [] } = interaction;
  const seen = partners.filter(({ visibility }) => visibility === Visibility.ALL);
  const withAgents = state === 'active' && agentId !== undefined ? [agentId, ...seen.map(idOf)] : [];
  return {
    g_uid: id,
    id,
    parentid: '',
    tenantid: 'Environment',
    media,
    location: { queue },
    udata: { ...userData, ...defined({ [SESSION_KEY]: sessionId }) },
    msgbased: { view: {} },
    xdata: {},
    parties: withAgents.map((device) => ({ device, devicetype: 'agent' })),
  };
}

function idOf({ agentId }: Partner): AgentId {
  return agentId;
}

/** Facts of a session that controls the interaction: its present view. */
export function presentFacts(interaction: InteractionRecord): Json {
  return { interactions: { [interaction.id]: viewInteraction(interaction) } };
}

/** Facts of a session that no longer controls the interaction. */
export function goneFacts(id: InteractionId): Json {
  return { interactions: { [id]: null } };
}
