import type { Batch, Durable, PutRecord } from '../../engine/durable/index.ts';
import { defined } from '../../engine/ports/index.ts';
import type { Action } from './actions.ts';
import { type Fact, type ObjectKey, OPEN, type OpenAction, openKey } from './facts.ts';
import type { Filter, UserData } from './filters.ts';

/** Actions that go on are forgotten after this time; far longer than calls and callbacks live. */
const MAX_OPEN_MS = 400 * 24 * 3_600_000;

/** One action of one object. `holder` tells several of them from each other; '' if there is one at most. */
export interface ActionOf {
  readonly object: ObjectKey;
  readonly action: Action;
  readonly holder?: string;
}

/** Collects what one commit does, as facts and as records of the actions that go on. */
export class ActionLog {
  readonly #durable: Pick<Durable, 'get'>;
  readonly #filters: ReadonlyMap<string, Filter>;
  readonly #now: number;
  readonly #facts: Fact[] = [];
  readonly #put: PutRecord[] = [];
  /** Keys of the actions that this commit begins. */
  readonly #begun = new Set<string>();
  readonly #remove: { readonly table: string; readonly key: string }[] = [];

  constructor(deps: {
    readonly durable: Pick<Durable, 'get'>;
    readonly filters: ReadonlyMap<string, Filter>;
    readonly now: number;
  }) {
    this.#durable = deps.durable;
    this.#filters = deps.filters;
    this.#now = deps.now;
  }

  get now(): number {
    return this.#now;
  }

  get facts(): readonly Fact[] {
    return this.#facts;
  }

  /** The changes of the records of actions that go on. */
  get openBatch(): Batch {
    return { put: this.#put, remove: this.#remove };
  }

  /** Whether the action has begun and not ended, also in this commit. */
  goesOn({ object, action, holder = '' }: ActionOf): boolean {
    const key = openKey(object, action, holder);
    return this.#begun.has(key) || this.#durable.get<OpenAction>(OPEN, key) !== undefined;
  }

  begin(one: ActionOf, data?: UserData): void {
    const { object, action, holder = '' } = one;
    const filters = this.#passed(data);
    this.#begun.add(openKey(object, action, holder));
    const value: OpenAction = { since: this.#now, ...defined({ filters }) };
    this.#put.push({
      table: OPEN,
      key: openKey(object, action, holder),
      value,
      expiresAt: this.#now + MAX_OPEN_MS,
    });
    this.#facts.push({ object, action, kind: 'begun', ...defined({ filters }) });
  }

  /** Resolves the duration; undefined: the action is not known to go on, and nothing is recorded. */
  end(one: ActionOf): { readonly ms: number } | undefined {
    const { object, action, holder = '' } = one;
    const key = openKey(object, action, holder);
    const open = this.#durable.get<OpenAction>(OPEN, key);
    // It began before this was recorded: an earlier version stored it.
    if (open === undefined) return undefined;
    const ms = Math.max(0, this.#now - open.since);
    this.#remove.push({ table: OPEN, key });
    this.#facts.push({ object, action, kind: 'ended', ms, ...defined({ filters: open.filters }) });
    return { ms };
  }

  /** `ms`: the time that led to it. */
  occur(
    object: ObjectKey,
    action: Action,
    { ms, data }: { readonly ms?: number; readonly data?: UserData },
  ): void {
    const filters = this.#passed(data);
    this.#facts.push({ object, action, kind: 'occurred', ...defined({ ms, filters }) });
  }

  /** The names of the filters that the data pass; undefined: none. */
  #passed(data: UserData | undefined): readonly string[] | undefined {
    if (data === undefined || this.#filters.size === 0) return undefined;
    const names = [...this.#filters].flatMap(([name, filter]) => (filter(data) ? [name] : []));
    return names.length === 0 ? undefined : names;
  }
}
