import type { Durable } from '../../engine/durable/durable.ts';
import type { AgentRecord, AgentSlot } from '../../strategies/routing/agentRecord.ts';
import type { BlockingRules } from '../../strategies/routing/agentRoom.ts';
import { AGENT, SLOT } from '../../strategies/routing/agents.ts';
import { readExcluded } from '../../strategies/routing/excludedAgents.ts';
import { mayTake } from '../../strategies/routing/matchCalls.ts';
import { compareCalls } from '../../strategies/routing/priority.ts';
import { viewRoute } from '../../strategies/routing/routeStrategy.ts';
import { CALL, type VirtualInteraction } from '../../strategies/routing/virtualInteraction.ts';
import { matchesTarget } from '../../strategies/targets/target.ts';
import { targetsOf } from '../../strategies/targets/targetList.ts';
import { type PlainAgent, plainRoom } from './plainRouting.ts';

/**
 * Watches all commits of a contact centre, and compares each agent that a call or an interaction gets with
 * the plain rules: the agent had room for the medium, and no other call that is ahead wanted this agent.
 */
export class AgentWatch {
  readonly violations: string[] = [];
  /** Agents that calls and interactions got. */
  given = 0;
  readonly #durable: Durable;
  readonly #clock: { now(): number };
  readonly #blocking: BlockingRules;
  readonly #slots = new Map<string, AgentSlot>();
  /** The last values of records, as JSON: a commit that fails brings them back. */
  readonly #last = new Map<string, string>();
  readonly #states = new Map<string, string>();

  constructor(durable: Durable, clock: { now(): number }, blocking: BlockingRules) {
    this.#durable = durable;
    this.#clock = clock;
    this.#blocking = blocking;
    for (const { key, value } of durable.scan<AgentSlot>(SLOT)) {
      this.#slots.set(key, value);
      this.#last.set(key, JSON.stringify(value));
    }
    for (const { key, value } of durable.scan<VirtualInteraction>(CALL)) {
      this.#last.set(key, JSON.stringify(value));
      this.#states.set(key, viewRoute(value.snapshot).state);
    }
    durable.onChange([SLOT, CALL], ({ table, key, value }) => {
      if (table === SLOT) this.#slotChanged(key, value as AgentSlot | undefined);
      else this.#callChanged(key, value as VirtualInteraction | undefined);
    });
  }

  #slotChanged(key: string, slot: AgentSlot | undefined): void {
    const before = this.#slots.get(key);
    if (slot === undefined) this.#slots.delete(key);
    else this.#slots.set(key, slot);
    if (slot === undefined || this.#isBack(key, slot) || before !== undefined) return;
    if (slot.kind === 'active' || slot.kind === 'wrapup') return;
    this.given += 1;
    const room = this.#roomWithout(slot.agentId, slot.media ?? '', slot.holder);
    if (room <= 0) {
      this.violations.push(`${slot.agentId} got ${slot.holder} without room for ${slot.media}`);
    }
    const twice = [...this.#slots.values()].filter((one) => one.holder === slot.holder);
    if (twice.length > 1) this.violations.push(`${slot.holder} has ${twice.length} agents`);
  }

  #callChanged(id: string, call: VirtualInteraction | undefined): void {
    const state = call === undefined ? undefined : viewRoute(call.snapshot).state;
    const before = this.#states.get(id);
    if (state === undefined) this.#states.delete(id);
    else this.#states.set(id, state);
    if (call === undefined || state !== 'announcing' || this.#isBack(id, call)) return;
    if (before !== 'routable') return;
    const { agent: chosen } = viewRoute(call.snapshot).context;
    const agent = this.#durable.get<AgentRecord>(AGENT, chosen!.agentId)!;
    const holder = call.owner.kind === 'submit' ? call.owner.interactionId : call.id;
    const now = this.#clock.now();
    for (const { value: other } of this.#durable.scan<VirtualInteraction>(CALL)) {
      if (other.id === call.id || compareCalls(other, call, now) > 0) continue;
      const { state: waits, context } = viewRoute(other.snapshot);
      if (
        waits !== 'routable' ||
        !targetsOf(context.steps, context.active).some((one) => matchesTarget(one, agent))
      )
        continue;
      const excluded =
        other.owner.kind === 'submit' ? readExcluded(this.#durable, other.owner.interactionId) : undefined;
      if (!mayTake({ tried: context.tried, excluded }, agent, now)) continue;
      if (this.#roomWithout(agent.agentId, other.media, holder) <= 0) continue;
      this.violations.push(`${agent.agentId} went to ${call.id}, but ${other.id} is ahead`);
    }
  }

  #isBack(key: string, value: unknown): boolean {
    const text = JSON.stringify(value);
    const isBack = this.#last.get(key) === text;
    this.#last.set(key, text);
    return isBack;
  }

  /** The room that the agent had before they got the holder. */
  #roomWithout(agentId: string, media: string, holder: string): number {
    const record = this.#durable.get<AgentRecord>(AGENT, agentId)!;
    const slots = [...this.#durable.scan<AgentSlot>(SLOT, { prefix: `${agentId}/` })].map(
      ({ value }) => value,
    );
    const plain: PlainAgent = { record, slots: slots.filter((slot) => slot.holder !== holder) };
    return plainRoom(plain, media, this.#blocking);
  }
}
