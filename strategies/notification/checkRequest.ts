import type { Sessions } from '../../engine/host/index.ts';
import { defined, didYouMean, type Json, textOf } from '../../engine/ports/index.ts';
import { sessionIdOf } from './delivery.ts';
import { NotificationError } from './errors.ts';
import { isFilter, isTag, MAX_TAG_LENGTH } from './filter.ts';
import { isDebugOf, type MobilePush, pushServiceOf } from './mobilePush.ts';
import {
  MediaType,
  type NotificationDetails,
  type NotificationEvent,
  NotificationType,
  type SubscriptionRequest,
} from './notificationRequests.ts';
import { pushOptionProblem } from './pushOptions.ts';

/** Longest subscriber id and gms_user: they are parts of keys. */
const MAX_TEXT_LENGTH = 256;
const MAX_DEVICE_ID_LENGTH = 2_048;
/** Characters of `properties` as JSON. Subscriptions and the tasks of deliveries hold them. */
export const MAX_PROPERTIES_CHARS = 8_192;
const MAX_EXPIRE_S = 366 * 86_400;

/** Throws NotificationError EVENT_INVALID. */
export function checkEvent(event: NotificationEvent, push: MobilePush): void {
  if (!isTag(event.tag)) {
    throw new NotificationError(
      'EVENT_INVALID',
      `Expected 'tag' to be words of letters, digits, '_' and '-' joined by dots, at most ${MAX_TAG_LENGTH} characters, got '${event.tag.slice(0, 64)}'.`,
    );
  }
  const { notificationDetails: details, providerName, properties = {} } = event;
  const problem =
    (details && (deviceIdProblem(details) ?? debugProblem(details))) ??
    sizeProblem(details?.properties) ??
    sizeProblem(properties) ??
    (details && providerProblem(details, providerName, push)) ??
    propertiesProblem(properties) ??
    localizationProblem(event, push);
  if (problem !== undefined) throw new NotificationError('EVENT_INVALID', problem);
}

/** Properties of other names are for publishers and devices, who may agree on any. */
function propertiesProblem(properties: { readonly [name: string]: unknown }): string | undefined {
  const names = Object.keys(properties).filter((name) => /^(?:apple|fcm)\./.test(name));
  return names.map((name) => pushOptionProblem(name, properties[name])).find((one) => one !== undefined);
}

function localizationProblem(
  { mediaType, message = '' }: NotificationEvent,
  { messages }: MobilePush,
): string | undefined {
  if (mediaType !== MediaType.LOCALIZED) return undefined;
  return messages === undefined
    ? `Expected 'mediaType' string, got localizestring: push.localizationFileLocation names no localization file.`
    : messages.problemOf(message);
}

/** A provider matters only to types that need a push service. */
function providerProblem(
  { type }: NotificationDetails,
  providerName: string | undefined,
  { providers }: MobilePush,
): string | undefined {
  if (providerName === undefined || providers.includes(providerName)) return undefined;
  if (pushServiceOf(type) === undefined) return undefined;
  const known = providers.length === 0 ? 'none is configured' : providers.join(', ');
  return `Expected 'providerName' to be a configured provider (${known}), got '${providerName}'.${didYouMean(providerName, providers)}`;
}

/** Rejects with NotificationError SUBSCRIPTION_INVALID for a session that does not exist or has ended. */
export async function requireSession(
  { notificationDetails: { type, deviceId } }: SubscriptionRequest,
  sessions: Pick<Sessions, 'query'>,
): Promise<void> {
  const sessionId = type === NotificationType.ORS_CALLBACK ? sessionIdOf(deviceId) : undefined;
  if (sessionId === undefined) return;
  const status = (await sessions.query(sessionId))?.status;
  if (status === 'running' || status === 'scheduled' || status === 'setAside') return;
  throw invalidSubscription(
    `'notificationDetails.deviceId' of orscb to be a session that has not ended`,
    `'${deviceId}', ${status === undefined ? 'which does not exist' : `which is ${status}`}`,
  );
}

/** Throws NotificationError SUBSCRIPTION_INVALID or TYPE_NOT_ENABLED. */
export function checkSubscription(request: SubscriptionRequest, push: MobilePush): void {
  const { subscriberId, filter, expire, authorization, notificationDetails, language } = request;
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
  if (language !== undefined && !/^[A-Za-z]{2,8}(?:[_-][A-Za-z0-9]{1,8})*$/.test(language)) {
    throw invalidSubscription(`'language' such as 'de' or 'en_US'`, `'${language.slice(0, 64)}'`);
  }
  checkDetails(notificationDetails);
  requireEnabled(notificationDetails.type, push);
  const problem = providerProblem(notificationDetails, request.providerName, push);
  if (problem !== undefined) throw new NotificationError('SUBSCRIPTION_INVALID', problem);
  if (pushServiceOf(notificationDetails.type) === undefined) return;
  if (push.connectionOf(notificationDetails, request.providerName) !== undefined) return;
  throw new NotificationError('TYPE_NOT_ENABLED', noConnection(request));
}

function noConnection({
  notificationDetails,
  providerName,
}: Pick<SubscriptionRequest, 'notificationDetails' | 'providerName'>): string {
  const kind = isDebugOf(notificationDetails) ? 'debug' : 'production';
  const whose = providerName === undefined ? 'The section push' : `The provider '${providerName}'`;
  return `${whose} has no ${kind} connection for push of type '${notificationDetails.type}'.`;
}

/** Why no device of this kind can be reached; undefined: it can. */
export function deviceProblem(
  device: NotificationDetails,
  providerName: string | undefined,
  push: MobilePush,
): string | undefined {
  if (!push.isEnabled(device.type)) {
    return `Push of type '${device.type}' is not enabled; ${push.enabled.join(', ')} are.`;
  }
  const problem = deviceIdProblem(device) ?? providerProblem(device, providerName, push);
  if (problem !== undefined || push.connectionOf(device, providerName) !== undefined) return problem;
  return noConnection({ notificationDetails: device, ...defined({ providerName }) });
}

/** Throws NotificationError TYPE_NOT_ENABLED. */
export function requireEnabled(type: NotificationType, push: MobilePush): void {
  if (push.isEnabled(type)) return;
  throw new NotificationError(
    'TYPE_NOT_ENABLED',
    `Push of type '${type}' is not enabled; ${push.enabled.join(', ')} are.`,
  );
}

function checkDetails(details: NotificationDetails): void {
  const { type, deviceId } = details;
  const problem = deviceIdProblem(details) ?? sizeProblem(details.properties) ?? debugProblem(details);
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

/** Any other text would send to the devices of production what a tester meant for their own. */
function debugProblem({ type, properties }: NotificationDetails): string | undefined {
  const text = textOf(properties?.debug as Json | undefined);
  // Documents send the text of a value that is not set.
  if (pushServiceOf(type) === undefined || /^(?:|true|false|debug|production|undefined|null)$/i.test(text)) {
    return undefined;
  }
  return `Expected 'notificationDetails.properties.debug' to be true or false, got '${text.slice(0, 64)}'.`;
}

function sizeProblem(properties: NotificationDetails['properties']): string | undefined {
  const chars = properties === undefined ? 0 : JSON.stringify(properties).length;
  if (chars <= MAX_PROPERTIES_CHARS) return undefined;
  return `Expected 'notificationDetails.properties' of at most MAX_PROPERTIES_CHARS (${MAX_PROPERTIES_CHARS}) characters as JSON, got ${chars}.`;
}

function invalidSubscription(expected: string, got: string): NotificationError {
  return new NotificationError('SUBSCRIPTION_INVALID', `Expected ${expected}, got ${got}.`);
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
