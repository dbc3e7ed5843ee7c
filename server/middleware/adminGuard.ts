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
 * HTTP Basic for the URLs of administrators and agents. It runs before the body is read. A server without credentials
 * has no guard: there every URL is open, and the server listens on loopback only (requireCredentials).
 */
export function adminGuard(credentials: AdminCredentials): Middleware {
  // scrypt takes 50 ms by design, so the last header that passed is remembered, as a digest and never in clear.
  let passed: string | undefined;
  return async (ctx, next) => {
    if (!isGuarded(ctx.path)) return next();
    const given = ctx.get('authorization');
    const digest = createHash('sha256').update(given).digest('hex');
    if (digest !== passed && !(await isAdministrator(given, credentials))) {
      throw new WireError('UNAUTHORIZED', {
        headers: { 'WWW-Authenticate': 'Basic realm="administration", charset="UTF-8"' },
      });
    }
    passed = digest;
    return next();
  };
}

function isGuarded(path: string): boolean {
  return GUARDED.some((pattern) => pattern.test(path)) && !OPEN.some((pattern) => pattern.test(path));
}

async function isAdministrator(header: string, credentials: AdminCredentials): Promise<boolean> {
  const given = basicAuth.parse(header);
  if (given === undefined) return false;
  const isTheirs = await matchesPassword(given.pass, credentials.passwordHash);
  // The user is compared last, so that the response time does not reveal which users exist.
  return isTheirs && given.name === credentials.user;
}
