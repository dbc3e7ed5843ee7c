import { createHmac, timingSafeEqual } from 'node:crypto';
import type { Clock } from '../../engine/ports/index.ts';

const FORM = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/;
/** Seconds by which the clocks of gateway and server may differ. */
const CLOCK_SKEW_S = 60;
/** The shortest secret of a gateway: 256 bits in hexadecimal, or in Base64 without its end. */
const MIN_SECRET_CHARS = 32;

/** The secret in the text of its file, without the line end. Throws an Error for the operator. */
export function gatewaySecretIn(text: string): string {
  const secret = text.replace(/\r?\n$/, '');
  if (secret.length >= MIN_SECRET_CHARS) return secret;
  throw new Error(
    `expected a secret of the gateways with at least ${MIN_SECRET_CHARS} characters, got ${secret.length}`,
  );
}

/**
 * The signature of a gms_user: `t=<seconds since epoch>,v1=<hex>`, where hex is the HMAC-SHA256 of
 * `<t>.<gms_user>` with the secret that gateway and server share.
 */
export function signGmsUser(
  gmsUser: string,
  { secret, now }: { readonly secret: string; readonly now: number },
): string {
  const seconds = Math.floor(now / 1000);
  return `t=${seconds},v1=${hmac(secret, `${seconds}.${gmsUser}`).toString('hex')}`;
}

/** Checks the signatures of gateways. */
export class GatewaySignatures {
  readonly #secret: () => string;
  readonly #maxAgeS: number;
  readonly #clock: Clock;

  constructor(deps: {
    /** The secret that counts now. */ readonly secret: () => string;
    readonly maxAgeS: number;
    readonly clock: Clock;
  }) {
    this.#secret = deps.secret;
    this.#maxAgeS = deps.maxAgeS;
    this.#clock = deps.clock;
  }

  isValid(gmsUser: string, signature: string | undefined): boolean {
    const parts = FORM.exec(signature ?? '');
    if (!parts) return false;
    const [, seconds = '', given = ''] = parts;
    const ageS = this.#clock.now() / 1000 - Number(seconds);
    const isFresh = ageS <= this.#maxAgeS && ageS >= -CLOCK_SKEW_S;
    const expected = hmac(this.#secret(), `${seconds}.${gmsUser}`);
    return timingSafeEqual(expected, Buffer.from(given, 'hex')) && isFresh;
  }
}

function hmac(secret: string, text: string): Buffer {
  return createHmac('sha256', secret).update(text, 'utf8').digest();
}
