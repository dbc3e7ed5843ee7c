import { z } from 'zod';
import { checkOptions, initialChatDelayOptions, isCallbackService } from '../../strategies/callback/index.ts';
import { networksOf } from '../adapters/index.ts';
import { isPasswordHash } from '../middleware/index.ts';

const NAME = /^[A-Za-z_][\w.-]*$/;
/** Names of options become parameters of a document, that is variables. */
const OPTION = /^[A-Za-z_$][\w$]*$/;

const text = z.string();
const positive = z.number().int().positive();
const optionsSchema = z.record(
  text.regex(OPTION, 'expected a name that a document can use as a variable'),
  text,
);
const serviceSchema = optionsSchema.superRefine((options, context) => {
  if (options._type !== 'ors' && options._type !== 'builtin') {
    context.addIssue({ code: 'custom', path: ['_type'], message: 'expected ors or builtin' });
    return;
  }
  if (!isCallbackService(options)) {
    return;
  }
  for (const { name, message } of checkOptions(options)) {
    context.addIssue({ code: 'custom', path: [name], message });
  }
});

const configSchema = z
  .strictObject({
    server: z.strictObject({
      /** URL under which clients and documents reach this server; absent: the address it listens on. */
      baseUrl: z.url({ protocol: /^https?$/ }).optional(),
      /** First part of every service id. */
      node: positive,
      /** Seconds for an answer of a session to a request. */
      requestTimeout: positive,
      /** Sessions in memory; the others come back from the store when something happens to them. */
      maxLiveSessions: positive.optional(),
      /** Megabytes of heap above which idle sessions leave memory; absent: a part of what Node.js may use. */
      maxHeap: positive.optional(),
      /** Events that may wait for one session. */
      maxMailboxLength: positive.optional(),
    }),
    administrator: z
      .strictObject({
        user: text.min(1),
        passwordHash: text.refine(isPasswordHash, 'expected scrypt$<salt>$<hash>; see README'),
      })
      .optional(),
    http: z.strictObject({
      allow: z.array(text.superRefine(checkNetwork)),
      /** Seconds for a request that a document makes without saying how long. */
      timeout: positive,
      maxBytes: positive,
    }),
    /** Where documents run. Those that came over HTTP are held in child processes of the server. */
    engine: z
      .strictObject({
        /** Children beside a spare one and the one for suspects; absent: one per core. */
        children: positive.optional(),
        /** Which documents run in them: those that are not the installation's own, all, or none. */
        sandbox: z.enum(['uploaded', 'all', 'none']).default('uploaded'),
        /** Milliseconds that one step may take. */
        deadlineMs: z.number().int().min(50).default(200),
        /** Resident memory of one child. */
        memoryMb: z.number().int().min(128).default(400),
      })
      .prefault({}),
    services: z.record(text.regex(NAME, 'expected a service name'), serviceSchema),
    chat: z.strictObject({
      default_chat_endpoint: text,
      /** <tenant>:<endpoint> to the interaction queue where its chats enter. */
      endpoints: z.record(text, z.strictObject({ queue: text })),
    }),
    /** Interaction queues: `application` names a script, as in Orchestration/application. */
    queues: z.record(
      text,
      z.strictObject({ application: text.regex(/^script:.+$/, "expected 'script:<name>'") }),
    ),
    scripts: z.record(
      text,
      z.strictObject({
        Application: z.strictObject({ url: text.min(1) }),
        ApplicationParms: z.record(text, text),
      }),
    ),
  })
  .superRefine(checkReferences);

/** The configuration as one readable file holds it. */
export type Config = z.infer<typeof configSchema>;

/** Every problem of a configuration, each with its path in the file. */
export class ConfigError extends Error {
  readonly problems: readonly string[];

  constructor(source: string, problems: readonly string[]) {
    super(`The configuration ${source} has ${problems.length} problem(s):\n  ${problems.join('\n  ')}`);
    this.name = 'ConfigError';
    this.problems = problems;
  }
}

/** Checks a configuration whole. Throws ConfigError with all problems. `source` is named in it. */
export function parseConfig(value: unknown, source: string): Config {
  const result = configSchema.safeParse(value);
  if (result.success) {
    return result.data;
  }
  throw new ConfigError(
    source,
    result.error.issues.map((issue) => `${issue.path.map(String).join('.') || '(file)'}: ${issue.message}`),
  );
}

/** What a new installation starts with: a delayed chat, the smallest service, and a chat without a session. */
export function initialConfig(): Config {
  return {
    server: { node: 1, requestTimeout: 30 },
    http: { allow: ['loopback'], timeout: 30, maxBytes: 1024 * 1024 },
    engine: { sandbox: 'uploaded', deadlineMs: 200, memoryMb: 400 },
    services: {
      'chat-delay': { ...initialChatDelayOptions() },
      hello: { _type: 'ors', _service: 'hello', _ttl: '3600' },
      'request-chat': {
        _type: 'builtin',
        _service: 'request-chat',
        _ttl: '36000',
        _chat_endpoint: 'Environment:default',
      },
    },
    chat: {
      default_chat_endpoint: 'Environment:default',
      endpoints: { 'Environment:default': { queue: 'Chat_In' } },
    },
    queues: { Chat_In: { application: 'script:GMSInbound' } },
    scripts: {
      GMSInbound: {
        Application: { url: '/genesys/1/document/service_template/callback/src/inbound_chat.scxml' },
        ApplicationParms: { app_find_agent_timeout: '30', app_selected_agent_group: 'Billing' },
      },
    },
  };
}

function checkNetwork(entry: string, context: z.RefinementCtx): void {
  try {
    networksOf(entry);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
  }
}

/** A name that leads nowhere would show only when the first customer arrives. */
function checkReferences(config: Config, context: z.RefinementCtx): void {
  const report = (path: string[], message: string): void => {
    context.addIssue({ code: 'custom', path, message });
  };
  if (config.chat.endpoints[config.chat.default_chat_endpoint] === undefined) {
    report(
      ['chat', 'default_chat_endpoint'],
      `there is no endpoint '${config.chat.default_chat_endpoint}' in chat.endpoints`,
    );
  }
  for (const [name, { queue }] of Object.entries(config.chat.endpoints)) {
    if (config.queues[queue] === undefined) {
      report(['chat', 'endpoints', name, 'queue'], `there is no queue '${queue}' in queues`);
    }
  }
  for (const [name, { application }] of Object.entries(config.queues)) {
    const script = application.slice('script:'.length);
    if (config.scripts[script] === undefined) {
      report(['queues', name, 'application'], `there is no script '${script}' in scripts`);
    }
  }
  for (const [name, options] of Object.entries(config.services)) {
    const endpoint = options._chat_endpoint;
    const known =
      endpoint === undefined || endpoint === '' || endpoint === 'gms_builtin' || endpoint.includes('$');
    if (!known && config.chat.endpoints[endpoint] === undefined) {
      report(['services', name, '_chat_endpoint'], `there is no endpoint '${endpoint}' in chat.endpoints`);
    }
  }
}
