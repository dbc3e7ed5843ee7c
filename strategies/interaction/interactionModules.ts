import { type Durable, joinBatches } from '../../engine/durable/index.ts';
import type { ModuleEvent, ModuleRequest, Sessions } from '../../engine/host/index.ts';
import { type Clock, type Json, type Log, readId, type SessionId } from '../../engine/ports/index.ts';
import type { InteractionId } from '../ids/index.ts';
import { type Agents, attributeText, performedBatch, type Routing, wasPerformed } from '../routing/index.ts';
import type { InteractionChanges } from './interactionChanges.ts';
import { goneFacts, type InteractionEvents, presentFacts } from './interactionEvents.ts';
import { type InteractionRecord, interactionBatch, isHeld, readInteraction } from './interactionRecord.ts';
import { type Fault, invalidState } from './moduleFault.ts';
import type { OfferAnswers } from './offerAnswers.ts';
import type { Offers } from './offers.ts';
import type { QueueEntry } from './queueEntry.ts';
import { named } from './redirectRequest.ts';
import { Redirects } from './redirects.ts';

type Result = readonly ModuleEvent[] | Fault;
type Perform = (request: ModuleRequest, interaction: InteractionRecord) => Promise<Result>;

/** The elements of the interaction module (prefix ixn). ors-dialect 2.11. */
export class InteractionModules {
  readonly #durable: Durable;
  readonly #sessions: Pick<Sessions, 'query'>;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #events: InteractionEvents;
  readonly #changes: InteractionChanges;
  readonly #agents: Agents;
  readonly #answers: OfferAnswers;
  readonly #redirects: Redirects;
  readonly #actions: Readonly<Record<string, Perform>> = {
    accept: (request, interaction) => this.#accept(request, interaction),
    redirect: (request, interaction) => this.#redirects.perform(request, interaction),
    associate: (request, interaction) => this.#associate(request, interaction),
    detach: (request, interaction) => this.#detach(request, interaction),
    attach: (request, interaction) => this.#attach(request, interaction),
    terminate: (request, interaction) => this.#terminate(request, interaction),
    setudata: (request, interaction) => this.#setUserData(request, interaction),
  };

  constructor(deps: {
    readonly durable: Durable;
    readonly sessions: Pick<Sessions, 'query'>;
    readonly agents: Agents;
    readonly routing: Pick<Routing, 'findAgent' | 'dropSubmitsBatch'>;
    readonly offers: Offers;
    readonly answers: OfferAnswers;
    readonly queueEntry: QueueEntry;
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
    this.#agents = deps.agents;
    this.#answers = deps.answers;
    this.#redirects = new Redirects(deps);
  }

  /** Each element with the function that performs it and resolves with the events of its result. */
  performers(): readonly (readonly [
    action: string,
    perform: (request: ModuleRequest) => Promise<readonly ModuleEvent[]>,
  ])[] {
    return Object.entries(this.#actions).map(([name, action]) => [
      name,
      async (request) => {
        const result = await this.#performOnce(request, action);
        return 'error' in result ? [errorEvent(request, result)] : result;
      },
    ]);
  }

  async #performOnce(request: ModuleRequest, action: Perform): Promise<Result> {
    const text = attributeText(request.attributes.interactionid);
    const id = readId<InteractionId>(text);
    if (id === undefined) return unknownInteraction(text);
    if (wasPerformed(this.#durable, request)) return this.#repeated(request, id);
    const interaction = readInteraction(this.#durable, id);
    if (interaction === undefined || interaction.state === 'ended') return unknownInteraction(id);
    const { sessionId } = interaction;
    const mayAct =
      sessionId === request.sessionId || (request.action === 'attach' && sessionId === undefined);
    if (mayAct) return action(request, interaction);
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
  #repeated(request: ModuleRequest, id: InteractionId): readonly ModuleEvent[] {
    if (request.action === 'redirect' || request.action === 'setudata') return [];
    const interaction = readInteraction(this.#durable, id);
    const controls = interaction !== undefined && interaction.sessionId === request.sessionId;
    const facts = controls && interaction.state !== 'ended' ? presentFacts(interaction) : goneFacts(id);
    return [{ ...doneEvent(request), facts }];
  }

  /** Accepts the offer for the agent who is asked; `resource` names them. */
  async #accept(request: ModuleRequest, interaction: InteractionRecord): Promise<Result> {
    const { resource } = request.attributes;
    const agent = named(nameOf(resource), this.#agents);
    const isNamed = attributeText(resource) !== '';
    if (isNamed && agent === undefined) {
      const description = `Expected resource to name an agent, got ${JSON.stringify(resource)}.`;
      return { error: 'badrequest', description };
    }
    const isTheirs = isHeld(interaction) && (!isNamed || agent?.agentId === interaction.agentId);
    if (isTheirs && interaction.state === 'active') return [doneEvent(request)];
    if (!isTheirs || interaction.state !== 'offered') {
      return invalidState(
        interaction,
        `offered to ${agent === undefined ? 'an agent' : `'${agent.agentId}'`}`,
      );
    }
    await this.#durable.commit(
      joinBatches(this.#answers.acceptedBatch(interaction).batch, performedBatch(request, this.#clock.now())),
    );
    return [doneEvent(request)];
  }

  async #associate(request: ModuleRequest, { id }: InteractionRecord): Promise<Result> {
    const target = attributeText(request.attributes.session ?? request.attributes.sessionid);
    const named = readId<SessionId>(target);
    const session = named && (await this.#sessions.query(named));
    if (session === undefined || !['running', 'scheduled'].includes(session.status)) {
      const description = `Expected session to be a running session, got '${target}'.`;
      return { error: 'invalidsession', description };
    }
    const { sessionId } = session;
    const interaction = readInteraction(this.#durable, id);
    if (interaction === undefined || interaction.state === 'ended') return unknownInteraction(id);
    if (sessionId === request.sessionId) return [doneEvent(request)];
    const after = { ...interaction, sessionId };
    const data = { interactionid: id };
    const facts = presentFacts(after);
    this.#log.info({ interactionId: id, from: request.sessionId, sessionId }, 'Interaction associated.');
    await this.#durable.commit(
      joinBatches(
        interactionBatch(interaction, after),
        this.#events.batch(sessionId, { name: 'interaction.added', data, facts }),
        this.#events.batch(sessionId, { name: 'interaction.present', data, facts }),
        this.#events.batch(request.sessionId, {
          name: 'interaction.deleted',
          data: { ...data, resultof: 'association' },
          facts: goneFacts(id),
        }),
        this.#events.batch(request.sessionId, { name: 'interaction.notcontrolled', data }),
        performedBatch(request, this.#clock.now()),
      ),
    );
    return [doneEvent(request)];
  }

  async #detach(request: ModuleRequest, interaction: InteractionRecord): Promise<Result> {
    if (interaction.state === 'offered') return invalidState(interaction, 'queued or active');
    const { sessionId: _sessionId, ...after } = interaction;
    await this.#durable.commit(
      joinBatches(interactionBatch(interaction, after), performedBatch(request, this.#clock.now())),
    );
    return [{ ...doneEvent(request), facts: goneFacts(interaction.id) }];
  }

  async #attach(request: ModuleRequest, interaction: InteractionRecord): Promise<Result> {
    const after = { ...interaction, sessionId: request.sessionId };
    await this.#durable.commit(
      joinBatches(interactionBatch(interaction, after), performedBatch(request, this.#clock.now())),
    );
    return [{ ...doneEvent(request), facts: presentFacts(after) }];
  }

  async #terminate(request: ModuleRequest, interaction: InteractionRecord): Promise<Result> {
    for (const name of ['resource', 'hints']) {
      if (attributeText(request.attributes[name]) === '') continue;
      const description = `<ixn:terminate> takes no ${name} here: no party could end the interaction.`;
      return { error: 'unsupported', description };
    }
    if (interaction.state === 'active') {
      return invalidState(interaction, 'presented to the session, not with an agent');
    }
    await this.#durable.commit(
      joinBatches(
        this.#changes.endBatch(
          interaction.id,
          'document',
          attributeText(request.attributes.reason) || undefined,
        ),
        performedBatch(request, this.#clock.now()),
      ),
    );
    return [doneEvent(request)];
  }

  async #setUserData(request: ModuleRequest, interaction: InteractionRecord): Promise<Result> {
    const changes = request.attributes.userdata;
    if (typeof changes !== 'object' || changes === null || Array.isArray(changes)) {
      const description = `Expected an object of user data, got ${JSON.stringify(changes)}.`;
      return { error: 'badrequest', description };
    }
    await this.#durable.commit(
      joinBatches(
        this.#changes.setUserDataBatch(interaction.id, changes as Readonly<Record<string, Json>>),
        performedBatch(request, this.#clock.now()),
      ),
    );
    return [];
  }
}

function doneEvent(request: ModuleRequest): ModuleEvent {
  const data = {
    requestid: request.requestId,
    interactionid: attributeText(request.attributes.interactionid),
  };
  return { name: `interaction.${request.action}.done`, data };
}

function errorEvent(request: ModuleRequest, fault: Fault): ModuleEvent {
  const data = {
    requestid: request.requestId,
    interactionid: attributeText(request.attributes.interactionid),
    ...fault,
  };
  return { name: `error.interaction.${request.action}`, data };
}

function unknownInteraction(id: string): Fault {
  return { error: 'unknown', description: `No interaction '${id}', or it has ended.` };
}

/** The name of an agent in a text, or in a resource object of a routing result. */
function nameOf(resource: Json | undefined): string {
  if (typeof resource !== 'object' || resource === null || Array.isArray(resource)) {
    return attributeText(resource);
  }
  const { agent, dn, place } = resource as Readonly<Record<string, Json>>;
  return attributeText(agent ?? dn ?? place);
}
