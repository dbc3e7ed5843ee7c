import { type Batch, type Durable, joinBatches } from '../../engine/durable/index.ts';
import type { ModuleCall, ModuleEvent, Sessions } from '../../engine/host/index.ts';
import type { Clock, Json, Log } from '../../engine/ports/index.ts';
import {
  AgentState,
  type Agents,
  performedBatch,
  type Routing,
  textOf,
  wasPerformed,
} from '../routing/index.ts';
import { goneFacts, type InteractionEvents, presentFacts } from './interactionEvents.ts';
import { type InteractionRecord, interactionBatch, readInteraction } from './interactionRecord.ts';
import type { EndedBy } from './interactions.ts';
import { DEFAULT_OFFER_TIMEOUT_MS, type Offers } from './offers.ts';
import { redirectTarget } from './redirectTarget.ts';

interface ModuleDeps {
  readonly durable: Durable;
  readonly sessions: Sessions;
  readonly agents: Agents;
  readonly routing: Routing;
  readonly clock: Clock;
  readonly log: Log;
  readonly events: InteractionEvents;
  readonly offers: Offers;
  readonly endBatch: (id: string, by: EndedBy) => Batch;
  readonly setUserDataBatch: (id: string, changes: Readonly<Record<string, Json>>) => Batch;
}

/** A fault of the document: the element ends in error.interaction.<action>. */
interface Fault {
  readonly error: string;
  readonly description: string;
}

type Perform = (call: ModuleCall, interaction: InteractionRecord) => Promise<readonly ModuleEvent[] | Fault>;

/** The elements of the interaction module (prefix ixn). ors-dialect 2.11. */
export function createInteractionModules(deps: ModuleDeps): void {
  const { durable, sessions, agents, routing, clock, log, events, offers, endBatch, setUserDataBatch } = deps;

  const actions: Readonly<Record<string, Perform>> = {
    async accept(call) {
      return [doneEvent(call)];
    },

    async redirect(call, interaction) {
      if (interaction.state !== 'queued') return invalidState(interaction, 'queued');
      const { to } = call.attributes;
      const agent = redirectTarget(to, { agents, routing, media: interaction.media });
      if (agent === undefined) {
        return {
          error: 'invaliddestination',
          description: `Expected to to name an agent, got ${JSON.stringify(to)}.`,
        };
      }
      const reserved = agents
        .slots(agent.agentId)
        .find((slot) => slot.kind === 'reserved' && slot.sessionId === call.sessionId);
      const isReady = agent.state === AgentState.READY;
      if (!isReady || (reserved === undefined && !agents.isFree(agent.agentId, interaction.media))) {
        const description = `Expected the agent '${agent.agentId}' to be ready and free; it is ${isReady ? 'busy' : agent.state}.`;
        return { error: 'invaliddestination', description };
      }
      await durable.commit(
        joinBatches(
          // The reservation becomes the offer: both would count against the agent's capacity.
          reserved === undefined ? {} : agents.releaseBatch(agent.agentId, reserved.holder),
          offers.offerBatch(interaction, {
            agent,
            timeoutMs: offerTimeout(call.attributes.hints),
            purpose: {
              kind: 'redirect',
              sessionId: call.sessionId,
              requestId: call.requestId,
              detach: textOf(call.attributes.detach) === 'true',
            },
            ...(reserved?.vq === undefined ? {} : { vq: reserved.vq }),
          }),
          performedBatch(call, clock.now()),
        ),
      );
      // The result follows when the agent answers.
      return [];
    },

    async associate(call, { id }) {
      const target = textOf(call.attributes.session ?? call.attributes.sessionid);
      const session = target === '' ? undefined : await sessions.query(target);
      if (session === undefined || !['running', 'scheduled'].includes(session.status)) {
        return {
          error: 'invalidsession',
          description: `Expected session to be a running session, got '${target}'.`,
        };
      }
      const interaction = readInteraction(durable, id);
      if (interaction === undefined || interaction.state === 'ended') return unknownInteraction(id);
      if (target === call.sessionId) return [doneEvent(call)];
      const after = { ...interaction, sessionId: target };
      const data = { interactionid: id };
      log.info({ interactionId: id, from: call.sessionId, sessionId: target }, 'Interaction associated.');
      await durable.commit(
        joinBatches(
          interactionBatch(interaction, after),
          events.batch(target, { name: 'interaction.added', data, facts: presentFacts(after) }),
          events.batch(target, { name: 'interaction.present', data, facts: presentFacts(after) }),
          events.batch(call.sessionId, {
            name: 'interaction.deleted',
            data: { ...data, resultof: 'association' },
            facts: goneFacts(id),
          }),
          events.batch(call.sessionId, { name: 'interaction.notcontrolled', data }),
          performedBatch(call, clock.now()),
        ),
      );
      return [doneEvent(call)];
    },

    async detach(call, interaction) {
      if (interaction.state === 'offered') return invalidState(interaction, 'queued or active');
      const { sessionId: _sessionId, ...after } = interaction;
      await durable.commit(
        joinBatches(interactionBatch(interaction, after), performedBatch(call, clock.now())),
      );
      return [{ ...doneEvent(call), facts: goneFacts(interaction.id) }];
    },

    async attach(call, interaction) {
      const after = { ...interaction, sessionId: call.sessionId };
      await durable.commit(
        joinBatches(interactionBatch(interaction, after), performedBatch(call, clock.now())),
      );
      return [{ ...doneEvent(call), facts: presentFacts(after) }];
    },

    async terminate(call, interaction) {
      if (interaction.state === 'active')
        return invalidState(interaction, 'presented to the session, not with an agent');
      await durable.commit(
        joinBatches(endBatch(interaction.id, 'document'), performedBatch(call, clock.now())),
      );
      return [doneEvent(call)];
    },

    async setudata(call, interaction) {
      const changes = call.attributes.userdata;
      if (typeof changes !== 'object' || changes === null || Array.isArray(changes)) {
        return {
          error: 'badrequest',
          description: `Expected an object of user data, got ${JSON.stringify(changes)}.`,
        };
      }
      const record = changes as Readonly<Record<string, Json>>;
      await durable.commit(
        joinBatches(setUserDataBatch(interaction.id, record), performedBatch(call, clock.now())),
      );
      return [];
    },
  };

  sessions.onModule('interaction.*', async (call) => {
    const action = Object.hasOwn(actions, call.action) ? actions[call.action] : undefined;
    const result = action === undefined ? unsupported(call) : await perform(call, action);
    return 'error' in result ? [errorEvent(call, result)] : result;
  });

  async function perform(call: ModuleCall, action: Perform): Promise<readonly ModuleEvent[] | Fault> {
    const id = textOf(call.attributes.interactionid);
    // Performed before a crash, perhaps without its result being delivered. A redirect's comes by itself.
    if (wasPerformed(durable, call)) {
      return ['redirect', 'setudata'].includes(call.action) ? [] : [repeatedEvent(call, id)];
    }
    const interaction = readInteraction(durable, id);
    if (interaction === undefined || interaction.state === 'ended') return unknownInteraction(id);
    const { sessionId } = interaction;
    const mayAct = sessionId === call.sessionId || (call.action === 'attach' && sessionId === undefined);
    if (!mayAct) {
      const holder = sessionId === undefined ? 'no session controls it' : 'another session controls it';
      return {
        error: 'invalidstate.notcontrolled',
        description: `The interaction '${id}' is not this session's: ${holder}.`,
      };
    }
    return action(call, interaction);
  }

  /** The result once more, with what the session has of the interaction now. */
  function repeatedEvent(call: ModuleCall, id: string): ModuleEvent {
    const interaction = readInteraction(durable, id);
    const holds = interaction !== undefined && interaction.sessionId === call.sessionId;
    const facts = holds && interaction.state !== 'ended' ? presentFacts(interaction) : goneFacts(id);
    return { ...doneEvent(call), facts };
  }
}

function doneEvent(call: ModuleCall): ModuleEvent {
  const data = { requestid: call.requestId, interactionid: textOf(call.attributes.interactionid) };
  return { name: `interaction.${call.action}.done`, data };
}

function errorEvent(call: ModuleCall, fault: Fault): ModuleEvent {
  const data = { requestid: call.requestId, interactionid: textOf(call.attributes.interactionid), ...fault };
  return { name: `error.interaction.${call.action}`, data };
}

function unknownInteraction(id: string): Fault {
  return { error: 'unknown', description: `No interaction '${id}', or it has ended.` };
}

function invalidState({ id, state }: InteractionRecord, expected: string): Fault {
  return {
    error: `invalidstate.${state}`,
    description: `Expected the interaction '${id}' to be ${expected}; it is ${state}.`,
  };
}

function unsupported(call: ModuleCall): Fault {
  return {
    error: 'unsupported',
    description: `<ixn:${call.action}> is not available for chat interactions.`,
  };
}

/** `_agent_reserve_timeout` of the hints, seconds; hints may be an object or its JSON. */
function offerTimeout(hints: Json | undefined): number {
  const object = typeof hints === 'string' ? parseObject(hints) : hints;
  if (typeof object !== 'object' || object === null || Array.isArray(object)) return DEFAULT_OFFER_TIMEOUT_MS;
  const seconds = Number((object as Readonly<Record<string, Json>>)._agent_reserve_timeout);
  return Number.isFinite(seconds) && seconds > 0 ? seconds * 1000 : DEFAULT_OFFER_TIMEOUT_MS;
}

function parseObject(text: string): Json | undefined {
  try {
    return JSON.parse(text) as Json;
  } catch {
    // Hints of another platform's syntax say nothing about the timeout.
    return undefined;
  }
}
