import { compareKeys } from '../../engine/durable/index.ts';
import { readId } from '../../engine/ports/index.ts';
import type { AgentId } from '../ids/index.ts';
import { type Target, TargetType } from '../targets/index.ts';
import { type AgentRecord, type AgentSlot, AgentState, type FreeAgent } from './agentRecord.ts';
import { type BlockingRules, NO_BLOCKING, roomFor, roomsOf } from './agentRoom.ts';
import { isLoggedInFor } from './agentState.ts';
import { Bits } from './bits.ts';
import { type Demand, matchesDemand } from './demandClass.ts';
import { AgentBit, type CountedAgent, GroupCounts } from './groupCounts.ts';

/** A class of calls, and the agents for them. */
export interface StaffedClass extends Demand {
  readonly id: number;
  /** Another one after each change of an agent who matches or matched. */
  version: number;
  /** Agents who match, whatever their state. */
  agents: number;
  /** Agents who match and have room for one more call. */
  freeAgents: number;
}

interface Member {
  readonly agentId: AgentId;
  record: AgentRecord | undefined;
  readonly slots: Map<string, AgentSlot>;
  /** Classes whose calls the agent matches. */
  readonly serves: Bits;
  /** The same, for which the agent has room now. */
  readonly freeFor: Bits;
  /** Present while the agent has room for a medium; then the agent is in the list of free agents. */
  free: FreeAgent | undefined;
}

/**
 * The agents, with the classes of calls that each of them matches and has room for.
 *
 * ST1. A class counts the agents who match it, and those of them who have room. A change of an agent visits
 *      only the classes that this agent matches.
 */
export class Staff {
  readonly #classes: ReadonlyMap<number, StaffedClass>;
  /** Called when a class gets its first free agent, or loses the last one. */
  readonly #noteFree: (demand: StaffedClass) => void;
  readonly #blocking: BlockingRules;
  readonly #members = new Map<AgentId, Member>();
  /** The longest ready agent first. */
  readonly #free: Member[] = [];
  /** The agents of targets whose statistics expressions ask for. */
  readonly counts = new GroupCounts((target) =>
    this.#candidates(target).map((member) => this.#counted(member)),
  );
  readonly #atPlace = new Map<string, Set<Member>>();
  #version = 0;

  constructor(deps: {
    /** By id. */
    readonly classes: ReadonlyMap<number, StaffedClass>;
    readonly noteFree: (demand: StaffedClass) => void;
    /** Default: no medium keeps an agent from another one. */
    readonly blocking?: BlockingRules;
  }) {
    this.#classes = deps.classes;
    this.#noteFree = deps.noteFree;
    this.#blocking = deps.blocking ?? NO_BLOCKING;
  }

  /** Another one after each change of an agent. */
  get version(): number {
    return this.#version;
  }

  /** Undefined: the agent no longer exists. */
  setAgent(agentId: AgentId, record: AgentRecord | undefined): void {
    const member = this.#memberOf(agentId);
    const before = member.record;
    this.#leaveFree(member);
    member.record = record;
    this.#move(member, before?.place, record?.place);
    const isNewMatch = !isSameMatch(before, record);
    if (isNewMatch) this.#matchAll(member);
    this.#refresh(member);
    if (isNewMatch) this.counts.matched(this.#counted(member));
  }

  /** `holder` keeps the agent busy; undefined: it no longer does. */
  setSlot(agentId: AgentId, holder: string, slot: AgentSlot | undefined): void {
    const member = this.#memberOf(agentId);
    this.#leaveFree(member);
    if (slot === undefined) member.slots.delete(holder);
    else member.slots.set(holder, slot);
    this.#refresh(member);
  }

  /** The holders that keep the agent busy. */
  holdersOf(agentId: AgentId): readonly string[] {
    return [...(this.#members.get(agentId)?.slots.keys() ?? [])];
  }

  /** Undefined: there is no such agent. */
  stateOf(agentId: AgentId): AgentState | undefined {
    return this.#members.get(agentId)?.record?.state;
  }

  /** ms since epoch; undefined for an agent who can take nothing. */
  readySinceOf(agentId: AgentId): number | undefined {
    const member = this.#members.get(agentId);
    return member?.free === undefined ? undefined : member.record?.readySince;
  }

  /** Finds the agents of a new class. */
  addClass(demand: StaffedClass): void {
    for (const member of this.#members.values()) {
      if (!this.#matches(member.record, demand)) continue;
      member.serves.add(demand.id);
      demand.agents += 1;
      if (!this.#hasRoom(member, demand.media)) continue;
      member.freeFor.add(demand.id);
      demand.freeAgents += 1;
    }
    if (demand.freeAgents > 0) this.#noteFree(demand);
  }

  /** Forgets a class, whose id another one may get. */
  removeClass({ id }: StaffedClass): void {
    for (const { serves, freeFor } of this.#members.values()) {
      serves.delete(id);
      freeFor.delete(id);
    }
  }

  /** The agents who match the class and have room; the longest ready agent first. */
  freeFor({ id }: StaffedClass): readonly FreeAgent[] {
    return this.#free.filter(({ freeFor }) => freeFor.has(id)).map(({ free }) => free!);
  }

  /** All agents, whatever their state. */
  get records(): readonly AgentRecord[] {
    return [...this.#members.values()].flatMap(({ record }) => record ?? []);
  }

  /** Number of agents logged in who match one of the classes. */
  countLoggedIn(classes: Iterable<{ readonly id: number }>): number {
    return this.#loggedInFor(classes).length;
  }

  /** The agents that countLoggedIn() counts. `isFree`: countReady() counts them, too. */
  loggedInFor(
    classes: Iterable<{ readonly id: number }>,
  ): readonly { readonly agentId: AgentId; readonly isFree: boolean }[] {
    return this.#loggedInFor(classes).map(({ agentId, free }) => ({ agentId, isFree: free !== undefined }));
  }

  #loggedInFor(classes: Iterable<{ readonly id: number }>): readonly Member[] {
    const wanted = new Bits();
    for (const { id } of classes) wanted.add(id);
    return this.#loggedIn().filter(({ serves, record }) => {
      if (record?.mediaStates === undefined) return serves.intersects(wanted);
      const media = [...wanted].filter((id) => serves.has(id)).map((id) => this.#classes.get(id)!.media);
      return media.some((one) => isLoggedInFor(record, one));
    });
  }

  /** Number of agents who can take a call of one of the classes now. */
  countReady(classes: Iterable<{ readonly id: number }>): number {
    const wanted = [...classes];
    return [...this.#members.values()].filter(
      (member) => member.free !== undefined && wanted.some(({ id }) => member.serves.has(id)),
    ).length;
  }

  countAllLoggedIn(): number {
    return this.#loggedIn().length;
  }

  #loggedIn(): readonly Member[] {
    return [...this.#members.values()].filter(
      ({ record }) => record !== undefined && record.state !== AgentState.LOGGED_OUT,
    );
  }

  /** The agents who may match the target. One agent, or one place, costs no look at the others. */
  #candidates({ type, name, skills }: Target): readonly Member[] {
    if (skills === undefined && type === TargetType.AGENT) {
      const id = readId<AgentId>(name);
      const member = id && this.#members.get(id);
      return member === undefined ? [] : [member];
    }
    if (skills === undefined && type === TargetType.PLACE) return [...(this.#atPlace.get(name) ?? [])];
    return [...this.#members.values()];
  }

  #move(member: Member, from: string | undefined, to: string | undefined): void {
    if (from === to) return;
    if (from !== undefined) {
      const left = this.#atPlace.get(from);
      left?.delete(member);
      if (left?.size === 0) this.#atPlace.delete(from);
    }
    if (to !== undefined) this.#atPlace.set(to, (this.#atPlace.get(to) ?? new Set()).add(member));
  }

  #memberOf(agentId: AgentId): Member {
    const known = this.#members.get(agentId);
    if (known !== undefined) return known;
    const member: Member = {
      agentId,
      record: undefined,
      slots: new Map(),
      serves: new Bits(),
      freeFor: new Bits(),
      free: undefined,
    };
    this.#members.set(agentId, member);
    return member;
  }

  #matches(agent: AgentRecord | undefined, demand: Demand): boolean {
    return agent !== undefined && matchesDemand(demand, agent);
  }

  #hasRoom({ record, slots }: Member, media: string): boolean {
    return record !== undefined && roomFor(record, [...slots.values()], media, this.#blocking) > 0;
  }

  #matchAll(member: Member): void {
    for (const demand of this.#classes.values()) {
      const did = member.serves.has(demand.id);
      const does = this.#matches(member.record, demand);
      if (did === does) continue;
      demand.version += 1;
      demand.agents += does ? 1 : -1;
      if (does) member.serves.add(demand.id);
      else member.serves.delete(demand.id);
    }
  }

  /** ST1. The agent is not in the list of free agents. */
  #refresh(member: Member): void {
    const { record, slots, serves, freeFor } = member;
    this.#version += 1;
    for (const id of serves) this.#classes.get(id)!.version += 1;
    const media = (record?.media ?? []).filter((one) => this.#hasRoom(member, one));
    for (const id of [...freeFor]) {
      const demand = this.#classes.get(id)!;
      if (serves.has(id) && media.includes(demand.media)) continue;
      freeFor.delete(id);
      demand.freeAgents -= 1;
      if (demand.freeAgents === 0) this.#noteFree(demand);
    }
    if (record !== undefined && media.length > 0) {
      for (const id of serves) {
        const demand = this.#classes.get(id)!;
        if (freeFor.has(id) || !media.includes(demand.media)) continue;
        freeFor.add(id);
        demand.freeAgents += 1;
        if (demand.freeAgents === 1) this.#noteFree(demand);
      }
      member.free = { record, ...roomsOf(record, [...slots.values()], this.#blocking) };
      this.#free.splice(this.#placeOf(member), 0, member);
    }
    this.counts.moved(this.#counted(member));
    if (record === undefined && slots.size === 0) this.#members.delete(member.agentId);
  }

  /** The agent as GroupCounts sees them. */
  #counted(member: Member): CountedAgent {
    const { agentId, record, slots, free } = member;
    if (record === undefined || record.state === AgentState.LOGGED_OUT) return { agentId, record, states: 0 };
    const isReadyForVoice = free !== undefined && this.#hasRoom(member, 'voice');
    const states =
      (1 << AgentBit.LOGGED_IN) |
      (free === undefined ? 0 : 1 << AgentBit.READY) |
      (isReadyForVoice ? 1 << AgentBit.READY_FOR_VOICE : 0) |
      (slots.size > 0 ? 1 << AgentBit.BUSY : 0);
    return { agentId, record, states };
  }

  #leaveFree(member: Member): void {
    if (member.free === undefined) return;
    this.#free.splice(this.#placeOf(member), 1);
    member.free = undefined;
  }

  /** The index of the first free agent who is not before this one. */
  #placeOf({ agentId, record }: Member): number {
    let from = 0;
    let to = this.#free.length;
    while (from < to) {
      const middle = (from + to) >> 1;
      const other = this.#free[middle]!;
      const order = other.record!.readySince - record!.readySince || compareKeys(other.agentId, agentId);
      if (order < 0) from = middle + 1;
      else to = middle;
    }
    return from;
  }
}

/** Whether the fields that targets are compared with are the same. */
function isSameMatch(a: AgentRecord | undefined, b: AgentRecord | undefined): boolean {
  if (a === undefined || b === undefined) return a === b;
  return (
    JSON.stringify([a.media, a.groups, a.skills, a.place]) ===
    JSON.stringify([b.media, b.groups, b.skills, b.place])
  );
}
