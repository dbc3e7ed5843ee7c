import type { Batch } from '../../engine/durable/index.ts';
import { type Clock, type Json, recentEntries } from '../../engine/ports/index.ts';
import type { Actor, AuditLog } from '../../strategies/audit/index.ts';

/** A reading use is one entry of the audit log in this time. */
const READ_AGAIN_MS = 60_000;
/** Reading uses that are remembered. */
const MAX_READING_USES = 1_000;

type Details = { readonly use: string; readonly [name: string]: Json };

/** The entries of the audit log about people who debug and watch sessions. */
export class SessionUses {
  readonly #audit: AuditLog;
  readonly #clock: Clock;
  /** Times of the last entries of reading uses. */
  readonly #read = recentEntries<string, number>(MAX_READING_USES);

  constructor({ audit, clock }: { readonly audit: AuditLog; readonly clock: Clock }) {
    this.#audit = audit;
    this.#clock = clock;
  }

  /** `object`: 'session:…' or 'document:…'. For the commit of a change. */
  batch(object: string, actor: Actor, details: Details): Batch {
    return this.#audit.batch({ ...actor, action: 'session.debugged', object, details });
  }

  /** Records a use whose change has no commit of its own. */
  record(object: string, actor: Actor, details: Details): Promise<void> {
    return this.#audit.record({ ...actor, action: 'session.debugged', object, details });
  }

  /** Records a use that reads, once in READ_AGAIN_MS. */
  async read(object: string, actor: Actor, use: string): Promise<void> {
    const key = JSON.stringify([object, actor.who, use]);
    const now = this.#clock.now();
    if (now - (this.#read.get(key) ?? Number.NEGATIVE_INFINITY) < READ_AGAIN_MS) return;
    await this.record(object, actor, { use });
    this.#read.set(key, now);
  }
}
