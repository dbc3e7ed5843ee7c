import { defined, textOf } from '../../engine/ports/index.ts';
import type { Mail } from '../../strategies/openMedia/index.ts';
import {
  addressIn,
  badInput,
  FaultCode,
  type Given,
  MAX_USER_DATA_LENGTH,
  requiredLine,
  requiredText,
  shortText,
  userDataIn,
} from '../digital/index.ts';
import type { BusinessAttributes, OpenMediaService } from './openMediaService.ts';

/** The parameters of a create that are no user data. gms-api 7.8. */
const PARAMETERS: ReadonlySet<string> = new Set([
  'externalId',
  'interactionType',
  'interactionSubType',
  'mediaType',
  'userData',
  'gms_user',
]);

/** The medium and the types of a new interaction. */
export interface Kind {
  readonly media: string;
  readonly type: string;
  readonly subtype: string;
}

/** As the request names them, where the service allows it, and otherwise as the service has them. */
export function kindIn(given: Given, service: OpenMediaService, values: BusinessAttributes): Kind {
  const { media, type, subtype } = service;
  if (!service.allowOverwrite) return { media, type, subtype };
  return {
    media: oneOf(given, 'mediaType', values.mediaTypes) ?? media,
    type: oneOf(given, 'interactionType', values.interactionTypes) ?? type,
    subtype: oneOf(given, 'interactionSubType', values.interactionSubtypes) ?? subtype,
  };
}

function oneOf(given: Given, name: string, values: readonly string[]): string | undefined {
  const value = shortText(given, name);
  if (value === undefined || values.includes(value)) return value;
  throw badInput(`Expected '${name}' to be one of ${values.join(', ')}, got '${value.slice(0, 64)}'.`);
}

/**
 * The user data of a new interaction. Clients also send their own data as fields without `userData[]`; those
 * with an underscore are the server's, and left out.
 */
export function openMediaDataIn(given: Given): Readonly<Record<string, string>> {
  const plain = Object.entries(given).filter(
    ([name, value]) => value !== undefined && !PARAMETERS.has(name) && !/^_|^userData\[/.test(name),
  );
  const fields = Object.fromEntries(plain.map(([name, value]) => [name, textOf(value)]));
  const externalId = shortText(given, 'externalId');
  return requireSmall({ ...fields, ...userDataIn(given), ...defined({ ExternalId: externalId }) });
}

function requireSmall(data: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  const length = Object.entries(data).reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (length <= MAX_USER_DATA_LENGTH) return data;
  throw badInput(
    `Expected user data of at most ${MAX_USER_DATA_LENGTH} characters (MAX_USER_DATA_LENGTH), got ${length}.`,
  );
}

/** The e-mail in a request. gms-api 7.8. */
export function mailIn(given: Given, mailbox: string | undefined): Mail {
  const fromAddress = addressIn(given, 'fromAddress');
  if (fromAddress === undefined) {
    throw badInput("Expected the parameter 'fromAddress', got none.", FaultCode.EMAIL_INVALID);
  }
  return {
    firstName: requiredLine(given, 'firstName', FaultCode.FIRST_NAME_MISSING),
    lastName: requiredLine(given, 'lastName', FaultCode.LAST_NAME_MISSING),
    fromAddress,
    subject: requiredLine(given, 'subject'),
    text: requiredText(given, 'text'),
    ...defined({ mailbox: addressIn(given, 'mailbox') ?? mailbox }),
  };
}

/** User data of an e-mail, by which documents and desktops know it. gms-api 7.8. */
export function mailDataOf(mail: Mail): Readonly<Record<string, string>> {
  const { firstName, lastName, fromAddress, subject, mailbox } = mail;
  return {
    FirstName: firstName,
    LastName: lastName,
    EmailAddress: fromAddress,
    FromAddress: fromAddress,
    Subject: subject,
    ...defined({ Mailbox: mailbox }),
  };
}
