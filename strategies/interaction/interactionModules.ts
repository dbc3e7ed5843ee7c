import { type Durable, joinBatches } from '../../engine/durable/index.ts';
import type { ModuleCall, ModuleEvent, Sessions } from '../../engine/host/index.ts';
import { type Clock, type Json, type Log, readId, type SessionId } from '../../engine/ports/index.ts';
import type { InteractionId } from '../ids/index.ts';
import { type Agents, performedBatch, type Routing, textOf, wasPerformed } from '../routing/index.ts';
import type { InteractionChanges } from './interactionChanges.ts';
import { goneFacts, type InteractionEvents, presentFacts } from './interactionEvents.ts';
import { type InteractionRecord, interactionBatch, readInteraction } from './interactionRecord.ts';
import { type Fault, invalidState } from './moduleFault.ts';
import type { Offers } from './offers.ts';
import { Redirects } from './redirects.ts';

type Result = readonly ModuleEvent[] | Fault;
type Perform = (call: ModuleCall, interaction: InteractionRecord) => Promise<Result>;

/** The elements of the interaction module (prefix ixn). ors-dialect 2.11. */
export class InteractionModules {
  readonly #durable: Durable;
  readonly #sessions: Pick<Sessions, 'query'>;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #events: InteractionEvents;
  readonly #changes: InteractionChanges;
  readonly #redirects: Redirects;
  readonly #actions: Readonly<Record<string, Perform>> = {
    accept: async (call) => [doneEvent(call)],
    redirect: (call, interaction) => this.#redirects.perform(call, interaction),
    associate: (call, interaction) => this.#associate(call, interaction),
    detach: (call, interaction) => this.#detach(call, interaction),
    attach: (call, interaction) => this.#attach(call, interaction),
    terminate: (call, interaction) => this.#terminate(call, interaction),
    setudata: (call, interaction) => this.#setUserData(call, interaction),
  };

  constructor(deps: {
    readonly durable: Durable;
    readonly sessions: Pick<Sessions, 'query'>;
    readonly agents: Agents;
    readonly routing: Pick<Routing, 'findAgent'>;
    readonly offers: Offers;
    readonly clock: Clock;
    readonly log: Log;
    readonly events: InteractionEvents;
    readonly changes: InteractionChanges;
  }) {
    this.#durable = deps.durable;
    this.#sessions = deps.sessions;
    this.#clock = deps.clock;
    this.#log = deps.log;
    this.#events = deps.events;
    this.#changes = deps.changes;
    this.#redirects = new Redirects(deps);
  }

  /** Performs one element of a document; resolves with the events of its result. */
  async perform(call: ModuleCall): Promise<readonly ModuleEvent[]> {
    const action = Object.hasOwn(this.#actions, call.action) ? this.#actions[call.action] : undefined;
    const result = action === undefined ? unsupported(call) : await this.#performOnce(call, action);
    return 'error' in result ? [errorEvent(call, result)] : result;
  }

  async #performOnce(call: ModuleCall, action: Perform): Promise<Result> {
    const text = textOf(call.attributes.interactionid);
    const id = readId<InteractionId>(text);
    if (id === undefined) return unknownInteraction(text);
    if (wasPerformed(this.#durable, call)) return this.#repeated(call, id);
    const interaction = readInteraction(this.#durable, id);
    if (interaction === undefined || interaction.state === 'ended') return unknownInteraction(id);
    const { sessionId } = interaction;
    const mayAct = sessionId === call.sessionId || (call.action === 'attach' && sessionId === undefined);
    if (mayAct) return action(call, interaction);
    const holder = sessionId === undefined ? 'no session controls it' : 'another session controls it';
    return {
      error: 'invalidstate.notcontrolled',
      description: `The interaction '${id}' is not this session's: ${holder}.`,
    };
  }

  /**
   * The element was performed before a crash, and its result may not have been delivered: the result again,
   * with the present facts. The result of a redirect comes by itself.
   */
  #repeated(call: ModuleCall, id: InteractionId): readonly ModuleEvent[] {
    if (call.action === 'redirect' || call.action === 'setudata') return [];
    const interaction = readInteraction(this.#durable, id);
    const controls = interaction !== undefined && interaction.sessionId === call.sessionId;
    const facts = controls && interaction.state !== 'ended' ? presentFacts(interaction) : goneFacts(id);
    return [{ ...doneEvent(call), facts }];
  }

  async #associate(call: ModuleCall, { id }: InteractionRecord): Promise<Result> {
    const target = textOf(call.attributes.session ?? call.attributes.sessionid);
    const named = readId<SessionId>(target);
    const session = named && (await this.#sessions.query(named));
    if (session === undefined || !['running', 'scheduled'].includes(session.status)) {
      const description = `Expected session to be a running session, got '${target}'.`;
      return { error: 'invalidsession', description };
    }
    const { sessionId } = session;
    const interaction = readInteraction(this.#durable, id);
    if (interaction === undefined || interaction.state === 'ended') return unknownInteraction(id);
    if (sessionId === call.sessionId) return [doneEvent(call)];
    const after = { ...interaction, sessionId };
    const data = { interactionid: id };
    const facts = presentFacts(after);
    this.#log.info({ interactionId: id, from: call.sessionId, sessionId }, 'Interaction associated.');
    await this.#durable.commit(
      joinBatches(
        interactionBatch(interaction, after),
        this.#events.batch(sessionId, { name: 'interaction.added', data, facts }),
        this.#events.batch(sessionId, { name: 'interaction.present', data, facts }),
        this.#events.batch(call.sessionId, {
          name: 'interaction.deleted',
          data: { ...data, resultof: 'association' },
          facts: goneFacts(id),
        }),
        this.#events.batch(call.sessionId, { name: 'interaction.notcontrolled', data }),
        performedBatch(call, this.#clock.now()),
      ),
    );
    return [doneEvent(call)];
  }

  async #detach(call: ModuleCall, interaction: InteractionRecord): Promise<Result> {
    if (interaction.state === 'offered') return invalidState(interaction, 'queued or active');
    const { sessionId: _sessionId, ...after } = interaction;
    await this.#durable.commit(
      joinBatches(interactionBatch(interaction, after), performedBatch(call, this.#clock.now())),
    );
    return [{ ...doneEvent(call), facts: goneFacts(interaction.id) }];
  }

  async #attach(call: ModuleCall, interaction: InteractionRecord): Promise<Result> {
    const after = { ...interaction, sessionId: call.sessionId };
    await this.#durable.commit(
      joinBatches(interactionBatch(interaction, after), performedBatch(call, this.#clock.now())),
    );
    return [{ ...doneEvent(call), facts: presentFacts(after) }];
  }

  async #terminate(call: ModuleCall, interaction: InteractionRecord): Promise<Result> {
    if (interaction.state === 'active') {
      return invalidState(interaction, 'presented to the session, not with an agent');
    }
    await this.#durable.commit(
      joinBatches(
        this.#changes.endBatch(interaction.id, 'document'),
        performedBatch(call, this.#clock.now()),
      ),
    );
    return [doneEvent(call)];
  }

  async #setUserData(call: ModuleCall, interaction: InteractionRecord): Promise<Result> {
    const changes = call.attributes.userdata;
    if (typeof changes !== 'object' || changes === null || Array.isArray(changes)) {
      const description = `Expected an object of user data, got ${JSON.stringify(changes)}.`;
      return { error: 'badrequest', description };
    }
    await this.#durable.commit(
      joinBatches(
        this.#changes.setUserDataBatch(interaction.id, changes as Readonly<Record<string, Json>>),
        performedBatch(call, this.#clock.now()),
      ),
    );
    return [];
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

function unsupported(call: ModuleCall): Fault {
  return {
    error: 'unsupported',
    description: `<ixn:${call.action}> is not available for chat interactions.`,
  };
}
