import { defined, type Json } from '../../engine/ports/index.ts';
import {
  MediaType,
  type NotificationDetails,
  type NotificationEvent,
  NotificationType,
  type SubscriptionRequest,
} from '../../strategies/notification/index.ts';
import { WireError } from '../errors/index.ts';

type Fields = { readonly [name: string]: Json | undefined };

/**
 * gms-api 8.1. The vendor's template closes notificationDetails before
 * `authorization`; a client that nests it inside means the same.
 * @param gmsUser header of the request. For comet it is mandatory and replaces deviceId.
 */
export function readSubscription(body: Json | undefined, gmsUser: string | undefined): SubscriptionRequest {
  const fields = record(body, 'the body');
  const details = record(fields.notificationDetails, "'notificationDetails'");
  const type = readType(details.type);
  const authorization = optionalText(fields.authorization ?? details.authorization, "'authorization'");
  const providerName = optionalText(fields.providerName, "'providerName'");
  const language = optionalText(fields.language, "'language'");
  const expire = readExpire(fields.expire);
  return {
    subscriberId: text(fields.subscriberId, "'subscriberId'"),
    filter: text(fields.filter, "'filter'"),
    notificationDetails: {
      type,
      deviceId:
        type === NotificationType.COMET
          ? requireGmsUser(gmsUser)
          : text(details.deviceId, "'notificationDetails.deviceId'"),
      ...readProperties(details.properties),
    },
    ...defined({ authorization, providerName, language, expire }),
  };
}

/**
 * gms-api 8.2. `message` is documented as a string. An object or array is accepted too, because some
 * documents send one and mean its JSON text. notificationDetails without a type names no device; it has only
 * properties for the pushes to subscribers (gms-api 6.1).
 */
export function readEvent(body: Json | undefined): NotificationEvent {
  const fields = withoutWrapper(record(body, 'the body'));
  const mediaType = readMediaType(fields.mediaType);
  const providerName = optionalText(fields.providerName, "'providerName'");
  const notificationDetails = readEventDetails(fields.notificationDetails);
  const properties = readEventProperties(fields.notificationDetails);
  return {
    tag: text(fields.tag, "'tag'"),
    message: readMessage(fields.message),
    ...defined({ mediaType, providerName, notificationDetails, properties }),
  };
}

/** The sequence diagram of the delayed chat has the event in `data.content` (gms-api 6.1). */
function withoutWrapper(fields: Fields): Fields {
  if (fields.tag !== undefined || fields.data === undefined) return fields;
  return record(record(fields.data, "'data'").content, "'data.content'");
}

function readMediaType(raw: Json | undefined): MediaType | undefined {
  if (raw === undefined || raw === null) return undefined;
  const mediaType = Object.values(MediaType).find((known) => known === raw);
  if (mediaType) return mediaType;
  throw invalid(`'mediaType' to be one of ${Object.values(MediaType).join(', ')}`, raw);
}

function readMessage(raw: Json | undefined): Json {
  if (raw === undefined || raw === null) return '';
  if (typeof raw === 'string' || typeof raw === 'object') return raw;
  throw invalid("'message' to be a string", raw);
}

function readEventDetails(raw: Json | undefined): NotificationDetails | undefined {
  if (raw === undefined || raw === null) return undefined;
  const details = record(raw, "'notificationDetails'");
  if (details.type === undefined && details.deviceId === undefined) return undefined;
  return {
    type: readType(details.type),
    deviceId: text(details.deviceId, "'notificationDetails.deviceId'"),
    ...readProperties(details.properties),
  };
}

/** gms-api 6.1: an event without a device has properties for the pushes to its subscribers. */
function readEventProperties(raw: Json | undefined): Fields | undefined {
  if (raw === undefined || raw === null) return undefined;
  return readProperties(record(raw, "'notificationDetails'").properties).properties;
}

function readType(raw: Json | undefined): NotificationType {
  const type = Object.values(NotificationType).find((known) => known === raw);
  if (type) return type;
  throw invalid(`'notificationDetails.type' to be one of ${Object.values(NotificationType).join(', ')}`, raw);
}

function readProperties(raw: Json | undefined): { properties?: Fields } {
  return raw === undefined || raw === null ? {} : { properties: record(raw, "'properties'") };
}

function readExpire(raw: Json | undefined): number | undefined {
  if (raw === undefined || raw === null) return undefined;
  const seconds = typeof raw === 'string' && raw.trim() !== '' ? Number(raw) : raw;
  if (typeof seconds === 'number' && Number.isFinite(seconds)) return seconds;
  throw invalid("'expire' to be a number of seconds", raw);
}

function requireGmsUser(gmsUser: string | undefined): string {
  if (gmsUser !== undefined && gmsUser !== '') return gmsUser;
  throw new WireError('PARAMETER_MISSING', {
    message: 'Expected a gms_user header with a subscription of type comet, got none.',
  });
}

function text(raw: Json | undefined, name: string): string {
  if (typeof raw === 'string' && raw !== '') return raw;
  throw invalid(`${name} to be a string that is not empty`, raw);
}

function optionalText(raw: Json | undefined, name: string): string | undefined {
  return raw === undefined || raw === null ? undefined : text(raw, name);
}

function record(raw: Json | undefined, name: string): Fields {
  if (typeof raw === 'object' && raw !== null && !Array.isArray(raw)) return raw as Fields;
  throw invalid(`${name} to be a JSON object`, raw);
}

function invalid(expected: string, got: Json | undefined): WireError {
  const shown = got === undefined ? 'nothing' : JSON.stringify(got).slice(0, 80);
  return new WireError('PARAMETER_INVALID', { message: `Expected ${expected}, got ${shown}.` });
}

/** The service whose events have this tag, or match this filter. Undefined: the filter is wider. */
export function serviceOfTag(tag: string): string | undefined {
  return idsOfTag(tag).serviceId;
}

/** The ids for the log. Documents publish under service.<event>.<service id> (gms-api 6.1). */
export function idsOfTag(tag: string): Readonly<Record<string, string>> {
  const serviceId = /^service\..+\.((?:[a-z][a-z0-9-]{0,39}_)?\d+-[\w-]+)$/.exec(tag)?.[1];
  return serviceId === undefined ? {} : { serviceId };
}
