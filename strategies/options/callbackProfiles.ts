import { CALLBACK_OPTIONS, type ServiceOptions } from './options.ts';

/** Values with which a new service begins: the product's "Common Default Configuration". */
export interface OptionProfile {
  readonly description: string;
  readonly values: ServiceOptions;
  /** Why no service can be made from it here. */
  readonly unavailable?: string;
}

const TELEPHONY = 'needs telephony';
/** Set by the one who creates the service. */
const OWN_NAMES = ['_type', '_service', '_target', '_urs_virtual_queue'];

/** Options of service.chat-delay in a new installation. */
export function initialChatDelayOptions(): ServiceOptions {
  return Object.fromEntries(
    Object.entries(CALLBACK_OPTIONS).flatMap(([name, row]) =>
      row.initial === undefined ? [] : [[name, row.initial]],
    ),
  );
}

/** Options of service.chat-immediate in a new installation. gms-api 4.1. */
export function initialChatImmediateOptions(): ServiceOptions {
  return { ...initialChatDelayOptions(), ...IMMEDIATE };
}

const IMMEDIATE = { _wait_for_agent: 'false', _wait_for_user_confirm: 'false' };

/** The profiles of the callback template, by name. gms-api 4.1. */
export const CALLBACK_PROFILES: Readonly<Record<string, OptionProfile>> = {
  'Chat-Delayed': {
    description: 'The customer waits until an agent is nearly free, and then opens the chat.',
    values: withoutOwn(initialChatDelayOptions()),
  },
  'Chat-Immediate': {
    description: 'The customer opens the chat at once, and waits there.',
    values: withoutOwn(initialChatImmediateOptions()),
  },
  'User-Originated-Immediate': voice('The customer calls at once.', {
    _call_direction: 'USERORIGINATED',
    ...IMMEDIATE,
  }),
  'User-Originated-Delayed': voice('The customer is told when an agent is nearly free, and calls.', {
    _call_direction: 'USERORIGINATED',
    _wait_for_agent: 'true',
    _wait_for_user_confirm: 'true',
  }),
  'User-Terminated-Immediate': voice('The customer is called at once.', {
    _call_direction: 'USERTERMINATED',
    ...IMMEDIATE,
  }),
  'User-Terminated-Delayed': voice('The customer is called when an agent is nearly free.', {
    _call_direction: 'USERTERMINATED',
    _wait_for_agent: 'true',
    _wait_for_user_confirm: 'false',
  }),
  'User-Terminated-Scheduled': voice('The customer is called at the time that they choose.', {
    _call_direction: 'USERTERMINATED',
    _wait_for_agent: 'true',
    _wait_for_user_confirm: 'false',
    _request_execution_time_buffer: '120',
  }),
};

function voice(description: string, values: ServiceOptions): OptionProfile {
  return {
    description,
    values: { _media_type: 'voice', _ttl: '86400', ...values },
    unavailable: TELEPHONY,
  };
}

function withoutOwn(options: ServiceOptions): ServiceOptions {
  return Object.fromEntries(
    Object.entries(options).filter(([name, value]) => value !== '' && !OWN_NAMES.includes(name)),
  );
}
