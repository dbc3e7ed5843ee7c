import type { Clock, Log } from '../../engine/ports/index.ts';
import { recentEntries } from '../../engine/ports/index.ts';
import type { PasswordThread } from './passwordThread.ts';
import { Users, unauthorized } from './users.ts';

/** Services whose logins are remembered. */
const MAX_SERVICES = 1_000;
/** Clients on this machine, and behind trusted proxies, share this address for their failed logins. */
const SHARED = 'shared';

/** The credentials of a service, which all its clients share. */
export interface ServiceAccount {
  readonly user: string;
  /** As hashPassword() returns it. */
  readonly passwordHash: string;
}

/**
 * Logins of customers with the credentials of a service. They are no users of the configuration: the login
 * gives no role, and the audit log does not have it.
 */
export class ServiceLogins {
  readonly #accountOf: (service: string) => ServiceAccount | undefined;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #passwords: Pick<PasswordThread, 'matches'>;
  readonly #ofService = recentEntries<string, Users>(MAX_SERVICES);

  constructor(deps: {
    /** The credentials of a service now; undefined: it has none. */
    readonly accountOf: (service: string) => ServiceAccount | undefined;
    readonly clock: Clock;
    readonly log: Log;
    readonly passwords: Pick<PasswordThread, 'matches'>;
  }) {
    this.#accountOf = deps.accountOf;
    this.#clock = deps.clock;
    this.#log = deps.log;
    this.#passwords = deps.passwords;
  }

  /**
   * Checks an Authorization header of scheme Basic. Rejects with WireError UNAUTHORIZED or TOO_MANY_REQUESTS.
   */
  async check(service: string, header: string | undefined, address = SHARED): Promise<void> {
    if (header === undefined) throw unauthorized(`Expected the credentials of the service '${service}'.`);
    await this.#usersOf(service).login(header, address);
  }

  #usersOf(service: string): Users {
    const known = this.#ofService.get(service);
    if (known !== undefined) return known;
    const users = new Users({
      clock: this.#clock,
      log: this.#log,
      passwords: this.#passwords,
      countedBy: 'address',
      records: { passed: () => undefined, refused: () => undefined },
      accounts: () => {
        const account = this.#accountOf(service);
        return new Map(account === undefined ? [] : [[account.user, { ...account, role: 'viewer' }]]);
      },
    });
    this.#ofService.set(service, users);
    return users;
  }
}
