import { defined } from '../../engine/ports/index.ts';
import {
  type DevicePush,
  messageText,
  type PushOptions,
  type PushResult,
} from '../../strategies/notification/index.ts';
import { DEFAULT_PAUSE_MS, delivered, failed, retryAfterOf, textOption } from './pushResults.ts';

/** APNs keeps a notification for a device that is not reachable as long as this. */
const LIFE_SECONDS = 3_600;

/** The headers and the body of a request. https://developer.apple.com/documentation/usernotifications */
export interface ApnsMessage {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

/**
 * gms-api 8.5: apps read the text under `message`; `apple.*` make `aps`. Without anything to
 * show, the notification only wakes the app.
 */
export function apnsMessage({ id, message, options }: DevicePush, now: number): ApnsMessage {
  const text = messageText(message);
  const aps = apsOf(options, text);
  const isSilent = aps.alert === undefined && aps.badge === undefined && aps.sound === undefined;
  const body = JSON.stringify({ aps: isSilent ? { 'content-available': 1 } : aps, message: text });
  return {
    headers: {
      // Attempts have one id; a repetition replaces the notification that it repeats.
      'apns-id': id.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5'),
      ...(!isSilent && { 'apns-collapse-id': id }),
      'apns-push-type': isSilent ? 'background' : 'alert',
      'apns-priority': isSilent ? '5' : '10',
      'apns-expiration': String(Math.floor(now / 1_000) + LIFE_SECONDS),
    },
    body,
  };
}

interface Aps {
  readonly alert?: Readonly<Record<string, string | readonly string[]>>;
  readonly badge?: number;
  readonly sound?: string;
  readonly 'content-available'?: 1;
}

/** A message that is no JSON is for people: it is shown if no option says what is. */
function apsOf(options: PushOptions, message: string): Aps {
  const alert = alertOf(options, /^\s*[{[]/.test(message) ? '' : message);
  const badge = textOption(options, 'apple.badge');
  const wakes = /^(?:1|true)$/.test(textOption(options, 'apple.content-available') ?? '');
  return {
    ...defined({
      alert,
      badge: badge === undefined ? undefined : Number(badge),
      sound: textOption(options, 'apple.sound'),
    }),
    ...(wakes && { 'content-available': 1 as const }),
  };
}

function alertOf(options: PushOptions, message: string): Aps['alert'] {
  const keys = ['subtitle', 'body', 'action-loc-key', 'launch-image', 'loc-key', 'title-loc-key'] as const;
  const texts = keys.flatMap((key) => {
    const text = textOption(options, `apple.alertMessage.${key}`);
    return text === undefined ? [] : [[key, text] as const];
  });
  const lists = (['loc-args', 'title-loc-args'] as const).flatMap((key) => {
    const list = textOption(options, `apple.alertMessage.${key}`);
    return list === undefined ? [] : [[key, list.split(',').map((part) => part.trim())] as const];
  });
  const title = textOption(options, 'apple.alertMessage.title') ?? textOption(options, 'apple.title');
  const hasBody = texts.some(([key]) => key === 'body' || key === 'loc-key');
  const body = hasBody || message === '' ? [] : [['body', message] as const];
  const shown = [...texts, ...lists, ...body];
  if (shown.length === 0 && title === undefined) return undefined;
  // GMS sends a blank title if none is configured (gms-api 8.5).
  return { title: title ?? '', ...Object.fromEntries(shown) };
}

/** Reasons that a device is not reachable any more. */
const GONE: readonly string[] = ['BadDeviceToken', 'Unregistered', 'ExpiredToken'];

/** The answer of APNs. */
export interface ApnsReply {
  readonly status: number;
  readonly headers: { readonly [name: string]: unknown };
  readonly body: string;
}

export function reasonOf({ body }: ApnsReply): string {
  try {
    const { reason } = JSON.parse(body) as { readonly reason?: unknown };
    return typeof reason === 'string' ? reason : '';
  } catch {
    // A proxy in between may answer with a page.
    return '';
  }
}

export function apnsResult(reply: ApnsReply, now: number): PushResult {
  const { status, headers } = reply;
  if (status === 200) {
    const name = headers['apns-id'];
    return delivered(typeof name === 'string' ? name : undefined);
  }
  const named = reasonOf(reply);
  const reason = `APNs answered ${status} ${named}`.trim();
  if (status === 410 || GONE.includes(named)) return { kind: 'gone', reason };
  const header = headers['retry-after'];
  const retryAfterMs = retryAfterOf(typeof header === 'string' ? header : undefined, now);
  if (status === 429) return failed(reason, 'retry', retryAfterMs ?? DEFAULT_PAUSE_MS);
  // 403: the credentials; an operator may correct them.
  return status >= 500 || status === 403 ? failed(reason, 'retry', retryAfterMs) : failed(reason, 'final');
}
