import type { DebuggableSessions } from '../../engine/host/index.ts';
import { type Clock, defined, type Ids, type Log, type SessionId } from '../../engine/ports/index.ts';
import type { Actor } from '../../strategies/audit/index.ts';
import { WireError } from '../errors/index.ts';
import { LiveDebugger } from './liveDebugger.ts';
import type { SessionUses } from './sessionUses.ts';

export interface DebugLimits {
  /** Sessions that are debugged, or waited for, at the same time. */
  readonly sessions: number;
  readonly breakpointsOfSession: number;
  /** Seconds without an event stream or a request, after which a session goes on without its debugger. */
  readonly lostSeconds: number;
  /** Seconds for which a session may be stopped; then it goes on without its debugger. */
  readonly maxPauseSeconds: number;
  /** Event streams of sessions that are watched, at the same time. */
  readonly watchers: number;
}

export const DEBUG_LIMITS: DebugLimits = {
  sessions: 10,
  breakpointsOfSession: 100,
  lostSeconds: 60,
  maxPauseSeconds: 600,
  watchers: 50,
};

export interface LiveDebuggersDeps {
  readonly debuggable: DebuggableSessions;
  readonly uses: SessionUses;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  readonly limits: DebugLimits;
}

/** The aim of a new debugger. */
export type DebuggerTarget = { readonly session: SessionId } | { readonly nextOf: string };

/** The debuggers of the sessions of this server. Each use is in the audit log. */
export class LiveDebuggers {
  readonly #deps: LiveDebuggersDeps;
  readonly #debuggers = new Map<string, LiveDebugger>();
  /** The debuggers that wait for a session, and how they stop to wait. */
  readonly #waiting = new Map<string, () => void>();

  constructor(deps: LiveDebuggersDeps) {
    this.#deps = deps;
  }

  list(): readonly LiveDebugger[] {
    return [...this.#debuggers.values()];
  }

  /** Throws NOT_FOUND, or FORBIDDEN for a debugger of somebody else. */
  get(id: string, { who }: Actor): LiveDebugger {
    const found = this.#debuggers.get(id);
    if (found === undefined) throw notFound(id);
    if (found.facts.who !== who) {
      throw new WireError('FORBIDDEN', { message: `Expected ${found.facts.who}, got ${who}.` });
    }
    found.seen();
    return found;
  }

  /**
   * Rejects with SERVER_BUSY, as DebuggableSessions.attach() does, and with NOT_FOUND when the debugger was
   * closed or lost meanwhile.
   */
  async open(target: DebuggerTarget, actor: Actor): Promise<LiveDebugger> {
    const { clock, ids, limits } = this.#deps;
    if (this.#debuggers.size >= limits.sessions) {
      throw new WireError('SERVER_BUSY', {
        message: `Expected at most ${limits.sessions} debugged sessions (debug.sessions), got one more.`,
      });
    }
    const id = `${ids.prefix}${ids.uuid()}`;
    const nextOf = 'nextOf' in target ? target.nextOf : undefined;
    const one = new LiveDebugger(
      { id, who: actor.who, ...defined({ nextOf }) },
      {
        clock,
        lostMs: limits.lostSeconds * 1000,
        lost: () => void this.#lose(one),
        maxPauseMs: limits.maxPauseSeconds * 1000,
        overdue: () => void this.#letGo(one),
      },
    );
    this.#debuggers.set(id, one);
    try {
      if ('session' in target) await this.#attach(one, target.session, actor);
      else await this.#arm(one, target.nextOf, actor);
    } catch (error) {
      this.#forget(one);
      await one.leave();
      throw error;
    }
    return one;
  }

  /** Records a use that changes something. */
  async used(one: LiveDebugger, actor: Actor, use: string): Promise<void> {
    await this.#deps.uses.record(objectOf(one), actor, { use });
  }

  /** Records a use that reads. */
  async read(one: LiveDebugger, actor: Actor, use: string): Promise<void> {
    await this.#deps.uses.read(objectOf(one), actor, use);
  }

  async close(one: LiveDebugger, actor: Actor, use = 'detach'): Promise<void> {
    this.#forget(one);
    try {
      await this.used(one, actor, use);
    } finally {
      // Nobody else can let the session go.
      await one.leave();
    }
  }

  async #attach(one: LiveDebugger, sessionId: SessionId, actor: Actor): Promise<void> {
    const alongside = this.#deps.uses.batch(`session:${sessionId}`, actor, { use: 'attach' });
    one.attached(await this.#deps.debuggable.attach(sessionId, { tell: one.tell, alongside }));
    this.#requireThere(one);
  }

  /** A debugger may be closed, or lost, before it is open. Throws NOT_FOUND. */
  #requireThere({ facts: { id } }: LiveDebugger): void {
    if (!this.#debuggers.has(id)) throw notFound(id);
  }

  async #arm(one: LiveDebugger, nextOf: string, actor: Actor): Promise<void> {
    const { uses, debuggable } = this.#deps;
    await uses.record(`document:${nextOf}`, actor, { use: 'attach to the next session' });
    this.#requireThere(one);
    const disarm = debuggable.attachToNext(nextOf, {
      tell: one.tell,
      alongside: (sessionId) => uses.batch(`session:${sessionId}`, actor, { use: 'attach', nextOf }),
      breakpoints: () => one.breakpoints,
      attached: (session) => {
        this.#waiting.delete(one.facts.id);
        one.attached(session);
      },
    });
    this.#waiting.set(one.facts.id, disarm);
  }

  #forget({ facts: { id } }: LiveDebugger): void {
    this.#debuggers.delete(id);
    this.#waiting.get(id)?.();
    this.#waiting.delete(id);
  }

  async #lose(one: LiveDebugger): Promise<void> {
    await this.#closeAlone(one, 'A debugger is lost; its session goes on.', 'detach');
  }

  /** The longest pause is over. */
  async #letGo(one: LiveDebugger): Promise<void> {
    const { maxPauseSeconds } = this.#deps.limits;
    one.events.add({ type: 'letGo', reason: 'maxPauseSeconds', maxPauseSeconds });
    const message = 'A session was stopped for debug.maxPauseSeconds; it goes on without its debugger.';
    await this.#closeAlone(one, message, `let go after ${maxPauseSeconds} s (debug.maxPauseSeconds)`);
  }

  async #closeAlone(one: LiveDebugger, message: string, use: string): Promise<void> {
    const { log } = this.#deps;
    const { id, who } = one.facts;
    log.warn({ debugger: id, who, sessionId: one.session?.sessionId }, message);
    try {
      await this.close(one, { who }, use);
    } catch (err) {
      // The session takes its inputs later, by its task.
      log.warn({ debugger: id, err }, 'A debugger could not leave its session at once.');
    }
  }
}

function objectOf({ session, facts }: LiveDebugger): string {
  return session ? `session:${session.sessionId}` : `document:${facts.nextOf ?? ''}`;
}

function notFound(id: string): WireError {
  return new WireError('NOT_FOUND', { message: `No debugger '${id}', or it has left its session.` });
}
