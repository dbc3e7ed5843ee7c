import { ownId } from '../../engine/ports/index.ts';
import type { AgentId } from '../../strategies/ids/index.ts';
import { matchesTarget, parseTargets, type Target, targetLabel } from '../../strategies/targets/index.ts';
import type { SharedTime } from '../sharedTime.ts';

/** The settings that targets and documents see of an agent. */
export interface AgentSettings {
  readonly groups?: readonly string[];
  readonly skills?: Readonly<Record<string, number>>;
  /** Absent: the agent's id. */
  readonly place?: string;
  /** Directory number. Absent: the agent's id. */
  readonly dn?: string;
  readonly switch?: string;
}

export type AgentState = 'ready' | 'notReady' | 'loggedOut';

/** An agent as a test sees them. */
export interface FakeAgent {
  readonly id: string;
  readonly state: AgentState;
  readonly settings: AgentSettings;
  /** The call or interaction that has the agent, or for which they are reserved. */
  readonly holder?: string;
}

/** An agent found for targets. */
export interface FoundAgent {
  readonly agent: string;
  /** The agent as documents get it, with the type and id of the target. */
  readonly resource: Readonly<
    Record<'type' | 'id' | 'agent' | 'place' | 'dn' | 'switch' | 'resource', string>
  >;
}

interface Entry {
  readonly settings: AgentSettings;
  readonly state: AgentState;
  /** ms since epoch. */
  readonly since: number;
  readonly holder: string | undefined;
}

const SWITCH = 'Orsay';

/**
 * Simulates the agents of a contact centre. Each takes one interaction at a time. Targets are read as routing
 * reads them; of the agents of a target, the one who has been ready longest is first.
 */
export class FakeAgents {
  readonly #time: SharedTime;
  readonly #agents = new Map<string, Entry>();
  #listener: () => void = () => {};

  constructor(time: SharedTime, agents: Readonly<Record<string, AgentSettings>>) {
    this.#time = time;
    for (const [id, settings] of Object.entries(agents)) this.#put(id, { settings });
  }

  get all(): readonly FakeAgent[] {
    return [...this.#agents].map(([id, { state, settings, holder }]) => ({
      id,
      state,
      settings,
      ...(holder !== undefined && { holder }),
    }));
  }

  /** Logs an agent in, ready. */
  login(id: string, settings: AgentSettings = {}): this {
    return this.#change(() => this.#put(id, { settings }));
  }

  ready(id: string): this {
    return this.#change(() => this.#put(id, { state: 'ready' }));
  }

  notReady(id: string): this {
    return this.#change(() => this.#put(id, { state: 'notReady' }));
  }

  logout(id: string): this {
    return this.#change(() => this.#put(id, { state: 'loggedOut' }));
  }

  // ---- for the other fakes

  /** Calls the listener when an agent may have become free. */
  onChange(listener: () => void): void {
    this.#listener = listener;
  }

  has(id: string): boolean {
    return this.#agents.has(id);
  }

  /** Ready, and without work; `holder`: or reserved for this call already. */
  isFree(id: string, holder?: string): boolean {
    const found = this.#agents.get(id);
    return found?.state === 'ready' && (found.holder === undefined || found.holder === holder);
  }

  /** True while somebody of the targets is logged in. Undefined: the test has no agents. */
  isServed(targets: string): boolean | undefined {
    if (this.#agents.size === 0) return undefined;
    const wanted = parseTargets(targets);
    return [...this.#agents].some(
      ([id, entry]) =>
        entry.state !== 'loggedOut' && wanted.some((target) => matchesTarget(target, candidate(id, entry))),
    );
  }

  /** A free agent of these targets, besides those in `except`. Throws TargetError. */
  find(targets: string, except: ReadonlySet<string> = new Set()): FoundAgent | undefined {
    const wanted = parseTargets(targets).toSorted((a, b) => (b.weight ?? 0) - (a.weight ?? 0));
    const free = [...this.#agents]
      .filter(([id]) => this.isFree(id) && !except.has(id))
      .sort(([, a], [, b]) => a.since - b.since);
    for (const target of wanted) {
      const found = free.find(([id, entry]) => matchesTarget(target, candidate(id, entry)));
      if (found) return { agent: found[0], resource: resourceOf(found[0], found[1].settings, target) };
    }
    return undefined;
  }

  reserve(id: string, holder: string): void {
    this.#put(id, { holder });
  }

  /** Frees the agent, if this holder has them. */
  release(id: string, holder: string): void {
    const found = this.#agents.get(id);
    if (found?.holder !== holder) return;
    this.#agents.set(id, { ...found, holder: undefined, since: this.#time.now });
    this.#time.post(this.#listener);
  }

  #put(id: string, change: Partial<Entry>): void {
    const before = this.#agents.get(id);
    const known = before ?? {
      settings: {},
      state: 'ready' as const,
      since: this.#time.now,
      holder: undefined,
    };
    const isLater = change.state !== undefined && change.state !== known.state;
    this.#agents.set(id, { ...known, ...change, ...(isLater && { since: this.#time.now }) });
  }

  #change(change: () => void): this {
    this.#time.run(() => {
      change();
      this.#time.post(this.#listener);
    });
    return this;
  }
}

function candidate(id: string, { settings }: Entry): Parameters<typeof matchesTarget>[1] {
  const { groups = [], skills = {}, place = id } = settings;
  return { agentId: ownId<AgentId>(id), groups, skills, place };
}

function resourceOf(id: string, settings: AgentSettings, target: Target): FoundAgent['resource'] {
  const { place = id, dn = id } = settings;
  return {
    type: target.type,
    id: targetLabel(target),
    agent: id,
    place,
    dn,
    switch: settings.switch ?? SWITCH,
    resource: dn,
  };
}
