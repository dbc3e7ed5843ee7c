import { createHash } from 'node:crypto';
import { type Clock, defined, type HttpClient } from '../../engine/ports/index.ts';
import {
  type ConfiguredConnection,
  NO_PUSH,
  type PushConnection,
  type PushSettings,
} from '../../strategies/notification/index.ts';
import type { ServerNames } from '../access/index.ts';
import { createHttpClient, type Dispatch, ElsewhereOnly, ListedDestinations } from '../adapters/index.ts';
import {
  ApnsConnection,
  BoundedConnection,
  CustomHttpConnection,
  FcmConnection,
} from '../pushServices/index.ts';
import { type ConnectionSection, enabledTypes, providersIn, sectionsIn } from './config/push.ts';
import type { Config } from './config.ts';
import { type ConnectionFiles, type Digested, type PushFiles, settingOf } from './pushFiles.ts';

/** A push service answers with some hundred bytes. */
const MAX_REPLY_BYTES = 65_536;

export interface PushDeps {
  readonly config: Config;
  readonly clock: Clock;
  readonly own: ServerNames;
  readonly dispatch: Dispatch;
  /** Replaces the network for HTTP/1; undefined: the network. */
  readonly http?: HttpClient;
  /** Aborted when the server stops. */
  readonly closing: AbortSignal;
}

/** The push services of a configuration, and what they are made of. */
export interface ComposedPush {
  readonly settings: PushSettings;
  /** By the content of the configuration and the files from which each is made. */
  readonly connections: ReadonlyMap<string, PushConnection>;
}

const NO_CONNECTIONS: ComposedPush['connections'] = new Map();

/**
 * The push services and texts of a section push. A connection of `present` that has the same content stays:
 * it has a session with its service, a token, and notifications under way. Throws an Error for the operator
 * that names the setting of a file that cannot be used.
 */
export function composePush(
  deps: PushDeps,
  { push, files }: { readonly push: Config['push']; readonly files: PushFiles },
  present = NO_CONNECTIONS,
): ComposedPush {
  if (push === undefined) return { settings: NO_PUSH, connections: NO_CONNECTIONS };
  const trusted = files.trusted?.content;
  const connections = new Map<string, PushConnection>();
  const configured = files.connections.map((one): ConfiguredConnection => {
    const { service, provider, isDebug } = one.section;
    const content = contentOf(one, trusted?.digest);
    const made =
      present.get(content) ??
      new BoundedConnection(connect({ ...deps, trusted: trusted?.value }, one), deps.config.limits.push);
    connections.set(content, made);
    return { service, isDebug, connection: made, ...defined({ provider }) };
  });
  const settings = {
    enabled: enabledTypes(push),
    providers: providersIn(push),
    sections: sectionsIn(push),
    connections: configured,
    defaultExpireSeconds: push.defaultSubscriptionExpiration ?? NO_PUSH.defaultExpireSeconds,
    ...defined({ texts: files.texts?.content.value }),
  };
  return { settings, connections };
}

/** Tells connections apart. */
function contentOf(one: ConnectionFiles, trusted: string | undefined): string {
  const keys = one.service === 'customhttp' ? '' : keysOf(one).digest;
  const hash = createHash('sha256');
  return hash.update(JSON.stringify([one.section, keys, trusted ?? ''])).digest('hex');
}

function keysOf(one: Exclude<ConnectionFiles, { service: 'customhttp' }>): Digested<unknown> {
  return one.service === 'fcm' ? one.account.content : one.credentials();
}

/** `trusted`: certificates to trust besides those of Node.js. */
type ConnectDeps = PushDeps & { readonly trusted: readonly string[] | undefined };

function connect(deps: ConnectDeps, one: ConnectionFiles): PushConnection {
  switch (one.service) {
    case 'fcm':
      return fcm(deps, one);
    case 'apple':
      return apple(deps, one);
    case 'customhttp':
      return customhttp(deps, one.section);
  }
}

function customhttp(deps: ConnectDeps, section: ConnectionSection): PushConnection {
  const { url } = section;
  const setting = settingOf(section, 'customhttp.url');
  return new CustomHttpConnection({
    http: httpTo(deps, { allow: [url], setting }),
    clock: deps.clock,
    url,
    timeoutMs: timeoutOf(deps),
  });
}

/** The operator chose these URLs, wherever they lead. */
function httpTo(
  deps: ConnectDeps,
  listed: { readonly allow: readonly string[]; readonly setting: string },
): HttpClient {
  const { own, dispatch, trusted } = deps;
  return createHttpClient({
    own,
    dispatch,
    destinations: new ElsewhereOnly(new ListedDestinations(listed)),
    maxBytes: MAX_REPLY_BYTES,
    ...defined({ outside: deps.http, trusted }),
  });
}

function fcm(
  deps: ConnectDeps,
  { section, account }: Extract<ConnectionFiles, { service: 'fcm' }>,
): PushConnection {
  const url = section.url.replace(/\/+$/, '');
  const content = account.content.value;
  const setting = settingOf(section, 'fcm.serviceAccountFile');
  const http = httpTo(deps, { allow: [url, content.tokenUrl], setting });
  return new FcmConnection({ http, clock: deps.clock, account: content, url, timeoutMs: timeoutOf(deps) });
}

function apple(
  deps: ConnectDeps,
  { section, credentials }: Extract<ConnectionFiles, { service: 'apple' }>,
): PushConnection {
  const url = new URL(section.url);
  const setting = settingOf(section, 'apple.url');
  const guard = new ListedDestinations({ allow: [url.origin], setting }).guardOf(url);
  return new ApnsConnection({
    clock: deps.clock,
    credentials: credentials().value,
    topic: String(section.options['apple.topic']),
    url,
    guard,
    timeoutMs: timeoutOf(deps),
    closing: deps.closing,
    ...defined({ trusted: deps.trusted }),
  });
}

function timeoutOf({ config }: ConnectDeps): number {
  return config.limits.push.requestSeconds * 1_000;
}
