import { X509Certificate } from 'node:crypto';
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
  CustomHttpConnection,
  FcmConnection,
  readApnsCertificate,
  readApnsKey,
  readLocalizationFile,
  readServiceAccount,
  type ServiceAccount,
} from '../pushServices/index.ts';
import {
  type ConnectionSection,
  connectionsIn,
  enabledTypes,
  providersIn,
  sectionsIn,
} from './config/push.ts';
import type { Config } from './config.ts';
import type { Loaded, NamedFiles } from './namedFiles.ts';

/** A push service answers with some hundred bytes. */
const MAX_REPLY_BYTES = 65_536;

/** The files that the section push names. */
export interface PushFiles {
  readonly trusted?: Loaded<readonly string[]>;
  readonly texts?: Loaded<MessageTexts>;
  readonly connections: readonly ConnectionFiles[];
}

/** The files of one connection. */
type ConnectionFiles =
  | { readonly service: 'customhttp'; readonly section: ConnectionSection }
  | { readonly service: 'fcm'; readonly section: ConnectionSection; readonly account: Loaded<ServiceAccount> }
  | {
      readonly service: 'apple';
      readonly section: ConnectionSection;
      readonly credentials: () => ApnsCredentials;
    };

/** Reads the files of the section push. */
export function readPushFiles(push: Config['push'], files: NamedFiles): PushFiles {
  if (push === undefined) return { connections: [] };
  const { trustedCertificatesFile, localizationFileLocation } = push;
  return {
    ...defined({
      trusted: readOptional(files, {
        setting: 'push.trustedCertificatesFile',
        given: trustedCertificatesFile,
        parse: certificatesIn,
      }),
      texts: readOptional(files, {
        setting: 'push.localizationFileLocation',
        given: localizationFileLocation,
        parse: (content) => readLocalizationFile(content.toString('utf8')),
      }),
    }),
    connections: connectionsIn(push).map((section): ConnectionFiles => {
      if (section.service === 'apple') {
        return { service: 'apple', section, credentials: readAppleFiles(section, files) };
      }
      if (section.service === 'customhttp') return { service: 'customhttp', section };
      const account = files.read({
        setting: settingOf(section, 'fcm.serviceAccountFile'),
        given: String(section.options['fcm.serviceAccountFile']),
        parse: (content) => readServiceAccount(content.toString('utf8')),
      });
      return { service: 'fcm', section, account };
    }),
  };
}

function readAppleFiles(section: ConnectionSection, files: NamedFiles): () => ApnsCredentials {
  const { options } = section;
  const certificateFile = options['apple.certificateFile'];
  if (certificateFile === undefined) {
    const key = files.read({
      setting: settingOf(section, 'apple.keyFile'),
      given: String(options['apple.keyFile']),
      parse: (content) => readApnsKey(content.toString('utf8')),
    });
    const { 'apple.keyId': keyId, 'apple.teamId': teamId } = options;
    return () => ({ kind: 'token', key: key.content, keyId: String(keyId), teamId: String(teamId) });
  }
  const passphrase = readOptional(files, {
    setting: settingOf(section, 'apple.passphraseFile'),
    given: options['apple.passphraseFile'],
    parse: (content) => content.toString('utf8').replace(/\r?\n$/, ''),
  });
  const tls = files.read({
    setting: settingOf(section, 'apple.certificateFile'),
    given: String(certificateFile),
    parse: (content) => readApnsCertificate(content, passphrase?.content),
  });
  return () => ({ kind: 'certificate', tls: tls.content });
}

export interface PushDeps {
  readonly config: Config;
  readonly files: PushFiles;
  readonly clock: Clock;
  readonly own: ServerNames;
  readonly dispatch: Dispatch;
  /** Replaces the network for HTTP/1; undefined: the network. */
  readonly http?: HttpClient;
  /** Aborted when the server stops. */
  readonly closing: AbortSignal;
}

/**
 * The push services and texts of the configuration. Throws an Error for the operator that names the setting
 * of a file that cannot be used.
 */
export function composePush(deps: PushDeps): PushSettings {
  const { config, files } = deps;
  const { push } = config;
  if (push === undefined) return NO_PUSH;
  const connections = files.connections.map((one): ConfiguredConnection => {
    const { service, provider, isDebug } = one.section;
    const bounded = new BoundedConnection(connect(deps, one), config.limits.push);
    return { service, isDebug, connection: bounded, ...defined({ provider }) };
  });
  return {
    enabled: enabledTypes(push),
    providers: providersIn(push),
    sections: sectionsIn(push),
    connections,
    defaultExpireSeconds: push.defaultSubscriptionExpiration ?? NO_PUSH.defaultExpireSeconds,
    ...defined({ texts: files.texts?.content }),
  };
}

function connect(deps: PushDeps, one: ConnectionFiles): PushConnection {
  switch (one.service) {
    case 'fcm':
      return fcm(deps, one);
    case 'apple':
      return apple(deps, one);
    case 'customhttp':
      return customhttp(deps, one.section);
  }
}

function customhttp(deps: PushDeps, section: ConnectionSection): PushConnection {
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
  deps: PushDeps,
  listed: { readonly allow: readonly string[]; readonly setting: string },
): HttpClient {
  const { own, dispatch, files } = deps;
  return createHttpClient({
    own,
    dispatch,
    destinations: new ElsewhereOnly(new ListedDestinations(listed)),
    maxBytes: MAX_REPLY_BYTES,
    ...defined({ outside: deps.http, trusted: files.trusted?.content }),
  });
}

function fcm(
  deps: PushDeps,
  { section, account }: Extract<ConnectionFiles, { service: 'fcm' }>,
): PushConnection {
  const url = section.url.replace(/\/+$/, '');
  const { content } = account;
  const setting = settingOf(section, 'fcm.serviceAccountFile');
  const http = httpTo(deps, { allow: [url, content.tokenUrl], setting });
  return new FcmConnection({ http, clock: deps.clock, account: content, url, timeoutMs: timeoutOf(deps) });
}

function apple(
  deps: PushDeps,
  { section, credentials }: Extract<ConnectionFiles, { service: 'apple' }>,
): PushConnection {
  const url = new URL(section.url);
  const setting = settingOf(section, 'apple.url');
  const guard = new ListedDestinations({ allow: [url.origin], setting }).guardOf(url);
  return new ApnsConnection({
    clock: deps.clock,
    credentials: credentials(),
    topic: String(section.options['apple.topic']),
    url,
    guard,
    timeoutMs: timeoutOf(deps),
    closing: deps.closing,
    ...defined({ trusted: deps.files.trusted?.content }),
  });
}

/** The path of an option of a connection in the configuration. */
function settingOf({ setting, isDebug }: ConnectionSection, option: string): string {
  return `${setting}.${isDebug ? 'debug.' : ''}${option}`;
}

function timeoutOf({ config }: PushDeps): number {
  return config.limits.push.requestSeconds * 1_000;
}

function certificatesIn(content: Buffer): readonly string[] {
  const found = content
    .toString('utf8')
    .match(/-----BEGIN CERTIFICATE-----[\s\S]+?-----END CERTIFICATE-----/g);
  if (found === null) throw new Error('expected certificates in PEM form');
  // A certificate that OpenSSL cannot read would fail each request, or be left out.
  for (const pem of found) new X509Certificate(pem);
  return found;
}

/** Undefined: the configuration names no file. */
function readOptional<T>(
  files: NamedFiles,
  named: { readonly setting: string; readonly given: unknown; readonly parse: (content: Buffer) => T },
): Loaded<T> | undefined {
  return named.given === undefined ? undefined : files.read({ ...named, given: String(named.given) });
}
