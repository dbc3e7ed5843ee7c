import { createHmac, randomBytes } from 'node:crypto';
import { isDeepStrictEqual } from 'node:util';
import basicAuth from 'basic-auth';
import { type Clock, defined, type Log, recentEntries } from '../../engine/ports/index.ts';
import { WireError } from '../errors/index.ts';
import { type Counted, LoginAttempts } from './loginAttempts.ts';
import type { LoginRecords } from './loginRecords.ts';
import { isPlain } from './passwordHash.ts';
import type { PasswordThread } from './passwordThread.ts';
import type { Identity } from './roles.ts';

/** A user of the configuration. */
export interface UserAccount extends Identity {
  /** As hashPassword() returns it. */
  readonly passwordHash: string;
}

/** Failed logins of a user before attempts have to wait. */
export const FREE_FAILURES_OF_USER = 5;
/** Failed logins from an address, which may be a whole office, before attempts have to wait. */
export const FREE_FAILURES_OF_ADDRESS = 20;
/** Credentials that passed are not hashed again for this time. */
const REMEMBERED_MS = 5 * 60_000;
const MAX_REMEMBERED = 2_000;
/** An address from which a user has logged in is counted apart from strangers for this time. */
const KNOWN_ADDRESS_MS = 24 * 3_600_000;
const MAX_KNOWN_ADDRESSES = 10_000;
/** The hash of a password that nobody knows: a login of an unknown user takes as long as another. */
const NOBODY = `scrypt$${'0'.repeat(32)}$${'0'.repeat(64)}`;

/** A login whose credentials were right. */
export interface Login {
  readonly identity: Identity;
  /** True: the account was changed or removed meanwhile. */
  readonly isRevoked: () => boolean;
}

interface Passed extends Login {
  readonly until: number;
}

/**
 * Logins by HTTP Basic of the users in the configuration. A wrong password costs the client, not the server:
 * it is hashed in a thread of its own, and after some failures the next attempt has to wait.
 */
export class Users {
  readonly #accounts: () => ReadonlyMap<string, UserAccount>;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #records: Pick<LoginRecords, 'passed' | 'refused'>;
  readonly #passwords: Pick<PasswordThread, 'matches'>;
  readonly #attempts: LoginAttempts;
  readonly #countedBy: 'user' | 'address';
  /** By a keyed digest of the header, so that no password is kept. */
  readonly #passed = recentEntries<string, Passed>(MAX_REMEMBERED);
  readonly #digestKey = randomBytes(32);
  readonly #underWay = new Map<string, Promise<Passed>>();
  /** `user address`: ms since epoch until which the address is known. */
  readonly #knownAddresses = recentEntries<string, number>(MAX_KNOWN_ADDRESSES);

  constructor(deps: {
    /** The accounts that exist now, by the names of their users. */
    readonly accounts: () => ReadonlyMap<string, UserAccount>;
    readonly clock: Clock;
    readonly log: Log;
    readonly records: Pick<LoginRecords, 'passed' | 'refused'>;
    readonly passwords: Pick<PasswordThread, 'matches'>;
    /** `address`: for an account that many share, whom failures of one would lock out. Default: user. */
    readonly countedBy?: 'user' | 'address';
  }) {
    this.#countedBy = deps.countedBy ?? 'user';
    this.#accounts = deps.accounts;
    this.#clock = deps.clock;
    this.#log = deps.log;
    this.#records = deps.records;
    this.#passwords = deps.passwords;
    this.#attempts = new LoginAttempts(deps);
  }

  /** No user can log in. */
  get isEmpty(): boolean {
    return this.#accounts().size === 0;
  }

  /**
   * The login of an Authorization header of scheme Basic. `address` is the client's, as ClientAddresses gives
   * it. Rejects with WireError UNAUTHORIZED or TOO_MANY_REQUESTS.
   */
  async login(header: string, address: string): Promise<Login> {
    const digest = createHmac('sha256', this.#digestKey).update(header).digest('base64');
    const passed = this.#passed.get(digest);
    if (passed !== undefined && passed.until > this.#clock.now() && !passed.isRevoked()) return passed;
    const running = this.#underWay.get(digest);
    if (running !== undefined) return running;
    const checking = this.#check(header, address).finally(() => this.#underWay.delete(digest));
    this.#underWay.set(digest, checking);
    const found = await checking;
    this.#passed.set(digest, found);
    return found;
  }

  /** False: the account was changed or removed meanwhile. */
  #isPresent(account: UserAccount): boolean {
    const present = this.#accounts().get(account.user);
    return present === account || isDeepStrictEqual(present, account);
  }

  async #check(header: string, address: string): Promise<Passed> {
    const given = basicAuth.parse(header);
    if (given === undefined || !isPlain(given.name) || !isPlain(given.pass)) throw unauthorized();
    const counted = this.#countedOf(given.name, address);
    this.#requireAttempt(given.name, address, counted);
    this.#attempts.begin(counted);
    const account = this.#accounts().get(given.name);
    const matches = await this.#passwords
      .matches({ password: given.pass, passwordHash: account?.passwordHash ?? NOBODY })
      .catch((error: unknown) => {
        for (const one of counted) this.#attempts.undo(one);
        throw error;
      });
    if (account === undefined || !matches || !this.#isPresent(account)) {
      this.#log.warn({ user: shown(given.name), address }, 'A login failed.');
      this.#records.refused({ user: account?.user, address, reason: 'wrong password' });
      throw unauthorized();
    }
    const [first, ...others] = counted;
    if (this.#countedBy === 'user') this.#attempts.forget(first);
    else this.#attempts.undo(first);
    for (const one of others) this.#attempts.undo(one);
    this.#knownAddresses.set(`${account.user} ${address}`, this.#clock.now() + KNOWN_ADDRESS_MS);
    const identity = { user: account.user, role: account.role, ...defined({ agentId: account.agentId }) };
    this.#records.passed(identity, address);
    const isRevoked = () => !this.#isPresent(account);
    return { identity, isRevoked, until: this.#clock.now() + REMEMBERED_MS };
  }

  #requireAttempt(name: string, address: string, counted: readonly Counted[]): void {
    const waitMs = this.#attempts.waitMs(counted);
    if (waitMs === 0) return;
    const seconds = Math.ceil(waitMs / 1000);
    this.#log.warn({ user: shown(name), address, seconds }, 'A login was refused after too many failures.');
    const user = this.#accounts().get(name)?.user;
    this.#records.refused({ user, address, reason: 'too many failures' });
    throw new WireError('TOO_MANY_REQUESTS', {
      message: `Too many failed logins. Expected the next attempt in ${seconds} s at the earliest.`,
      headers: { 'Retry-After': String(seconds) },
    });
  }

  /**
   * The name first. Strangers who fail cannot lock a user out of an address from which the user has logged
   * in, also when they share it, for example behind a gateway.
   */
  #countedOf(name: string, address: string): readonly [Counted, ...Counted[]] {
    const ofAddress = { key: `address ${address}`, freeFailures: FREE_FAILURES_OF_ADDRESS };
    if (this.#countedBy === 'address') return [ofAddress];
    const knownUntil = this.#knownAddresses.get(`${name} ${address}`) ?? 0;
    if (knownUntil > this.#clock.now()) {
      return [{ key: `user ${shown(name)} at ${address}`, freeFailures: FREE_FAILURES_OF_USER }];
    }
    return [{ key: `user ${shown(name)}`, freeFailures: FREE_FAILURES_OF_USER }, ofAddress];
  }
}

function shown(name: string): string {
  return name.slice(0, 256);
}

/** 401 with the challenge of HTTP Basic. */
export function unauthorized(message?: string): WireError {
  return new WireError('UNAUTHORIZED', {
    ...defined({ message }),
    headers: { 'WWW-Authenticate': 'Basic realm="orsay", charset="UTF-8"' },
  });
}
