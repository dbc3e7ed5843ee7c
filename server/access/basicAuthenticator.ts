import { createHash } from 'node:crypto';
import basicAuth from 'basic-auth';
import { WireError } from '../errors/index.ts';
import type { AuthenticationRequest, Authenticator } from './authenticator.ts';
import type { Caller } from './caller.ts';
import { matchesPassword } from './passwordHash.ts';

export interface AdminCredentials {
  readonly user: string;
  /** As hashPassword() returns it. */
  readonly passwordHash: string;
}

/**
 * HTTP Basic for administrators and agents, with the one user of the configuration. Without that user
 * every URL is open. Customers and platform need no credentials.
 */
export class BasicAuthenticator implements Authenticator {
  readonly #credentials: AdminCredentials | undefined;
  /**
   * scrypt takes 50 ms by design, so the last header that passed is remembered, as a digest and never in
   * clear.
   */
  #passed: string | undefined;

  constructor(credentials: AdminCredentials | undefined) {
    this.#credentials = credentials;
  }

  authenticate(request: AuthenticationRequest): Caller | Promise<Caller> {
    const { audience, headers } = request;
    if (audience === 'customer') return customerOf(headers.gms_user);
    if (audience === 'platform') return { kind: 'platform', name: 'partner' };
    if (this.#credentials === undefined) return { kind: 'administrator', role: 'administrator' };
    return this.#administrator(this.#credentials, headers.authorization ?? '');
  }

  async #administrator(credentials: AdminCredentials, header: string): Promise<Caller> {
    const digest = createHash('sha256').update(header).digest('hex');
    if (digest !== this.#passed && !(await matches(credentials, header))) {
      throw new WireError('UNAUTHORIZED', {
        headers: { 'WWW-Authenticate': 'Basic realm="administration", charset="UTF-8"' },
      });
    }
    this.#passed = digest;
    return { kind: 'administrator', user: credentials.user, role: 'administrator' };
  }
}

function customerOf(gmsUser: string | string[] | undefined): Caller {
  return typeof gmsUser === 'string' && gmsUser !== '' ? { kind: 'customer', gmsUser } : { kind: 'customer' };
}

async function matches(credentials: AdminCredentials, header: string): Promise<boolean> {
  const given = basicAuth.parse(header);
  if (given === undefined) return false;
  const isTheirs = await matchesPassword(given.pass, credentials.passwordHash);
  // The user is compared last, so that the response time does not reveal which users exist.
  return isTheirs && given.name === credentials.user;
}
