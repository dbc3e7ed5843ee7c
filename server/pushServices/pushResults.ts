import type { PushOptions, PushResult } from '../../strategies/notification/index.ts';

/** FCM and APNs take no larger message. gms-api 8.5. */
export const MAX_MESSAGE_BYTES = 4_096;
/** Pause after 429, unless the service asks for another one. */
export const DEFAULT_PAUSE_MS = 60_000;

/** The text of an option; undefined: it is absent, or empty. */
export function textOption(options: PushOptions, name: string): string | undefined {
  const value = options[name];
  return value === undefined || value === null || value === '' ? undefined : String(value);
}

/** Characters of a receipt that are kept. */
const MAX_RECEIPT_CHARS = 256;

export function delivered(receipt: string | undefined): PushResult {
  return {
    kind: 'delivered',
    ...(receipt !== undefined && { receipt: receipt.slice(0, MAX_RECEIPT_CHARS) }),
  };
}

export function failed(reason: string, retry: 'retry' | 'final', retryAfterMs?: number): PushResult {
  return {
    kind: 'failed',
    reason,
    retry: retry === 'retry',
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  };
}

/** The header Retry-After, in ms from now. RFC 9110, 10.2.3: seconds or a date. */
export function retryAfterOf(header: string | undefined, now: number): number | undefined {
  if (header === undefined) return undefined;
  if (/^\d{1,8}$/.test(header.trim())) return Number(header) * 1_000;
  const date = Date.parse(header);
  return Number.isNaN(date) ? undefined : Math.max(0, date - now);
}
