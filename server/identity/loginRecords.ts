import type { Clock, Log } from '../../engine/ports/index.ts';
import { recentEntries } from '../../engine/ports/index.ts';
import type { AuditLog } from '../../strategies/audit/index.ts';
import type { Identity } from './roles.ts';

/** A user who works all day sends credentials with every request: one entry a day and address is enough. */
const RECORDED_AGAIN_AFTER_MS = 24 * 3_600_000;
const MAX_REMEMBERED = 10_000;

/** Puts logins and refused logins into the audit log. No request waits for its entry. */
export class LoginRecords {
  readonly #audit: Pick<AuditLog, 'record' | 'recordRefusal'>;
  readonly #clock: Clock;
  readonly #log: Log;
  /** User and address: ms since epoch of the last entry. */
  readonly #recorded = recentEntries<string, number>(MAX_REMEMBERED);

  constructor(deps: {
    readonly audit: Pick<AuditLog, 'record' | 'recordRefusal'>;
    readonly clock: Clock;
    readonly log: Log;
  }) {
    this.#audit = deps.audit;
    this.#clock = deps.clock;
    this.#log = deps.log;
  }

  passed({ user, role }: Identity, address: string): void {
    const who = `${role} ${user}`;
    const key = JSON.stringify([who, address]);
    const now = this.#clock.now();
    const last = this.#recorded.get(key);
    if (last !== undefined && now < last + RECORDED_AGAIN_AFTER_MS) return;
    this.#recorded.set(key, now);
    this.#write(this.#audit.record({ who, address, action: 'login' }));
  }

  /** `user`: undefined for a name that no user has, which may be a password in the wrong field. */
  refused({ user, address, reason }: RefusedLogin): void {
    const who = user === undefined ? 'unknown user' : `user ${user}`;
    this.#write(this.#audit.recordRefusal({ who, address, details: { reason } }));
  }

  #write(entry: Promise<void>): void {
    entry.catch((error: unknown) => {
      this.#log.error({ err: error }, 'A login could not be written to the audit log.');
    });
  }
}

export interface RefusedLogin {
  readonly user?: string | undefined;
  readonly address: string;
  readonly reason: 'wrong password' | 'too many failures' | 'token refused';
}
