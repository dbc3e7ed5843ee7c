import { createHash } from 'node:crypto';
import basicAuth from 'basic-auth';
import type { Middleware } from 'koa';
import { WireError } from '../errors/index.ts';
import { matchesPassword } from './passwordHash.ts';

export interface AdminCredentials {
  readonly user: string;
  /** As hashPassword() returns it. */
  readonly passwordHash: string;
}

/** Only an administrator may use these URLs once credentials are configured. */
const GUARDED: readonly RegExp[] = [/^\/genesys\/1\/admin(\/|$)/i, /^\/agent(\/|$)/i];
/** Load balancers request this URL without credentials. */
const OPEN: readonly RegExp[] = [/^\/genesys\/1\/admin\/node\/status$/];

/**
 * HTTP Basic for the URLs of administrators and agents. It runs before the body is read. A server without
 * credentials has no guard: there every URL is open, and the server listens on loopback only
 * (requireCredentials).
 */
export function adminGuard(credentials: AdminCredentials): Middleware {
  const administrator = new Administrator(credentials);
  return async (ctx, next) => {
    if (isGuarded(ctx.path) && !(await administrator.sent(ctx.get('authorization')))) {
      throw new WireError('UNAUTHORIZED', {
        headers: { 'WWW-Authenticate': 'Basic realm="administration", charset="UTF-8"' },
      });
    }
    return next();
  };
}

function isGuarded(path: string): boolean {
  return GUARDED.some((pattern) => pattern.test(path)) && !OPEN.some((pattern) => pattern.test(path));
}

/** The administrator, as the configuration names them. */
class Administrator {
  readonly #credentials: AdminCredentials;
  /**
   * scrypt takes 50 ms by design, so the last header that passed is remembered, as a digest and never in
   * clear.
   */
  #passed: string | undefined;

  constructor(credentials: AdminCredentials) {
    this.#credentials = credentials;
  }

  /** True when this `Authorization` header has the administrator's credentials. */
  async sent(header: string): Promise<boolean> {
    const digest = createHash('sha256').update(header).digest('hex');
    if (digest !== this.#passed && !(await this.#matches(header))) return false;
    this.#passed = digest;
    return true;
  }

  async #matches(header: string): Promise<boolean> {
    const given = basicAuth.parse(header);
    if (given === undefined) return false;
    const isTheirs = await matchesPassword(given.pass, this.#credentials.passwordHash);
    // The user is compared last, so that the response time does not reveal which users exist.
    return isTheirs && given.name === this.#credentials.user;
  }
}
