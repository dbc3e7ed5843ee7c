import { type Batch, type Durable, joinBatches } from '../../engine/durable/index.ts';
import type { ModuleEvent, ModuleRequest } from '../../engine/host/index.ts';
import type { Clock } from '../../engine/ports/index.ts';
import {
  type AgentRecord,
  AgentState,
  type Agents,
  performedBatch,
  type Routing,
  stateFor,
} from '../routing/index.ts';
import type { InteractionChanges } from './interactionChanges.ts';
import { goneFacts, type InteractionEvents } from './interactionEvents.ts';
import type { InteractionRecord } from './interactionRecord.ts';
import { type Fault, invalidState } from './moduleFault.ts';
import type { Offers } from './offers.ts';
import type { QueueEntry } from './queueEntry.ts';
import { type RedirectRequest, readRedirect } from './redirectRequest.ts';

/** Times that documents may redirect one interaction to a queue: two of them could do so without end. */
export const MAX_QUEUE_REDIRECTS = 20;

/** Performs <ixn:redirect>: offers a queued interaction to an agent, or moves it to another queue. */
export class Redirects {
  readonly #durable: Durable;
  readonly #clock: Clock;
  readonly #agents: Agents;
  readonly #routing: Pick<Routing, 'findAgent' | 'dropSubmitsBatch'>;
  readonly #offers: Offers;
  readonly #events: InteractionEvents;
  readonly #changes: InteractionChanges;
  readonly #queueEntry: QueueEntry;

  constructor(deps: {
    readonly durable: Durable;
    readonly clock: Clock;
    readonly agents: Agents;
    readonly routing: Pick<Routing, 'findAgent' | 'dropSubmitsBatch'>;
    readonly offers: Offers;
    readonly events: InteractionEvents;
    readonly changes: InteractionChanges;
    readonly queueEntry: QueueEntry;
  }) {
    this.#durable = deps.durable;
    this.#clock = deps.clock;
    this.#agents = deps.agents;
    this.#routing = deps.routing;
    this.#offers = deps.offers;
    this.#events = deps.events;
    this.#changes = deps.changes;
    this.#queueEntry = deps.queueEntry;
  }

  /** To an agent: resolves without an event, because the result comes when they answer (OfferAnswers). */
  async perform(
    request: ModuleRequest,
    interaction: InteractionRecord,
  ): Promise<readonly ModuleEvent[] | Fault> {
    if (interaction.state !== 'queued') return invalidState(interaction, 'queued');
    const redirect = readRedirect(request, interaction, {
      agents: this.#agents,
      routing: this.#routing,
      isQueue: (name) => this.#queueEntry.isQueue(name),
    });
    if ('error' in redirect) return redirect;
    const { to } = redirect;
    const batch =
      to.kind === 'agent'
        ? this.#offerBatch(request, { interaction, redirect, agent: to.agent })
        : to.kind === 'queue'
          ? this.#moveBatch(request, interaction, to.queue)
          : joinBatches(
              this.#doneBatch(request, interaction),
              this.#changes.endBatch(interaction.id, 'document'),
            );
    if ('error' in batch) return batch;
    await this.#durable.commit(joinBatches(batch, performedBatch(request, this.#clock.now())));
    return [];
  }

  #offerBatch(
    { sessionId, requestId }: ModuleRequest,
    {
      interaction,
      redirect,
      agent,
    }: {
      readonly interaction: InteractionRecord;
      readonly redirect: RedirectRequest;
      readonly agent: AgentRecord;
    },
  ): Batch | Fault {
    const agents = this.#agents;
    const reserved = agents
      .slots(agent.agentId)
      .find((slot) => slot.kind === 'reserved' && slot.sessionId === sessionId);
    const { state } = stateFor(agent, interaction.media);
    const isReady = state === AgentState.READY;
    if (!isReady || (reserved === undefined && !agents.isFree(agent.agentId, interaction.media))) {
      return invalidDestination(
        `Expected the agent '${agent.agentId}' to be ready and free; it is ${isReady ? 'busy' : state}.`,
      );
    }
    return joinBatches(
      // The reservation becomes the offer: both would count against the capacity of the agent.
      reserved === undefined ? {} : agents.releaseBatch(agent.agentId, reserved.holder),
      this.#offers.offerBatch(interaction, {
        agent,
        timeoutMs: redirect.timeoutMs ?? this.#offers.ringMs,
        purpose: { kind: 'redirect', sessionId, requestId, detach: redirect.detach },
        vq: reserved?.vq,
        hints: redirect.hints,
      }),
    );
  }

  /** The application of the queue controls the interaction from now on. */
  #moveBatch(request: ModuleRequest, interaction: InteractionRecord, queue: string): Batch | Fault {
    const { id, redirects = 0 } = interaction;
    if (redirects >= MAX_QUEUE_REDIRECTS) {
      return invalidDestination(
        `The interaction '${id}' was redirected to queues ${MAX_QUEUE_REDIRECTS} times (MAX_QUEUE_REDIRECTS).`,
      );
    }
    const { sessionId } = request;
    const data = { interactionid: id };
    return joinBatches(
      this.#routing.dropSubmitsBatch(id),
      this.#doneBatch(request, interaction),
      this.#events.batch(sessionId, {
        name: 'interaction.deleted',
        data: { ...data, resultof: 'redirect' },
        facts: goneFacts(id),
      }),
      this.#events.batch(sessionId, { name: 'interaction.notcontrolled', data }),
      this.#queueEntry.enterBatch(interaction, {
        ...interaction,
        queue,
        entries: 0,
        redirects: redirects + 1,
      }),
    );
  }

  #doneBatch({ sessionId, requestId }: ModuleRequest, { id }: InteractionRecord): Batch {
    return this.#events.batch(sessionId, {
      name: 'interaction.redirect.done',
      data: { requestid: requestId, interactionid: id },
    });
  }
}

function invalidDestination(description: string): Fault {
  return { error: 'invaliddestination', description };
}
