import type { Durable } from '../../engine/durable/durable.ts';
import type { StatType } from '../../strategies/statistics/statTypes.ts';

/** The reason that a test knows for what comes next. */
export type Intent = 'none' | 'reject' | 'endChat';

interface Interval {
  readonly object: string;
  readonly action: string;
  readonly holder: string;
  readonly begin: number;
  readonly isGold: boolean;
  end?: number;
}

interface Moment {
  readonly object: string;
  readonly action: string;
  readonly at: number;
  readonly ms: number | undefined;
  readonly isGold: boolean;
}

/** One change of the number of actions, for the highest number at one time. */
interface Step {
  readonly object: string;
  readonly action: string;
  readonly at: number;
  readonly by: 1 | -1;
  readonly isGold: boolean;
}

interface Call {
  readonly id: string;
  readonly vq: string;
  readonly enteredAt: number;
  readonly data?: { readonly Segment?: string };
  readonly owner: { readonly kind: string; readonly interactionId?: string; readonly route?: boolean };
  readonly snapshot: { readonly value: string; readonly context: { readonly distributed: boolean } };
}
interface Slot {
  readonly agentId: string;
  readonly holder: string;
  readonly kind: string;
  readonly since: number;
}
interface Chat {
  readonly state: string;
  readonly userData: { readonly Segment?: string };
}

interface Callback {
  readonly id: string;
  readonly name: string;
  readonly state: string;
  readonly reason: string;
  readonly createdAt: number;
  readonly desiredTime: number;
  readonly lookup: { readonly Segment?: string };
}

interface State {
  readonly callbacks: ReadonlyMap<string, Callback>;
  readonly agents: ReadonlyMap<string, { readonly state: string }>;
  readonly slots: ReadonlyMap<string, Slot>;
  readonly calls: ReadonlyMap<string, Call>;
  readonly chats: ReadonlyMap<string, Chat>;
}

const EMPTY: State = {
  callbacks: new Map(),
  agents: new Map(),
  slots: new Map(),
  calls: new Map(),
  chats: new Map(),
};
const OF_SLOT: Readonly<Record<string, string>> = {
  reserved: 'Reserved',
  offered: 'InteractionDelivering',
  active: 'InteractionHandling',
  wrapup: 'AfterCallWork',
};
const OF_STATE: Readonly<Record<string, string>> = {
  SCHEDULED: 'CallbackScheduled',
  QUEUED: 'CallbackQueued',
  ROUTING: 'CallbackRouting',
  PROCESSING: 'CallbackProcessing',
  PAUSED: 'CallbackPaused',
};
const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;

/** The span of a statistic, as the model sees it. */
export type ModelSpan = { readonly from: number } | { readonly latest: number };

/**
 * A plain list of all that happened, made by reading the whole state after every commit, and plain counts
 * over that list.
 */
export class StatisticsModel {
  intent: Intent = 'none';
  intervals: Interval[] = [];
  moments: Moment[] = [];
  #steps: Step[] = [];
  #state: State = EMPTY;

  /** Compares the state with the one before. */
  look(durable: Durable, now: number): void {
    const before = this.#state;
    const read = <T>(table: string): ReadonlyMap<string, T> =>
      new Map([...durable.scan<T>(table)].map(({ key, value }) => [key, value]));
    const after: State = {
      callbacks: read('service.instance'),
      agents: read('agent'),
      slots: read('agentSlot'),
      calls: read('virtualInteraction'),
      chats: read('interaction'),
    };
    this.#state = after;
    this.#lookAtAgents(before, after, now);
    this.#lookAtSlots(before, after, now);
    this.#lookAtCalls(before, after, now);
    this.#lookAtCallbacks(before, after, now);
  }

  /** Returns a function that takes back all that happened since. */
  save(): () => void {
    const intervals = this.intervals.map((one) => ({ ...one }));
    const [moments, steps, state] = [[...this.moments], [...this.#steps], this.#state];
    return () => {
      this.intervals = intervals;
      this.moments = moments;
      this.#steps = steps;
      this.#state = state;
    };
  }

  loginOf(agent: string): number | undefined {
    return this.#open(`agent:${agent}`, 'LoggedIn', '')?.begin;
  }

  /** The value of a statistic, by counting. `range` is in ms. */
  value(
    { category, mainMask, relMask }: StatType,
    spans: readonly { readonly object: string; readonly span: ModelSpan }[],
    more: {
      readonly now: number;
      readonly onlyGold: boolean;
      readonly ranges: readonly (readonly [number, number])[];
    },
  ): number {
    const { now, onlyGold, ranges } = more;
    const [first, second] = ranges;
    const main = namesOf(mainMask);
    const current = spans.flatMap(({ object }) =>
      this.intervals
        .filter((one) => one.object === object && main.includes(one.action) && one.end === undefined)
        .filter(({ isGold }) => isGold || !onlyGold)
        .map(({ begin }) => now - begin),
    );
    const ended = (names: readonly string[]): readonly number[] =>
      spans.flatMap(({ object, span }) => this.#ended(object, names, span, onlyGold));
    const timeOf = (names: readonly string[]): number =>
      spans.reduce((sum, { object, span }) => sum + this.#time(object, names, span, { now, onlyGold }), 0);
    const within = (all: readonly number[], range: readonly [number, number] | undefined): number =>
      all.filter((ms) => range !== undefined && ms >= range[0] && ms <= range[1]).length;
    switch (category) {
      case 'CurrentNumber':
        return current.length;
      case 'CurrentMaxTime':
        return whole(Math.max(0, ...current));
      case 'CurrentAverageTime':
        return whole(average(current));
      case 'CurrentNumberInTimeRange':
        return within(current, first);
      case 'TotalNumber':
        return ended(main).length;
      case 'TotalTime':
        return whole(timeOf(main));
      case 'AverageTime':
        return whole(average(ended(main).filter((ms) => !Number.isNaN(ms))));
      case 'AverageNumber': {
        const length = spans.reduce((sum, { span }) => sum + ('from' in span ? now - span.from : 0), 0);
        return length === 0 ? 0 : twoDigits((timeOf(main) * spans.length) / length);
      }
      case 'MaxTime':
        return whole(Math.max(0, ...ended(main)));
      case 'MinTime':
        return ended(main).length === 0 ? 0 : whole(Math.min(...ended(main)));
      case 'MaxNumber':
        return Math.max(...this.#numbers(spans[0], main, onlyGold));
      case 'MinNumber':
        return Math.min(...this.#numbers(spans[0], main, onlyGold));
      case 'TotalNumberInTimeRange':
        return within(ended(main), first);
      case 'TotalNumberInTimeRangePercentage':
        return part(within(ended(main), first), ended(main).length);
      case 'RelativeNumberPercentage':
        return part(ended(main).length, ended(namesOf(relMask!)).length);
      case 'RelativeTimePercentage':
        return part(timeOf(main), timeOf(namesOf(relMask!)));
      case 'ServiceFactor1': {
        const [distributed, abandoned] = [ended(['CallDistributed']), ended(['CallAbandoned'])];
        return part(
          within(distributed, first),
          distributed.length + abandoned.length - within(abandoned, second),
        );
      }
      default:
        throw new Error(`The model does not know ${category}.`);
    }
  }

  /** Durations of what ended in the span, in the order of their ends. */
  #ended(object: string, names: readonly string[], span: ModelSpan, onlyGold: boolean): readonly number[] {
    const of = <T extends { readonly object: string; readonly action: string; readonly isGold: boolean }>(
      all: readonly T[],
    ): readonly T[] =>
      all.filter((one) => one.object === object && names.includes(one.action) && (one.isGold || !onlyGold));
    const all = [
      ...of(this.intervals).flatMap(({ begin, end }) =>
        end === undefined ? [] : [{ at: end, ms: end - begin }],
      ),
      ...of(this.moments).map(({ at, ms }) => ({ at, ms: ms ?? Number.NaN })),
    ].sort((a, b) => a.at - b.at);
    const found = 'latest' in span ? all.slice(-span.latest) : all.filter(({ at }) => at >= span.from);
    return found.map(({ ms }) => ms);
  }

  /** Milliseconds of the actions within the span; of moments, the time that led to them. */
  #time(
    object: string,
    names: readonly string[],
    span: ModelSpan,
    { now, onlyGold }: { readonly now: number; readonly onlyGold: boolean },
  ): number {
    if ('latest' in span) return this.#ended(object, names, span, onlyGold).reduce((a, b) => a + b, 0);
    let sum = 0;
    for (const { object: of, action, begin, end = now, isGold } of this.intervals) {
      if (of !== object || !names.includes(action) || (onlyGold && !isGold)) continue;
      sum += Math.max(0, Math.min(end, now) - Math.max(begin, span.from));
    }
    for (const { object: of, action, at, ms = 0, isGold } of this.moments) {
      if (of === object && names.includes(action) && (isGold || !onlyGold) && at >= span.from) sum += ms;
    }
    return sum;
  }

  /** The numbers of actions at one time, of all times in the span. */
  #numbers(
    of: { readonly object: string; readonly span: ModelSpan } | undefined,
    names: readonly string[],
    onlyGold: boolean,
  ): readonly number[] {
    if (of === undefined) return [0];
    const { object, span } = of;
    const from = 'from' in span ? span.from : 0;
    let number = 0;
    const numbers: number[] = [];
    const steps = this.#steps.filter(
      (one) => one.object === object && names.includes(one.action) && (one.isGold || !onlyGold),
    );
    for (const { by } of steps.filter(({ at }) => at < from)) number += by;
    numbers.push(number);
    for (const { by } of steps.filter(({ at }) => at >= from)) {
      number += by;
      numbers.push(number);
    }
    return numbers;
  }

  #lookAtAgents(before: State, after: State, now: number): void {
    for (const [id, { state }] of after.agents) {
      const was = before.agents.get(id)?.state ?? 'loggedOut';
      const object = `agent:${id}`;
      const isIn = (one: string): boolean => one !== 'loggedOut';
      if (isIn(was) && !isIn(state)) this.#end(object, 'LoggedIn', '', now);
      if (!isIn(was) && isIn(state)) this.#begin(object, 'LoggedIn', '', now, false);
      if (was === state) continue;
      if (was === 'ready') this.#end(object, 'WaitForNextCall', '', now);
      if (was === 'notReady') this.#end(object, 'NotReadyForNextCall', '', now);
      if (state === 'ready') this.#begin(object, 'WaitForNextCall', '', now, false);
      if (state === 'notReady') this.#begin(object, 'NotReadyForNextCall', '', now, false);
    }
  }

  #lookAtSlots(before: State, after: State, now: number): void {
    for (const key of new Set([...before.slots.keys(), ...after.slots.keys()])) {
      const [was, is] = [before.slots.get(key), after.slots.get(key)];
      if (was?.kind === is?.kind) continue;
      const { agentId, holder } = (was ?? is)!;
      const object = `agent:${agentId}`;
      const data = after.chats.get(holder)?.userData ?? after.calls.get(holder)?.data;
      const isGold = data?.Segment === 'Gold';
      if (was !== undefined) this.#end(object, OF_SLOT[was.kind]!, holder, now);
      if (was?.kind === 'offered') {
        const refusal = this.intent === 'reject' ? 'InteractionRejected' : 'InteractionRevoked';
        const action = is?.kind === 'active' ? 'InteractionAccepted' : refusal;
        this.moments.push({ object, action, at: now, ms: now - was.since, isGold });
      }
      if (is !== undefined) this.#begin(object, OF_SLOT[is.kind]!, holder, now, isGold);
    }
    for (const id of after.agents.keys()) {
      const isBusy = (state: State): boolean => [...state.slots.values()].some((slot) => slot.agentId === id);
      if (isBusy(before) && !isBusy(after)) this.#end(`agent:${id}`, 'Busy', '', now);
      if (!isBusy(before) && isBusy(after)) this.#begin(`agent:${id}`, 'Busy', '', now, false);
    }
  }

  #lookAtCalls(before: State, after: State, now: number): void {
    for (const id of new Set([...before.calls.keys(), ...after.calls.keys()])) {
      const [was, is] = [before.calls.get(id), after.calls.get(id)];
      const { vq, enteredAt, owner, data } = (is ?? was)!;
      const chat = after.chats.get(owner.interactionId ?? '');
      const isGold = (owner.kind === 'call' ? data : chat?.userData)?.Segment === 'Gold';
      const object = `queue:${vq}`;
      const waits = (call: Call | undefined): boolean =>
        ['held', 'delayed', 'routable', 'announcing'].includes(call?.snapshot.value ?? '');
      if (was === undefined) {
        this.moments.push({ object, action: 'CallEntered', at: now, ms: undefined, isGold });
      }
      if (!waits(was) && waits(is)) this.#begin(object, 'CallWait', id, now, isGold);
      if (waits(was) && !waits(is)) this.#end(object, 'CallWait', id, now);
      if (was?.snapshot.context.distributed === true) continue;
      const leave = (action: string): void =>
        void this.moments.push({ object, action, at: now, ms: now - enteredAt, isGold });
      if (is?.snapshot.context.distributed === true) leave('CallDistributed');
      else if (was !== undefined && is === undefined) {
        const isTaken =
          owner.route === true
            ? chat?.state === 'active'
            : owner.kind !== 'call' && [...after.slots.values()].some(({ holder }) => holder === id);
        if (isTaken) leave('CallDistributed');
        else leave(owner.kind === 'call' || this.intent === 'endChat' ? 'CallAbandoned' : 'CallCleared');
      }
    }
  }

  #lookAtCallbacks(before: State, after: State, now: number): void {
    for (const id of new Set([...before.callbacks.keys(), ...after.callbacks.keys()])) {
      const [was, is] = [before.callbacks.get(id), after.callbacks.get(id)];
      const { name, reason, createdAt, desiredTime, lookup } = (is ?? was)!;
      const object = `callback:${name}`;
      const isGold = lookup.Segment === 'Gold';
      if (was === undefined) {
        this.moments.push({ object, action: 'CallbackCreated', at: now, ms: undefined, isGold });
      }
      if (was?.state === is?.state) continue;
      if (was !== undefined && was.state !== 'COMPLETED') this.#end(object, OF_STATE[was.state]!, id, now);
      if (is === undefined) continue;
      if (is.state !== 'COMPLETED') {
        this.#begin(object, OF_STATE[is.state]!, id, now, isGold);
        continue;
      }
      const isFailure = /^(FAIL|NOT_AVAILABLE$|SUBMIT_ERROR$)/.test(reason);
      const other = isFailure ? 'CallbackFailed' : 'CallbackServed';
      const action = reason === 'CANCELLED' ? 'CallbackCancelled' : other;
      const since = Math.max(createdAt, Math.min(desiredTime, now));
      this.moments.push({ object, action, at: now, ms: now - since, isGold });
    }
  }

  #open(object: string, action: string, holder: string): Interval | undefined {
    return this.intervals.find(
      (one) =>
        one.object === object && one.action === action && one.holder === holder && one.end === undefined,
    );
  }

  #begin(object: string, action: string, holder: string, begin: number, isGold: boolean): void {
    this.intervals.push({ object, action, holder, begin, isGold });
    this.#steps.push({ object, action, at: begin, by: 1, isGold });
  }

  #end(object: string, action: string, holder: string, end: number): void {
    const open = this.#open(object, action, holder);
    if (open === undefined) throw new Error(`Nothing goes on: ${object} ${action} ${holder}.`);
    open.end = end;
    this.#steps.push({ object, action, at: end, by: -1, isGold: open.isGold });
  }
}

/** The beginning of a time profile as history is read: whole minutes, or whole hours when it is old. */
export function readFrom(from: number, now: number): number {
  const unit = from < now - 25 * HOUR ? HOUR : MINUTE;
  return Math.floor(from / unit) * unit;
}

/** The latest minute at which the clock of the zone showed one of these times; tries each minute. */
export function latestTime(times: readonly string[], zone: string, now: number): number {
  const format = new Intl.DateTimeFormat('en-GB', { timeZone: zone, hour: '2-digit', minute: '2-digit' });
  for (let at = Math.floor(now / MINUTE) * MINUTE; ; at -= MINUTE) {
    if (times.includes(format.format(at))) return at;
  }
}

function namesOf(mask: string): readonly string[] {
  return mask === 'CallAnswered' ? ['CallDistributed'] : mask.split(',');
}

function average(values: readonly number[]): number {
  return values.length === 0 ? 0 : values.reduce((sum, value) => sum + value, 0) / values.length;
}

function whole(ms: number): number {
  return Math.floor(ms / SECOND);
}

function twoDigits(value: number): number {
  return Math.round(value * 100) / 100;
}

function part(some: number, all: number): number {
  return all === 0 ? 0 : twoDigits((100 * some) / all);
}
