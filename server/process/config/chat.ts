import { z } from 'zod';
import { defined } from '../../../engine/ports/index.ts';
import type { ChatPushOptions, InactivityOptions } from '../../../strategies/chat/index.ts';
import type { TranscriptStyle } from '../../chat/index.ts';
import type { ChatV2Service } from '../../chatV2/index.ts';
import { EMAIL_PROPERTY } from '../../digital/index.ts';
import { chatFilesSchema } from './chatFiles.ts';
import { accountOf, accountProblems, namesIn } from './serviceOptions.ts';

const text = z.string();
/** Characters of a text of the server in a transcript. */
const MAX_TEXT = 1_000;

const seconds = z.number().int().min(1).max(86_400);

/** Section `inactivity-control` of Chat Server, with its names. Times in seconds. gms-api 7.5. */
const inactivitySchema = z
  .strictObject({
    enabled: z.boolean().default(false),
    'timeout-alert': seconds.default(255),
    /** From the first alert to a second one; 0: there is none. */
    'timeout-alert2': z.number().int().min(0).max(86_400).default(0),
    'timeout-close': seconds.default(45),
    'include-notices': z.enum(['none', 'major', 'major2', 'typing', 'all']).default('major'),
    'message-alert': text.max(MAX_TEXT).default('The chat will close soon because nobody has written.'),
    'message-alert2': text.max(MAX_TEXT).default('The chat is about to close because nobody has written.'),
    'message-close': text.max(MAX_TEXT).default('The chat was closed because nobody wrote.'),
  })
  .prefault({});

/** As Chat Server allows: 20 days. */
const longSeconds = z.number().int().min(1).max(1_728_000);

/** The options of Chat Server for chats of the asynchronous mode, with its names. Times in seconds. */
const asyncSchema = z
  .strictObject({
    'async-idle-alert': longSeconds.default(86_400),
    'async-idle-close': longSeconds.default(3_600),
    'async-idle-notices': z.enum(['none', 'major', 'major2', 'typing', 'all']).default('major'),
    /** As chat.clientTimeout; 0: a customer may be away as long as the chat is not closed. */
    clientTimeout: z.number().min(0).default(0),
  })
  .prefault({});

/** The section `chat`. */
export const chatSchema = z.strictObject({
  default_chat_endpoint: text,
  /**
   * Seconds after which a customer without any request has left, as flex-disconnect-timeout of Chat Server;
   * 0: never.
   */
  clientTimeout: z.number().min(0).default(45),
  /**
   * A chat that an agent has, after this time: the customer leaves and the agent keeps it, as with Chat
   * Server, or it ends.
   */
  afterClientTimeout: z.enum(['leave', 'end']).default('leave'),
  files: chatFilesSchema,
  /** Maps <tenant>:<endpoint> to the interaction queue that its chats enter. */
  endpoints: z.record(text, z.strictObject({ queue: text })),
  /** Offers Chat V2 over CometD too. */
  enable_notification_mode: z.boolean().default(false),
  /** Pushes entries to the device of a customer also while they listen over CometD. A service may differ. */
  push_notification_to_active_client: z.boolean().default(true),
  /** A push to customhttp has the whole entry. A service may differ. */
  push_notification_include_payload: z.boolean().default(false),
  /** Seconds for which a customer with a device counts as present without a request. */
  pushTimeout: z.number().min(0).default(3_600),
  /** Seconds between the attempts of a push whose client asked for them with GCTI_GMS_PushResend. */
  'flex-push-resend-delay': seconds.default(15),
  /** Adds the index to the entries of transcripts of Chat V1. */
  'enable-fast-chat-transcript-refresh': z.boolean().default(false),
  inactivity: inactivitySchema,
  async: asyncSchema,
});

type ChatConfig = z.infer<typeof chatSchema>;

/** The rules for a chat in which nobody says anything; undefined: none. */
export function inactivityOf(
  { inactivity, async }: ChatConfig,
  { isAsync }: { readonly isAsync?: true },
): InactivityOptions | undefined {
  if (isAsync === true) {
    return {
      isAsync,
      alertMs: async['async-idle-alert'] * 1000,
      alert2Ms: 0,
      closeMs: async['async-idle-close'] * 1000,
      notices: async['async-idle-notices'],
      messages: messagesOf(inactivity),
    };
  }
  if (!inactivity.enabled) return undefined;
  return {
    alertMs: inactivity['timeout-alert'] * 1000,
    alert2Ms: inactivity['timeout-alert2'] * 1000,
    closeMs: inactivity['timeout-close'] * 1000,
    notices: inactivity['include-notices'],
    messages: messagesOf(inactivity),
  };
}

function messagesOf(inactivity: ChatConfig['inactivity']): InactivityOptions['messages'] {
  return {
    alert: inactivity['message-alert'],
    alert2: inactivity['message-alert2'],
    close: inactivity['message-close'],
  };
}

export function transcriptStyle({ chat }: { readonly chat: ChatConfig }): TranscriptStyle {
  return chat['enable-fast-chat-transcript-refresh'] ? 'indexed' : 'plain';
}

/** Options of a chat service that differ from those of the section. */
const PUSH_OPTIONS = ['push_notification_to_active_client', 'push_notification_include_payload'] as const;

type Options = Readonly<Record<string, string>>;

/** True for a chat service of Chat V2. */
export function isChatService(options: Options | undefined): boolean {
  return options?._type === 'chat';
}

/** The problems of the options of a chat service. */
export function chatServiceProblems(options: Options): readonly { name: string; message: string }[] {
  const { _client_timeout: timeout = '' } = options;
  const problems: { name: string; message: string }[] = [];
  if (timeout !== '' && !/^\d{1,7}$/.test(timeout)) {
    problems.push({ name: '_client_timeout', message: `expected whole seconds, got '${timeout}'` });
  }
  problems.push(...accountProblems(options));
  for (const name of PUSH_OPTIONS) {
    const value = options[name] ?? '';
    if (/^(?:true|false|)$/.test(value)) continue;
    problems.push({ name, message: `expected true or false, got '${value}'` });
  }
  return problems;
}

/** How the chats of a service are pushed. */
export function chatPushOptionsOf(options: Options, chat: z.infer<typeof chatSchema>): ChatPushOptions {
  const {
    push_notification_to_active_client: toActiveClient = String(chat.push_notification_to_active_client),
    push_notification_include_payload: includePayload = String(chat.push_notification_include_payload),
  } = options;
  return {
    toActiveClient: toActiveClient !== 'false',
    includePayload: includePayload === 'true',
    resendDelayMs: chat['flex-push-resend-delay'] * 1000,
  };
}

/** The names of the properties that find the chats of customers, of all chat services. */
export function chatProperties(services: Readonly<Record<string, Options>>): readonly string[] {
  const chats = Object.entries(services).filter(([, options]) => isChatService(options));
  const keys = chats.flatMap(([, options]) => namesIn(options._customer_lookup_keys));
  return chats.length === 0 ? [] : [EMAIL_PROPERTY, ...keys];
}

/** The times of the section, in seconds, for services that set none. */
type Timeouts = Pick<ChatConfig, 'clientTimeout'> & {
  readonly async: Pick<ChatConfig['async'], 'clientTimeout'>;
};

/** A chat service from its options. */
export function chatServiceOf(name: string, options: Options, chat: Timeouts): ChatV2Service {
  const { _client_timeout: timeout = '', _chat_endpoint: endpoint = '' } = options;
  return {
    name,
    ...defined({ endpoint: endpoint === '' ? undefined : endpoint }),
    clientTimeoutMs: (timeout === '' ? chat.clientTimeout : Number(timeout)) * 1000,
    asyncClientTimeoutMs: chat.async.clientTimeout * 1000,
    lookupKeys: namesIn(options._customer_lookup_keys),
    hasCredentials: accountOf(options) !== undefined,
  };
}
