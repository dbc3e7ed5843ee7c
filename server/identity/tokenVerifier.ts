import { createPublicKey, type JsonWebKey, type KeyObject } from 'node:crypto';
import {
  createLocalJWKSet,
  createRemoteJWKSet,
  customFetch,
  errors,
  type JSONWebKeySet,
  type JWTPayload,
  type JWTVerifyGetKey,
  jwtVerify,
} from 'jose';
import type { Clock, HttpClient, Log } from '../../engine/ports/index.ts';
import { WireError } from '../errors/index.ts';
import { WatchedFile } from './watchedFile.ts';

/**
 * Signatures that a token may have. There is none with a shared secret, so nobody can sign with the public
 * key as the secret of an HMAC.
 */
export const TOKEN_ALGORITHMS = [
  'RS256',
  'RS384',
  'RS512',
  'PS256',
  'PS384',
  'PS512',
  'ES256',
  'ES384',
  'ES512',
  'EdDSA',
] as const;
export type TokenAlgorithm = (typeof TOKEN_ALGORITHMS)[number];

/** Seconds by which the clocks of issuer and server may differ. */
const CLOCK_SKEW_S = 30;
const JWKS_TIMEOUT_MS = 5_000;
/** A token with an unknown key makes the server read the keys again, but not more often. */
const JWKS_COOLDOWN_MS = 30_000;
const JWKS_MAX_AGE_MS = 10 * 60_000;
/** Keys of this age are still used while they cannot be read again: an outage of the issuer stops nobody. */
const JWKS_STALE_MS = 60 * 60_000;
/** Old keys that could not be read again are tried once in this time. */
const JWKS_REFRESH_MS = 60_000;
/** Keys of one set. Each token is compared with them. */
const MAX_JWKS_KEYS = 100;
/** Keys that could not be read are not tried again for this time: anybody may send tokens. */
const JWKS_RETRY_MS = 1_000;
const MIN_RSA_BITS = 2_048;

/** The tokens to accept. Exactly one of `jwks` and `keyFile` is set. */
export interface TokenSettings {
  readonly issuer: string;
  readonly audience: string;
  readonly algorithms: readonly TokenAlgorithm[];
  /** URL of a JSON Web Key Set. */
  readonly jwks?: string | undefined;
  /** File with a public key or certificate (PEM), a JSON Web Key, or a set of them. */
  readonly keyFile?: string | undefined;
}

export interface TokenVerifierDeps {
  readonly settings: TokenSettings;
  /** Reads the URL of the key set; its limits and its guard of addresses apply. */
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly log: Log;
}

/**
 * Verifies signed tokens (JWT, RFC 7519) of one issuer. The constructor throws for a key file that it cannot
 * read.
 */
export class TokenVerifier {
  readonly #settings: TokenSettings;
  readonly #clock: Clock;
  readonly #keys: JWTVerifyGetKey;

  constructor(deps: TokenVerifierDeps) {
    this.#settings = deps.settings;
    this.#clock = deps.clock;
    this.#keys = keysOf(deps);
  }

  /**
   * The claims of the token. Rejects with WireError UNAUTHORIZED, or UNAVAILABLE when the keys cannot be
   * read.
   */
  async verify(token: string): Promise<JWTPayload> {
    const { issuer, audience, algorithms } = this.#settings;
    try {
      const { payload } = await jwtVerify(token, this.#keys, {
        issuer,
        audience,
        algorithms: [...algorithms],
        requiredClaims: ['exp'],
        clockTolerance: CLOCK_SKEW_S,
        currentDate: new Date(this.#clock.now()),
      });
      return payload;
    } catch (error) {
      if (isFaultOfToken(error)) {
        throw bearerUnauthorized(`The token is not accepted: ${error.message}.`, error);
      }
      throw new WireError('UNAVAILABLE', {
        message: 'The keys of the token issuer cannot be read at present.',
        cause: new Error(`The keys of '${this.#settings.jwks}' could not be read.`, { cause: error }),
        headers: { 'Retry-After': '5' },
      });
    }
  }
}

/** ms since epoch at which TokenVerifier.verify begins to refuse the token of the claims. */
export function endOf({ exp }: JWTPayload): number {
  if (exp === undefined) throw new Error('Expected the claims of a verified token, got no exp.');
  return (exp + CLOCK_SKEW_S) * 1_000;
}

/** 401 with the challenge of RFC 6750. */
export function bearerUnauthorized(message: string, cause?: unknown): WireError {
  return new WireError('UNAUTHORIZED', {
    message,
    cause,
    headers: {
      'WWW-Authenticate':
        cause === undefined ? 'Bearer realm="orsay"' : 'Bearer realm="orsay", error="invalid_token"',
    },
  });
}

/** The token of an Authorization header. Undefined: the header has another scheme, or there is none. */
export function bearerOf(authorization: string | undefined): string | undefined {
  return /^Bearer +([\w.~+/=-]+) *$/i.exec(authorization ?? '')?.[1];
}

function isFaultOfToken(error: unknown): error is errors.JOSEError {
  return (
    error instanceof errors.JOSEError &&
    !(error instanceof errors.JWKSTimeout) &&
    !(error instanceof errors.JWKSInvalid) &&
    error.code !== 'ERR_JOSE_GENERIC'
  );
}

function keysOf(deps: TokenVerifierDeps): JWTVerifyGetKey {
  const { settings } = deps;
  if (settings.keyFile !== undefined) return fileKeys(settings.keyFile, deps);
  if (settings.jwks === undefined) throw new Error('Expected jwks or keyFile for tokens, got neither.');
  return remoteKeys(settings.jwks, deps);
}

/** The keys are read again without that anybody waits, unless they are too old to be used. */
function remoteKeys(url: string, deps: Pick<TokenVerifierDeps, 'http' | 'clock' | 'log'>): JWTVerifyGetKey {
  const { clock, log } = deps;
  let readAt: number | undefined;
  let triedAt = Number.NEGATIVE_INFINITY;
  const keys = readingKeys(url, {
    ...deps,
    onRead: (now) => {
      readAt = now;
    },
  });
  const age = (): number => Math.abs(clock.now() - (readAt ?? Number.NEGATIVE_INFINITY));
  return async (...header) => {
    if (readAt !== undefined && age() >= JWKS_STALE_MS) {
      await keys.reload();
    } else if (readAt !== undefined && age() >= JWKS_MAX_AGE_MS && clock.now() - triedAt >= JWKS_REFRESH_MS) {
      triedAt = clock.now();
      keys.reload().catch((err: unknown) => {
        log.warn({ err }, 'The keys of the token issuer could not be read again; the old ones are used.');
      });
    }
    return keys(...header);
  };
}

function readingKeys(
  jwks: string,
  {
    http,
    clock,
    onRead,
  }: Pick<TokenVerifierDeps, 'http' | 'clock'> & { readonly onRead: (now: number) => void },
): ReturnType<typeof createRemoteJWKSet> {
  return createRemoteJWKSet(new URL(jwks), {
    timeoutDuration: JWKS_TIMEOUT_MS,
    cooldownDuration: JWKS_COOLDOWN_MS,
    cacheMaxAge: Number.POSITIVE_INFINITY,
    [customFetch]: pausing(clock, async (url: string) => {
      const reply = await http({
        method: 'GET',
        url,
        headers: { accept: 'application/json' },
        timeoutMs: JWKS_TIMEOUT_MS,
      });
      // jose finds these faults as well, but only when this function has returned.
      if (reply.status !== 200) throw new Error(`Expected status 200, got ${reply.status}.`);
      const set = JSON.parse(reply.body) as Partial<JSONWebKeySet> | null;
      if (!Array.isArray(set?.keys)) throw new Error('Expected a JSON Web Key Set.');
      if (set.keys.length > MAX_JWKS_KEYS) {
        throw new Error(`Expected at most MAX_JWKS_KEYS (${MAX_JWKS_KEYS}) keys, got ${set.keys.length}.`);
      }
      onRead(clock.now());
      return new Response(reply.body, { status: reply.status });
    }),
  });
}

/** After a failure, rejects with the same reason until JWKS_RETRY_MS have passed. */
function pausing<Args extends unknown[], Result>(
  clock: Clock,
  read: (...args: Args) => Promise<Result>,
): (...args: Args) => Promise<Result> {
  let failed: { readonly at: number; readonly error: unknown } | undefined;
  return async (...args) => {
    const now = clock.now();
    // The clock of the computer may be set back.
    if (failed !== undefined && Math.abs(now - failed.at) < JWKS_RETRY_MS) throw failed.error;
    try {
      failed = undefined;
      return await read(...args);
    } catch (error) {
      failed = { at: now, error };
      throw error;
    }
  };
}

function fileKeys(path: string, deps: Pick<TokenVerifierDeps, 'clock' | 'log'>): JWTVerifyGetKey {
  const file = new WatchedFile({ ...deps, path, parse: tokenKeysIn });
  return (...header) => file.value(...header);
}

/** The keys in the text of a key file. Throws an Error for the operator. */
export function tokenKeysIn(text: string): JWTVerifyGetKey {
  try {
    return text.trimStart().startsWith('{') ? keySetIn(text) : pemKeyIn(text);
  } catch (cause) {
    const message = `expected a public key in PEM or JWK form: ${(cause as Error).message}`;
    throw new Error(message, { cause });
  }
}

function pemKeyIn(text: string): JWTVerifyGetKey {
  if (text.includes('PRIVATE KEY')) throw new Error('it holds a private key');
  const key = createPublicKey(text);
  requireStrength(key);
  return (() => key) as unknown as JWTVerifyGetKey;
}

/** All keys are tried here, because the first token of a customer is too late to learn that one is broken. */
function keySetIn(text: string): JWTVerifyGetKey {
  const json = JSON.parse(text) as JSONWebKeySet | JSONWebKeySet['keys'][number];
  const set = 'keys' in json ? (json as JSONWebKeySet) : { keys: [json as never] };
  const local = createLocalJWKSet(set);
  if (set.keys.length === 0) throw new Error('it holds no key');
  for (const key of set.keys) {
    if ('d' in key || key.kty === 'oct') throw new Error('it holds a private key or a shared secret');
    requireStrength(createPublicKey({ key: key as JsonWebKey, format: 'jwk' }));
  }
  return local;
}

/** jose refuses shorter keys too, but only when a token comes. */
function requireStrength({ asymmetricKeyDetails }: KeyObject): void {
  const { modulusLength } = asymmetricKeyDetails ?? {};
  if (modulusLength === undefined || modulusLength >= MIN_RSA_BITS) return;
  throw new Error(`a key has ${modulusLength} bits, and RSA needs ${MIN_RSA_BITS}`);
}
