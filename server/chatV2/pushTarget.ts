import { defined } from '../../engine/ports/index.ts';
import { PUSH_TARGET_TYPES, type PushTarget } from '../../strategies/chat/index.ts';
import { badInput } from '../digital/index.ts';

type UserData = Readonly<Record<string, string>>;

/** Other spellings of the type of a device. */
const ALIASES: Readonly<Record<string, PushTarget['type']>> = { apple: 'ios', apns: 'ios', firebase: 'fcm' };
const LANGUAGE = /^[A-Za-z]{2,8}(?:[_-][A-Za-z0-9]{1,8})*$/;
const PROVIDER = /^[\w-]{1,128}$/;

/**
 * The device in the user data of a request: `push_notification_*`, or `GCTI_GMS_Push*` of a client without
 * CometD. Undefined: they name none. Throws DigitalFault. gms-api 7.7.
 */
export function pushTargetIn(userData: UserData): PushTarget | undefined {
  return mobileTargetIn(userData) ?? serverTargetIn(userData);
}

function mobileTargetIn(userData: UserData): PushTarget | undefined {
  const named = (name: string): string | undefined => textIn(userData, `push_notification_${name}`);
  const deviceId = named('deviceid');
  const type = named('type');
  if (deviceId === undefined && type === undefined) return undefined;
  if (deviceId === undefined || type === undefined) {
    const missing = deviceId === undefined ? 'push_notification_deviceid' : 'push_notification_type';
    throw badInput(`Expected both push_notification_type and push_notification_deviceid, got no ${missing}.`);
  }
  const language = named('language');
  if (language !== undefined && !LANGUAGE.test(language)) {
    throw badInput(`Expected push_notification_language such as 'en_US', got '${language.slice(0, 64)}'.`);
  }
  return {
    type: typeOf('push_notification_type', type),
    deviceId,
    isDebug: isTrue(named('debug')),
    ...defined({ language, provider: providerOf('push_notification_provider', named('provider')) }),
  };
}

const SERVER_NAMES = ['GCTI_GMS_NodeGroup', 'GCTI_GMS_PushDeviceId', 'GCTI_GMS_PushDeviceType'] as const;

function serverTargetIn(userData: UserData): PushTarget | undefined {
  if (!isTrue(textIn(userData, 'GCTI_Chat_PushSubscribe'))) return undefined;
  for (const name of SERVER_NAMES) {
    if (textIn(userData, name) !== undefined) continue;
    throw badInput(`Expected ${SERVER_NAMES.join(', ')} with GCTI_Chat_PushSubscribe, got no ${name}.`);
  }
  const isWhole = textIn(userData, 'GCTI_GMS_PushIncludePayload');
  const isToldOfOwn = isTrue(textIn(userData, 'GCTI_GMS_NotifyRequestor')) ? (true as const) : undefined;
  const provider = providerOf('GCTI_GMS_PushProvider', textIn(userData, 'GCTI_GMS_PushProvider'));
  return {
    type: typeOf('GCTI_GMS_PushDeviceType', userData.GCTI_GMS_PushDeviceType!),
    deviceId: userData.GCTI_GMS_PushDeviceId!,
    isDebug: false,
    resend: isTrue(textIn(userData, 'GCTI_GMS_PushResend')) ? 'delayed' : 'never',
    ...defined({
      provider,
      isToldOfOwn,
      includePayload: isWhole === undefined ? undefined : isTrue(isWhole),
    }),
  };
}

function typeOf(name: string, given: string): PushTarget['type'] {
  const lower = given.toLowerCase();
  const known = Object.hasOwn(ALIASES, lower) ? ALIASES[lower] : lower;
  const found = PUSH_TARGET_TYPES.find((type) => type === known);
  if (found !== undefined) return found;
  throw badInput(
    `Expected ${name} to be one of ${PUSH_TARGET_TYPES.join(', ')}, got '${given.slice(0, 64)}'.`,
  );
}

function providerOf(name: string, given: string | undefined): string | undefined {
  if (given === undefined || PROVIDER.test(given)) return given;
  throw badInput(`Expected ${name} of letters, digits, '_' and '-', got '${given.slice(0, 64)}'.`);
}

function textIn(userData: UserData, name: string): string | undefined {
  const value = Object.hasOwn(userData, name) ? userData[name]?.trim() : undefined;
  return value === '' ? undefined : value;
}

function isTrue(value: string | undefined): boolean {
  return /^(?:true|debug|1)$/i.test(value ?? '');
}
