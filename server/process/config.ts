import { join } from 'node:path';
import { Low } from 'lowdb';
import { JSONFile } from 'lowdb/node';
import { z } from 'zod';
import { makePrivateFolder, PRIVATE_FILE, tighten } from '../../engine/durable/index.ts';
import { initialChatDelayOptions, initialChatImmediateOptions } from '../../strategies/options/index.ts';
import { isPasswordHash } from '../identity/index.ts';
import { browserFields, documentsSchema, listenersSchema } from './config/access.ts';
import { accessNumbersSchema } from './config/accessNumbers.ts';
import { agentsSchema } from './config/agents.ts';
import { auditSchema } from './config/audit.ts';
import { callbackSchema } from './config/callback.ts';
import { chatSchema } from './config/chat.ts';
import { debugSchema } from './config/debug.ts';
import { desktopSchema } from './config/desktop.ts';
import { installationFields, withInstallationFiles } from './config/installation.ts';
import { limitsSchema } from './config/limits.ts';
import { loginsSchema } from './config/logins.ts';
import { openMediaSchema } from './config/openMedia.ts';
import { patternsSchema } from './config/patterns.ts';
import { pushSchema } from './config/push.ts';
import { routingSchema } from './config/routing.ts';
import { checkNetwork, securitySchema, usersSchema } from './config/security.ts';
import { servicesSchema } from './config/services.ts';
import { statisticsSchema } from './config/statistics.ts';
import { tracesSchema } from './config/traces.ts';
import { problemMessage } from './configProblem.ts';
import { checkReferences } from './configReferences.ts';
import type { ConfigText } from './configText.ts';

const text = z.string();
const positive = z.number().int().positive();

const configSchema = z
  .strictObject({
    server: z.strictObject({
      listeners: listenersSchema,
      /**
       * URL under which clients and documents reach this server; undefined: the address on which it listens.
       */
      baseUrl: z.url({ protocol: /^https?$/ }).optional(),
      /** URLs that this server had before; undefined: those that its store remembers. */
      formerUrls: z.array(z.url({ protocol: /^https?$/ })).optional(),
      /** First part of every service id. */
      node: positive,
      /** Seconds that a session has to answer a request. */
      requestTimeout: positive,
      /**
       * Seconds from SIGTERM until the server stops, in which its status is OFFLINE and it starts no
       * sessions.
       */
      drainSeconds: z.number().min(0).default(0),
      /** Live sessions. Others return from the store when an event or a timer arrives for them. */
      maxLiveSessions: positive.optional(),
      /**
       * Megabytes of heap above which idle sessions leave memory; undefined: a part of what Node.js may use.
       */
      maxHeap: positive.optional(),
      /** Events that may wait for one session. */
      maxMailboxLength: positive.optional(),
      /** Addresses whose X-Forwarded-For is believed, as http.allow names them. */
      trustedProxies: z.array(text.superRefine(checkNetwork)).default([]),
    }),
    administrator: z
      .strictObject({
        user: text.min(1),
        passwordHash: text.refine(
          isPasswordHash,
          'expected scrypt$<salt>$<hash>, as `orsay hash-password` prints it',
        ),
      })
      .optional(),
    users: usersSchema.optional(),
    security: securitySchema.optional(),
    http: z.strictObject({
      allow: z.array(text.superRefine(checkNetwork)),
      /** Seconds for a request of a document that sets no timeout. */
      timeout: positive,
      maxBytes: positive,
      /** Logins of this server at others. */
      logins: loginsSchema,
      ...browserFields,
    }),
    documents: documentsSchema,
    push: pushSchema,
    limits: limitsSchema,
    audit: auditSchema,
    debug: debugSchema,
    traces: tracesSchema,
    ...installationFields,
    /** Where documents run. Documents that came over HTTP run in child processes. */
    engine: z
      .strictObject({
        /** Children, not counting a spare one and the one for suspects; undefined: one for each core. */
        children: positive.optional(),
        /** Documents that run in children: those that are not installed, all, or none. */
        sandbox: z.enum(['uploaded', 'all', 'none']).default('uploaded'),
        /** Milliseconds that one step may take. */
        deadlineMs: z.number().int().min(50).default(200),
        /** Resident memory of one child. */
        memoryMb: z.number().int().min(128).default(400),
      })
      .prefault({}),
    services: servicesSchema,
    accessNumbers: accessNumbersSchema,
    callback: callbackSchema,
    patterns: patternsSchema,
    agents: agentsSchema,
    desktop: desktopSchema,
    routing: routingSchema,
    statistics: statisticsSchema,
    chat: chatSchema,
    openMedia: openMediaSchema,
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

/** The content of config.json. */
export type Config = z.infer<typeof configSchema>;

export interface ConfigProblem {
  /** In the file; empty: the file as a whole. */
  readonly path: readonly string[];
  readonly message: string;
}

/** The problems of a configuration, each with its path in the file. */
export class ConfigError extends Error {
  readonly problems: readonly string[];
  readonly details: readonly ConfigProblem[];

  constructor(source: string, details: readonly ConfigProblem[]) {
    const problems = details.map(({ path, message }) => `${path.join('.') || '(file)'}: ${message}`);
    super(`The configuration ${source} has ${problems.length} problem(s):\n  ${problems.join('\n  ')}`);
    this.name = 'ConfigError';
    this.problems = problems;
    this.details = details;
  }
}

type ConfigPlace = Pick<ConfigText, 'place' | 'folder'>;

/** Checks a whole configuration. Throws ConfigError with all problems; its message names `source`. */
export function parseConfig(value: unknown, source: string): Config {
  const result = configSchema.safeParse(value);
  if (result.success) return result.data;
  throw new ConfigError(
    source,
    result.error.issues.map((issue) => ({ path: issue.path.map(String), message: problemMessage(issue) })),
  );
}

/**
 * Reads config.json of the data directory. The first start writes it. People edit the file, so the whole of
 * it is checked: rejects with a ConfigError that has every problem.
 */
export async function readConfigFile(dataDir: string): Promise<Config> {
  makePrivateFolder(dataDir);
  const path = join(dataDir, 'config.json');
  const adapter = adapterOf(path);
  const present = await read(adapter, path);
  const file = new Low<unknown>(adapter, present ?? initialFile());
  if (present === null) await file.write();
  // It may have the hash of a password.
  tighten(path, PRIVATE_FILE);
  return parseFile(file.data, { place: path, folder: dataDir });
}

/** As readConfigFile, but changes nothing: without a file it is the configuration that one would have. */
export async function peekConfigFile(dataDir: string): Promise<Config> {
  const path = join(dataDir, 'config.json');
  return parseFile((await read(adapterOf(path), path)) ?? initialFile(), { place: path, folder: dataDir });
}

async function parseFile(data: unknown, { place, folder }: ConfigPlace): Promise<Config> {
  const { value, problems } = await withInstallationFiles(data, folder);
  if (problems.length > 0) throw new ConfigError(place, problems);
  return parseConfig(value, place);
}

/** As readConfigFile, for the text of a configuration. */
export function parseConfigText(text: string, source: ConfigPlace): Promise<Config> {
  return parseFile(jsonOf(text, source.place), source);
}

/** Throws a ConfigError. */
export function jsonOf(text: string, path: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw notJson(path, cause);
  }
}

function notJson(path: string, cause: unknown): ConfigError {
  return new ConfigError(path, [{ path: [], message: `not JSON: ${(cause as Error).message}` }]);
}

/** The preset of lowdb would keep everything in memory when NODE_ENV is 'test'. */
function adapterOf(path: string): JSONFile<unknown> {
  return new JSONFile<unknown>(path);
}

/** Null: there is no file. Rejects with a ConfigError. */
function read(adapter: JSONFile<unknown>, path: string): Promise<unknown> {
  return adapter.read().catch((cause: unknown) => {
    throw notJson(path, cause);
  });
}

/** The configuration of a new installation. */
export function initialConfig(): Config {
  return parseConfig(initialFile(), 'of a new installation');
}

/** The text of the first config.json. */
export function initialText(): string {
  return JSON.stringify(initialFile(), undefined, 2);
}

/**
 * The first config.json: a delayed and an immediate chat, the smallest service, and a chat without a
 * session. Limits are left out, so that a later version can change their defaults.
 */
function initialFile(): z.input<typeof configSchema> {
  return {
    server: { node: 1, requestTimeout: 30 },
    http: { allow: ['loopback'], timeout: 30, maxBytes: 1024 * 1024 },
    engine: { sandbox: 'uploaded', deadlineMs: 200, memoryMb: 400 },
    services: {
      'chat-delay': { ...initialChatDelayOptions() },
      'chat-immediate': { ...initialChatImmediateOptions() },
      hello: { _type: 'ors', _service: 'hello', _ttl: '3600' },
      'request-chat': {
        _type: 'builtin',
        _service: 'request-chat',
        _ttl: '36000',
        _chat_endpoint: 'Environment:default',
      },
      'customer-support': { _type: 'chat', _chat_endpoint: 'Environment:default' },
    },
    chat: {
      default_chat_endpoint: 'Environment:default',
      enable_notification_mode: true,
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
