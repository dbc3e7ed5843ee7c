import { expect } from 'chai';
import { defined } from '../../../engine/ports/defined.ts';
import type { AgentId, InteractionId } from '../../../strategies/ids/index.ts';
import type { AgentRecord, AgentSlot } from '../../../strategies/routing/agentRecord.ts';
import { type BlockingRules, roomIn } from '../../../strategies/routing/agentRoom.ts';
import { changeStates } from '../../../strategies/routing/agentState.ts';
import type { ConnId } from '../../../strategies/routing/callIds.ts';
import type { Judge } from '../../../strategies/routing/judge.ts';
import { Look } from '../../../strategies/routing/look.ts';
import { findMatch, type Match, type RoutableCall } from '../../../strategies/routing/matchCalls.ts';
import { NO_OUTSIDE } from '../../../strategies/routing/outsideFigures.ts';
import { compareCalls, priorityAt } from '../../../strategies/routing/priority.ts';
import { orderAgents } from '../../../strategies/routing/submitOrder.ts';
import { WaitingCalls } from '../../../strategies/routing/waitingCalls.ts';
import { parseTargets } from '../../../strategies/targets/parseTarget.ts';
import { matchesTarget } from '../../../strategies/targets/target.ts';
import { asId } from '../../support/ids.ts';
import { matchPlainly, type PlainAgent, plainRoom } from '../../support/plainRouting.ts';
import { CONDITIONS, type Submitted } from './plainConditions.ts';
import type { Step } from './waitingSteps.ts';

/** Percent of the time since the login; of a3 it is not known. */
const OCCUPANCIES: Readonly<Record<string, number>> = { a0: 70, a1: 20, a2: 20 };

/** Everything that the index is told, kept plainly. */
export class World {
  readonly #blocking: BlockingRules;
  now = 1_767_603_600_000;
  index: WaitingCalls;
  readonly calls = new Map<string, Submitted>();
  readonly agents = new Map<string, AgentRecord>();
  readonly slots: AgentSlot[] = [];
  readonly excluded = new Map<string, readonly string[]>();
  #serial = 0;

  constructor(blocking: BlockingRules) {
    this.#blocking = blocking;
    this.index = this.#newIndex();
  }

  apply(one: Step): void {
    switch (one.kind) {
      case 'enter':
        this.#enter(one);
        break;
      case 'leave':
        this.#change(one.at, () => undefined);
        break;
      case 'toggle':
        this.#change(one.at, (call) => {
          // A call that waits again has given its agent back.
          for (const slot of this.slots.filter(({ holder }) => holder === call.id)) this.#release(slot);
          return { ...call, isRoutable: !call.isRoutable };
        });
        break;
      case 'retarget':
        this.#change(one.at, (call) => ({ ...call, targets: one.targets }));
        break;
      case 'reprioritize':
        this.#change(one.at, (call) => ({ ...call, priority: one.rule }));
        break;
      case 'try':
        this.#change(one.at, (call) => ({
          ...call,
          tried: [
            ...call.tried.filter(({ agentId }) => agentId !== one.agentId),
            { agentId: asId<AgentId>(one.agentId), setting: one.setting, until: this.now + one.forMs },
          ],
        }));
        break;
      case 'exclude':
        this.#change(one.at, (call) => {
          if (call.interactionId !== undefined) this.excluded.set(call.interactionId, [one.agentId]);
          return call;
        });
        break;
      case 'agent':
        this.#setAgent(one);
        break;
      case 'release': {
        const slot = this.slots[one.at % Math.max(1, this.slots.length)];
        if (slot !== undefined) this.#release(slot);
        break;
      }
      case 'wait':
        this.now += one.ms;
        break;
      case 'match':
        this.#match();
        break;
      case 'rebuild':
        this.#rebuild();
        break;
    }
  }

  /** Each view of a queue is compared with sorting the queue. */
  checkQueues(): void {
    for (const vq of ['VQ', 'VQ/2']) {
      const queue = [...this.calls.values()]
        .filter((call) => call.vq === vq)
        .sort((a, b) => compareCalls(a, b, this.now));
      const view = this.index.queue(vq, this.now);
      expect(view?.calls ?? 0).to.equal(queue.length);
      const reached = queue.filter(({ tellPosition = 0 }, place) => place < tellPosition);
      expect(new Set(view?.reached(this.now).map(({ id }) => id))).to.deep.equal(
        new Set(reached.map(({ id }) => id)),
      );
      for (const [place, self] of queue.entries()) {
        const { calls, priorities } = view!.countAhead(self, this.now);
        expect(calls).to.equal(place);
        const sum = queue.slice(0, place).reduce((total, call) => total + priorityAt(call, this.now), 0);
        expect(priorities).to.be.closeTo(sum, 1e-6);
      }
    }
  }

  /** No agent is over the capacity that they had at the decision, and no call has two agents. */
  checkHolders(): void {
    const holders = this.slots.map(({ holder }) => holder);
    expect(new Set(holders).size).to.equal(holders.length);
  }

  #newIndex(): WaitingCalls {
    return new WaitingCalls({
      excludedOf: (id) => this.excluded.get(id),
      blocking: this.#blocking,
      outside: {
        ...NO_OUTSIDE,
        statistic: ({ objectId }) => OCCUPANCIES[objectId] ?? Number.NaN,
        setting: (source, path) =>
          source === 'application' && path.join() === 'App,routing,open' ? 1 : undefined,
      },
    });
  }

  #enter(one: Extract<Step, { kind: 'enter' }>): void {
    this.#serial += 1;
    const id = asId<ConnId>(`call${this.#serial}`);
    const call: Submitted = {
      id,
      vq: one.vq,
      // A call that goes to the head of its queue, before or behind others there.
      serial: one.headPlace === undefined ? this.#serial : -1_000 * (one.headPlace + 1) + this.#serial,
      enteredAt: this.now,
      waitsSince: one.headPlace === undefined ? undefined : this.now - 2_500 * one.headPlace,
      priority: one.rule,
      media: one.media,
      tenant: 'Environment',
      targets: one.targets,
      isRoutable: one.isRoutable,
      tried: [],
      tellPosition: one.tellPosition,
      interactionId: one.order === undefined ? undefined : asId<InteractionId>(`ixn${this.#serial}`),
      order: one.order,
    };
    this.#set(id, call);
  }

  #setAgent(one: Extract<Step, { kind: 'agent' }>): void {
    const { kind: _kind, state, mediaStates, place, ...given } = one;
    const agentId = asId<AgentId>(one.agentId);
    const setting = (this.agents.get(agentId)?.setting ?? 0) + 1;
    // The state of an agent is the best one of their media.
    const states = changeStates(undefined, { state, mediaStates }, given.media);
    const record: AgentRecord = {
      ...given,
      ...states,
      ...defined({ place }),
      agentId,
      setting: setting % 3,
      readySince: this.now,
    };
    this.agents.set(agentId, record);
    this.index.staff.setAgent(agentId, record);
  }

  #change(at: number, change: (call: Submitted) => Submitted | undefined): void {
    const calls = [...this.calls.values()];
    const call = calls[at % Math.max(1, calls.length)];
    if (call !== undefined) this.#set(call.id, change(call));
  }

  #set(id: ConnId, call: Submitted | undefined): void {
    if (call === undefined) this.calls.delete(id);
    else this.calls.set(id, call);
    this.index.set(id, call, this.now);
  }

  #occupy(agentId: AgentId, holder: ConnId, media: string): void {
    const slot: AgentSlot = { agentId, holder, kind: 'reserved', media, since: this.now };
    this.slots.push(slot);
    this.index.staff.setSlot(agentId, holder, slot);
  }

  #release(slot: AgentSlot): void {
    this.slots.splice(this.slots.indexOf(slot), 1);
    this.index.staff.setSlot(slot.agentId, slot.holder, undefined);
  }

  #plainAgents(): readonly PlainAgent[] {
    return [...this.agents.values()].map((record) => ({
      record,
      slots: this.slots.filter(({ agentId }) => agentId === record.agentId),
    }));
  }

  /** Agents for whom the condition holds. */
  count(holds: (agent: AgentRecord) => boolean): number {
    return [...this.agents.values()].filter(holds).length;
  }

  /** Calls of a queue. */
  queued(vq: string): readonly Submitted[] {
    return [...this.calls.values()].filter((call) => call.vq === vq);
  }

  /** Interactions of an agent. */
  load(agentId: AgentId, taken: readonly Match[]): number {
    const slots = this.slots.filter((slot) => slot.agentId === agentId);
    return slots.length + taken.filter(({ agent }) => agent.agentId === agentId).length;
  }

  /** Whether an agent has room for one more interaction of one of their media. */
  isReady(agent: AgentRecord, taken: readonly Match[]): boolean {
    const given = taken
      .filter((match) => match.agent.agentId === agent.agentId)
      .map(
        ({ callId }): AgentSlot => ({
          agentId: agent.agentId,
          holder: callId,
          kind: 'reserved',
          media: this.calls.get(callId)!.media,
          since: this.now,
        }),
      );
    const slots = [...this.slots.filter(({ agentId }) => agentId === agent.agentId), ...given];
    return agent.media.some((media) => plainRoom({ record: agent, slots }, media, this.#blocking) > 0);
  }

  #judge(call: Submitted, taken: readonly Match[]): Judge {
    const age = Math.max(0, Math.floor((this.now - call.enteredAt) / 1000));
    const view = { world: this, call, age, taken };
    return {
      holds: ({ text }) => (text === 'callage<3' ? age < 3 : CONDITIONS[text]!(view)),
      statisticOf: (agentId, statistic) => {
        const agent = this.agents.get(agentId)!;
        if (statistic === 'StatAgentLoading') return this.load(agentId, taken);
        if (statistic === 'StatAgentOccupancy') return OCCUPANCIES[agentId] ?? Number.NaN;
        return this.isReady(agent, taken) ? Math.max(0, Math.floor((this.now - agent.readySince) / 1000)) : 0;
      },
      // The search for an agent does not ask for it.
      statisticOfObject: () => Number.NaN,
      statisticOfTarget: (target) =>
        this.count((agent) => matchesTarget(target, agent) && this.isReady(agent, taken)),
    };
  }

  #waitingCall({ id }: { readonly id: string }): RoutableCall {
    const call = this.calls.get(id)!;
    return {
      id: call.id,
      media: call.media,
      targets: call.targets.flatMap((text) => parseTargets(text)),
      tried: call.tried,
      order: call.order,
      excluded: call.interactionId && this.excluded.get(call.interactionId),
    };
  }

  #match(): void {
    const routable = [...this.calls.values()]
      .filter(({ isRoutable }) => isRoutable)
      .sort((a, b) => compareCalls(a, b, this.now))
      .map((call) => this.#waitingCall(call));
    const expected = matchPlainly(
      routable,
      this.#plainAgents(),
      { now: this.now, blocking: this.#blocking },
      ({ id }, taken) => this.#judge(this.calls.get(id)!, taken),
    );
    expect(this.#matchByIndex()).to.deep.equal(expected);
    for (const vq of ['VQ', 'VQ/2']) {
      const unservable = [...this.calls.values()].filter((call) => call.vq === vq && !this.#isServable(call));
      expect(this.index.countUnservable(vq, this.now)).to.equal(unservable.length);
      for (const call of unservable) expect(this.index.whyUnservable(call)).to.be.a('string');
    }
  }

  #isServable({ media, targets }: Submitted): boolean {
    const wanted = targets.flatMap((text) => parseTargets(text));
    const able = [...this.agents.values()].filter((agent) => agent.media.includes(media));
    return findMatch({ targets: wanted, tried: [] }, able, this.now) !== undefined;
  }

  #matchByIndex(): readonly Match[] {
    const matches: Match[] = [];
    const look = new Look(this.now);
    // The interval has passed.
    const limits = { calls: 1_000, targets: 4_000 };
    this.index.routes.lookAgain(this.now, limits);
    this.index.routes.lookInTurn(this.now, limits);
    for (;;) {
      const proposal = this.index.next(look);
      if (proposal === undefined) return matches;
      const call = this.#waitingCall({ id: proposal.callId });
      const rooms = new Map(proposal.agents.map((free) => [free.record.agentId, free]));
      const roomOf = ({ agentId }: AgentRecord): number => {
        return roomIn(rooms.get(agentId)!, call.media);
      };
      const open = proposal.agents.map(({ record }) => record);
      const judge = this.index.routes.judge('Environment', this.now, this.calls.get(proposal.callId)!);
      const match = findMatch(call, orderAgents(open, call.order, { roomOf, ...judge }), this.now, judge);
      if (match === undefined) {
        look.passOver(proposal.lane);
        continue;
      }
      matches.push({ callId: call.id, ...match });
      this.#occupy(match.agent.agentId, call.id, call.media);
      this.#set(call.id, { ...this.calls.get(call.id)!, isRoutable: false });
    }
  }

  /** As after a crash: a new index of all that is known, in another order. */
  #rebuild(): void {
    this.index = this.#newIndex();
    for (const call of [...this.calls.values()].reverse()) this.index.set(call.id, call, this.now);
    for (const slot of this.slots) this.index.staff.setSlot(slot.agentId, slot.holder, slot);
    for (const record of this.agents.values()) this.index.staff.setAgent(record.agentId, record);
  }
}
