import { createHash, randomBytes } from 'node:crypto';
import type { Durable } from '../../engine/durable/index.ts';
import { type Clock, defined } from '../../engine/ports/index.ts';
import type { Identity, Role } from './roles.ts';

/** The name of the cookie of a browser that is logged in. */
export const BROWSER_COOKIE = 'orsay_console';
/** A login of a browser ends after this time: a long shift. */
export const BROWSER_LOGIN_MS = 12 * 3_600_000;
/** Logins of one user. A further one ends the oldest. */
export const MAX_BROWSER_LOGINS_OF_USER = 20;
/** A request with one of these methods changes nothing. */
export const READING_METHODS: readonly string[] = ['GET', 'HEAD'];

/** By the digests of user and secret. */
const TABLE = 'browserLogin';
const COOKIE = new RegExp(`(?:^|;\\s*)${BROWSER_COOKIE}=([0-9a-f]{32})\\.([\\w-]{43})(?:;|$)`);

interface Login {
  readonly user: string;
  readonly role: Role;
  readonly agentId?: string;
  /** Digest of the account, or of the settings of the identity provider, at the login. */
  readonly basis: string;
  /** The login was made with a token. */
  readonly byToken: boolean;
  /** ms since epoch. */
  readonly openedAt: number;
  readonly until: number;
}

/**
 * The logins of browsers. A login is a record, so that a restart ends none. It counts until its time is over,
 * the user logs out, or the account that it rests on is changed or removed. The store has only a digest of
 * the secret: nobody can log in with a copy of the store. docs/decisions/0015-logins-of-browsers.md has the
 * reasons.
 */
export class BrowserLogins {
  readonly #durable: Pick<Durable, 'get' | 'scan' | 'commit'>;
  readonly #clock: Clock;
  readonly #basisOf: (identity: Pick<Identity, 'user' | 'validUntil'>) => object | undefined;

  constructor(deps: {
    readonly durable: Pick<Durable, 'get' | 'scan' | 'commit'>;
    readonly clock: Clock;
    /**
     * The present account of a user, or for a user with `validUntil` the present settings of the identity
     * provider. Undefined: the user cannot log in any more.
     */
    readonly basisOf: (identity: Pick<Identity, 'user' | 'validUntil'>) => object | undefined;
  }) {
    this.#durable = deps.durable;
    this.#clock = deps.clock;
    this.#basisOf = deps.basisOf;
  }

  /** Resolves with the value of the cookie, and the ms since epoch until which it counts. */
  async open(identity: Identity): Promise<{ readonly cookie: string; readonly until: number }> {
    const { user, role, agentId, validUntil } = identity;
    const openedAt = this.#clock.now();
    const until = Math.min(openedAt + BROWSER_LOGIN_MS, validUntil ?? Number.POSITIVE_INFINITY);
    const secret = randomBytes(32).toString('base64url');
    const name = digestOf(user).slice(0, 32);
    const value: Login = {
      user,
      role,
      ...defined({ agentId }),
      basis: basisDigest(this.#basisOf(identity)),
      byToken: validUntil !== undefined,
      openedAt,
      until,
    };
    await this.#durable.commit({
      remove: this.#oldest(name).map((key) => ({ table: TABLE, key })),
      put: [{ table: TABLE, key: keyOf(name, secret), value, expiresAt: until }],
    });
    return { cookie: `${name}.${secret}`, until };
  }

  /** The user of a header Cookie. */
  find(header: string | undefined): Identity | undefined {
    const key = keyIn(header);
    const login = key === undefined ? undefined : this.#durable.get<Login>(TABLE, key);
    if (login === undefined || login.until <= this.#clock.now()) return undefined;
    const { user, role, agentId, byToken, basis, until: validUntil } = login;
    const present = this.#basisOf(byToken ? { user, validUntil } : { user });
    if (present === undefined || basisDigest(present) !== basis) return undefined;
    return { user, role, validUntil, ...defined({ agentId }) };
  }

  /** Ends the login of a header Cookie, if there is one. */
  async close(header: string | undefined): Promise<void> {
    const key = keyIn(header);
    if (key !== undefined) await this.#durable.commit({ remove: [{ table: TABLE, key }] });
  }

  /** The keys of the logins of a user that a further one ends. */
  #oldest(name: string): readonly string[] {
    const logins = [...this.#durable.scan<Login>(TABLE, { prefix: `${name}:` })];
    const surplus = logins.length + 1 - MAX_BROWSER_LOGINS_OF_USER;
    if (surplus <= 0) return [];
    const byAge = logins.sort((a, b) => a.value.openedAt - b.value.openedAt);
    return byAge.slice(0, surplus).map(({ key }) => key);
  }
}

function keyIn(header: string | undefined): string | undefined {
  const [, name, secret] = COOKIE.exec(header ?? '') ?? [];
  return name === undefined || secret === undefined ? undefined : keyOf(name, secret);
}

function keyOf(name: string, secret: string): string {
  return `${name}:${digestOf(secret)}`;
}

function basisDigest(basis: object | undefined): string {
  return digestOf(JSON.stringify(basis ?? null));
}

function digestOf(text: string): string {
  return createHash('sha256').update(text).digest('hex');
}
