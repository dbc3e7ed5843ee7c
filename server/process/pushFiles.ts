import { createHash, X509Certificate } from 'node:crypto';
import { defined } from '../../engine/ports/index.ts';
import type { MessageTexts } from '../../strategies/notification/index.ts';
import {
  type ApnsCredentials,
  readApnsCertificate,
  readApnsKey,
  readLocalizationFile,
  readServiceAccount,
  type ServiceAccount,
} from '../pushServices/index.ts';
import { type ConnectionSection, connectionsIn } from './config/push.ts';
import type { Config } from './config.ts';
import type { Loaded, NamedFiles } from './namedFiles.ts';

/** A parsed file, and the digest of its content. */
export interface Digested<T> {
  readonly value: T;
  readonly digest: string;
}

/** The files that the section push names. */
export interface PushFiles {
  readonly trusted?: Loaded<Digested<readonly string[]>>;
  readonly texts?: Loaded<Digested<MessageTexts>>;
  readonly connections: readonly ConnectionFiles[];
}

/** The keys of one connection. */
export type ConnectionFiles =
  | { readonly service: 'customhttp'; readonly section: ConnectionSection }
  | {
      readonly service: 'fcm';
      readonly section: ConnectionSection;
      readonly account: Loaded<Digested<ServiceAccount>>;
    }
  | {
      readonly service: 'apple';
      readonly section: ConnectionSection;
      readonly credentials: () => Digested<ApnsCredentials>;
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
      if (section.service === 'customhttp') return { service: 'customhttp', section };
      if (section.service === 'apple') {
        return { service: 'apple', section, credentials: readAppleKeys(section, files) };
      }
      const account = readKey(section, files, {
        option: 'fcm.serviceAccount',
        parse: (content) => readServiceAccount(content.toString('utf8')),
      });
      return { service: 'fcm', section, account };
    }),
  };
}

function readAppleKeys(section: ConnectionSection, files: NamedFiles): () => Digested<ApnsCredentials> {
  const { options } = section;
  const hasCertificate = (options['apple.certificate'] ?? options['apple.certificateFile']) !== undefined;
  if (!hasCertificate) {
    const key = readKey(section, files, {
      option: 'apple.key',
      parse: (content) => readApnsKey(content.toString('utf8')),
    });
    const [keyId, teamId] = [String(options['apple.keyId']), String(options['apple.teamId'])];
    return () => {
      const { value, digest } = key.content;
      return { value: { kind: 'token', key: value, keyId, teamId }, digest };
    };
  }
  const passphrase =
    (options['apple.passphrase'] ?? options['apple.passphraseFile']) === undefined
      ? undefined
      : readKey(section, files, {
          option: 'apple.passphrase',
          parse: (content) => content.toString('utf8').replace(/\r?\n$/, ''),
        });
  const tls = readKey(section, files, {
    option: 'apple.certificate',
    parse: (content) => readApnsCertificate(content, passphrase?.content.value),
  });
  return () => {
    const { value, digest } = tls.content;
    return {
      value: { kind: 'certificate', tls: value },
      digest: `${digest} ${passphrase?.content.digest ?? ''}`,
    };
  };
}

/** A key that the section has itself, which was checked with it; or the file that it names. */
function readKey<T>(
  section: ConnectionSection,
  files: NamedFiles,
  { option, parse }: { readonly option: string; readonly parse: (content: Buffer) => T },
): Loaded<Digested<T>> {
  const own = section.options[option];
  if (own !== undefined) {
    return { path: '', isUsable: true, content: digested(parse)(Buffer.from(String(own))) };
  }
  const name = `${option}File`;
  return files.read({
    setting: settingOf(section, name),
    given: String(section.options[name]),
    parse: digested(parse),
  });
}

/** The path of an option of a connection in the configuration. */
export function settingOf({ setting, isDebug }: ConnectionSection, option: string): string {
  return `${setting}.${isDebug ? 'debug.' : ''}${option}`;
}

function digested<T>(parse: (content: Buffer) => T): (content: Buffer) => Digested<T> {
  return (content) => ({
    value: parse(content),
    digest: createHash('sha256').update(content).digest('hex'),
  });
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
): Loaded<Digested<T>> | undefined {
  const { setting, given, parse } = named;
  return given === undefined
    ? undefined
    : files.read({ setting, given: String(given), parse: digested(parse) });
}
