import { ENABLED_TYPES, isEnabledType, sessionIdOf } from './delivery.ts';
import { NotificationError } from './errors.ts';
import { isFilter, isTag, MAX_TAG_LENGTH } from './filter.ts';
import {
  type NotificationDetails,
  type NotificationEvent,
  NotificationType,
  type SubscriptionRequest,
} from './notificationRequests.ts';

/** Longest subscriber id and gms_user: they are parts of keys. */
const MAX_TEXT_LENGTH = 256;
const MAX_DEVICE_ID_LENGTH = 2_048;
const MAX_EXPIRE_S = 366 * 86_400;

/** Throws NotificationError EVENT_INVALID. */
export function checkEvent(event: NotificationEvent): void {
  if (!isTag(event.tag)) {
    throw new NotificationError(
      'EVENT_INVALID',
      `Expected 'tag' to be words of letters, digits, '_' and '-' joined by dots, at most ${MAX_TAG_LENGTH} characters, got '${event.tag.slice(0, 64)}'.`,
    );
  }
  const problem = event.notificationDetails && deviceIdProblem(event.notificationDetails);
  if (problem !== undefined) throw new NotificationError('EVENT_INVALID', problem);
}

/** Throws NotificationError SUBSCRIPTION_INVALID or TYPE_NOT_ENABLED. */
export function checkSubscription(request: SubscriptionRequest): void {
  const { subscriberId, filter, expire, authorization, notificationDetails } = request;
  if (subscriberId === '' || subscriberId.length > MAX_TEXT_LENGTH) {
    throw invalidSubscription(
      `'subscriberId' of 1 to ${MAX_TEXT_LENGTH} characters`,
      `${subscriberId.length} characters`,
    );
  }
  if (!isFilter(filter)) {
    throw invalidSubscription(
      `'filter' to be a tag, a tag with '.*' at its end, or '*'`,
      `'${filter.slice(0, 64)}'`,
    );
  }
  if (expire !== undefined && !(expire > 0 && expire <= MAX_EXPIRE_S)) {
    throw invalidSubscription(`'expire' of 1 to ${MAX_EXPIRE_S} seconds`, String(expire));
  }
  if (authorization !== undefined && !/^[\x20-\x7e]{1,1024}$/.test(authorization)) {
    throw invalidSubscription(`'authorization' of 1 to 1024 printable ASCII characters`, 'something else');
  }
  checkDetails(notificationDetails);
  requireEnabled(notificationDetails.type);
}

/** Throws NotificationError TYPE_NOT_ENABLED. */
export function requireEnabled(type: NotificationType): void {
  if (isEnabledType(type)) return;
  throw new NotificationError(
    'TYPE_NOT_ENABLED',
    `Push of type '${type}' is not enabled; ${ENABLED_TYPES.join(', ')} are.`,
  );
}

function checkDetails(details: NotificationDetails): void {
  const { type, deviceId } = details;
  const problem = deviceIdProblem(details);
  if (problem !== undefined) throw new NotificationError('SUBSCRIPTION_INVALID', problem);
  if (type === NotificationType.HTTP_CALLBACK && !isHttpUrl(deviceId)) {
    throw invalidSubscription(
      `'notificationDetails.deviceId' of httpcb to be an http(s) URL`,
      `'${deviceId}'`,
    );
  }
  if (type === NotificationType.ORS_CALLBACK && sessionIdOf(deviceId) === undefined) {
    throw invalidSubscription(
      `'notificationDetails.deviceId' of orscb to be an ORS session id or its URL`,
      `'${deviceId}'`,
    );
  }
}

/** A gms_user is limited more than others, because it is part of a store key. */
function deviceIdProblem({ type, deviceId }: NotificationDetails): string | undefined {
  const max = type === NotificationType.COMET ? MAX_TEXT_LENGTH : MAX_DEVICE_ID_LENGTH;
  if (deviceId.length >= 1 && deviceId.length <= max) return undefined;
  return `Expected 'notificationDetails.deviceId' of 1 to ${max} characters, got ${deviceId.length}.`;
}

function invalidSubscription(expected: string, got: string): NotificationError {
  return new NotificationError('SUBSCRIPTION_INVALID', `Expected ${expected}, got ${got}.`);
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
