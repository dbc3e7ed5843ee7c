import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Clock, defined, type HttpClient } from '../../engine/ports/index.ts';
import {
  type ConfiguredConnection,
  type MessageTexts,
  NO_PUSH,
  type PushConnection,
  type PushSettings,
} from '../../strategies/notification/index.ts';
import type { ServerNames } from '../access/index.ts';
import { createHttpClient, type Dispatch, ElsewhereOnly, ListedDestinations } from '../adapters/index.ts';
import {
  ApnsConnection,
  type ApnsCredentials,
  BoundedConnection,
  FcmConnection,
  readApnsCertificate,
  readApnsKey,
  readLocalizationFile,
  readServiceAccount,
} from '../pushServices/index.ts';
import {
  type ConnectionSection,
  connectionsIn,
  enabledTypes,
  providersIn,
  sectionsIn,
} from './config/push.ts';
import type { Config } from './config.ts';

/** A push service answers with some hundred bytes. */
const MAX_REPLY_BYTES = 65_536;

export interface PushDeps {
  readonly config: Config;
  readonly clock: Clock;
  readonly dataDir?: string;
  readonly own: ServerNames;
  readonly dispatch: Dispatch;
  /** Replaces the network for HTTP/1; undefined: the network. */
  readonly http?: HttpClient;
  /** Aborted when the server stops. */
  readonly closing: AbortSignal;
}

/**
 * The push services and texts of the configuration. Reads the files that it names. Throws an Error with a
 * message for the operator that names the setting.
 */
export function composePush(deps: PushDeps): PushSettings {
  const { push } = deps.config;
  if (push === undefined) return NO_PUSH;
  const connections = connectionsIn(push);
  const trusted = fileOf(deps, 'push.trustedCertificatesFile', push.trustedCertificatesFile, certificatesIn);
  const composed = connections.map((section): ConfiguredConnection => {
    const { service, provider, isDebug } = section;
    const connection = service === 'fcm' ? fcm(deps, section, trusted) : apple(deps, section, trusted);
    const bounded = new BoundedConnection(connection, deps.config.limits.push);
    return { service, isDebug, connection: bounded, ...defined({ provider }) };
  });
  const location = push.localizationFileLocation;
  const texts = fileOf(
    deps,
    'push.localizationFileLocation',
    location,
    (content): MessageTexts => readLocalizationFile(content.toString('utf8')),
  );
  return {
    enabled: enabledTypes(push),
    providers: providersIn(push),
    sections: sectionsIn(push),
    connections: composed,
    defaultExpireSeconds: push.defaultSubscriptionExpiration ?? NO_PUSH.defaultExpireSeconds,
    ...defined({ texts }),
  };
}

type Trusted = readonly string[] | undefined;

function fcm(deps: PushDeps, section: ConnectionSection, trusted: Trusted): PushConnection {
  const { setting, options } = section;
  const name = `${setting}.${nameOf(section, 'fcm.serviceAccountFile')}`;
  const account = requiredFile(deps, name, options['fcm.serviceAccountFile'], (content) =>
    readServiceAccount(content.toString('utf8')),
  );
  const url = section.url.replace(/\/+$/, '');
  // The operator chose these URLs, wherever they lead.
  const destinations = new ListedDestinations({ allow: [url, account.tokenUrl], setting: name });
  const { own, dispatch, clock } = deps;
  const http = createHttpClient({
    own,
    dispatch,
    destinations: new ElsewhereOnly(destinations),
    maxBytes: MAX_REPLY_BYTES,
    ...defined({ outside: deps.http, trusted }),
  });
  return new FcmConnection({ http, clock, account, url, timeoutMs: timeoutOf(deps) });
}

function apple(deps: PushDeps, section: ConnectionSection, trusted: Trusted): PushConnection {
  const { setting, options } = section;
  const url = new URL(section.url);
  const name = `${setting}.${nameOf(section, 'apple.url')}`;
  const guard = new ListedDestinations({ allow: [url.origin], setting: name }).guardOf(url);
  return new ApnsConnection({
    clock: deps.clock,
    credentials: appleCredentials(deps, section),
    topic: String(options['apple.topic']),
    url,
    guard,
    timeoutMs: timeoutOf(deps),
    closing: deps.closing,
    ...defined({ trusted }),
  });
}

function appleCredentials(deps: PushDeps, section: ConnectionSection): ApnsCredentials {
  const { setting, options } = section;
  const named = (name: string): string => `${setting}.${nameOf(section, name)}`;
  const certificateFile = options['apple.certificateFile'];
  if (certificateFile === undefined) {
    const key = requiredFile(deps, named('apple.keyFile'), options['apple.keyFile'], (content) =>
      readApnsKey(content.toString('utf8')),
    );
    const { 'apple.keyId': keyId, 'apple.teamId': teamId } = options;
    return { kind: 'token', key, keyId: String(keyId), teamId: String(teamId) };
  }
  const passphrase = fileOf(deps, named('apple.passphraseFile'), options['apple.passphraseFile'], (content) =>
    content.toString('utf8').replace(/\r?\n$/, ''),
  );
  const tls = requiredFile(deps, named('apple.certificateFile'), certificateFile, (content) =>
    readApnsCertificate(content, passphrase),
  );
  return { kind: 'certificate', tls };
}

function nameOf({ isDebug }: ConnectionSection, name: string): string {
  return isDebug ? `debug.${name}` : name;
}

function timeoutOf({ config }: PushDeps): number {
  return config.limits.push.requestSeconds * 1_000;
}

function certificatesIn(content: Buffer): readonly string[] {
  const found = content
    .toString('utf8')
    .match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g);
  if (found === null) throw new Error('expected certificates in PEM form');
  return found;
}

type Read<Value> = (content: Buffer) => Value;

function fileOf<Value>(deps: PushDeps, setting: string, path: unknown, read: Read<Value>): Value | undefined {
  return path === undefined ? undefined : requiredFile(deps, setting, path, read);
}

function requiredFile<Value>(
  { dataDir }: PushDeps,
  setting: string,
  path: unknown,
  read: Read<Value>,
): Value {
  const given = String(path);
  try {
    const file = given.startsWith('file:') ? fileURLToPath(given) : given;
    return read(readFileSync(resolve(dataDir ?? '.', file)));
  } catch (cause) {
    throw new Error(`${setting} '${given}': ${(cause as Error).message}`, { cause });
  }
}
