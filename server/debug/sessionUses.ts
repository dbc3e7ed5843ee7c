import type { Batch } from '../../engine/durable/index.ts';
import type { Json } from '../../engine/ports/index.ts';
import type { Actor, AuditLog, AuditRecord } from '../../strategies/audit/index.ts';

type Details = { readonly use: string; readonly [name: string]: Json };

/** The entries of the audit log about people who debug and watch sessions. */
export class SessionUses {
  readonly #audit: AuditLog;

  constructor({ audit }: { readonly audit: AuditLog }) {
    this.#audit = audit;
  }

  /** `object`: 'session:…' or 'document:…'. For the commit of a change. */
  batch(object: string, actor: Actor, details: Details): Batch {
    return this.#audit.batch(recordOf(object, actor, details));
  }

  /** Records a use whose change has no commit of its own. */
  record(object: string, actor: Actor, details: Details): Promise<void> {
    return this.#audit.record(recordOf(object, actor, details));
  }

  /** Records a use that reads. */
  read(object: string, actor: Actor, use: string): Promise<void> {
    return this.#audit.recordReading(recordOf(object, actor, { use }));
  }
}

function recordOf(object: string, actor: Actor, details: Details): AuditRecord {
  return { ...actor, action: 'session.debugged', object, details };
}
