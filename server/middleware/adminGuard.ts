import { createHash } from 'node:crypto';
import type { Middleware } from 'koa';
import { WireError } from '../errors/index.ts';
import { matchesPassword } from './passwordHash.ts';

export interface AdminCredentials {
  readonly user: string;
  /** See passwordHash.ts. */
  readonly passwordHash: string;
}

/** What only an administrator may use once credentials are configured. */
const GUARDED: readonly RegExp[] = [/^\/genesys\/1\/admin(\/|$)/i, /^\/agent(\/|$)/i];
/** Load balancers ask for it without credentials. */
const OPEN: readonly RegExp[] = [/^\/genesys\/1\/admin\/node\/status$/];

/**
 * HTTP Basic for administration and agents. Stands before the body is read. A server without credentials does not have
 * it: there everything is open, and it listens on loopback only (server/main.ts).
 */
export function adminGuard(credentials: AdminCredentials): Middleware {
  // scrypt costs 50 ms by design: a pair that passed is remembered by its digest, never as it came.
  let passed: string | undefined;
  return async (ctx, next) => {
    if (!isGuarded(ctx.path)) {
      return next();
    }
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
  const encoded = /^Basic\s+([A-Za-z0-9+/=]+)$/i.exec(header)?.[1];
  if (encoded === undefined) {
    return false;
  }
  const pair = Buffer.from(encoded, 'base64').toString('utf8');
  const colon = pair.indexOf(':');
  if (colon === -1) {
    return false;
  }
  const isTheirs = await matchesPassword(pair.slice(colon + 1), credentials.passwordHash);
  // Only now, so that the time does not tell which users there are.
  return isTheirs && pair.slice(0, colon) === credentials.user;
}
