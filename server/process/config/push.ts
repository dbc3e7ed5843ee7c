import { z } from 'zod';
import { closestName, didYouMean } from '../../../engine/ports/index.ts';
import {
  NotificationType,
  PLAIN_TYPES,
  PUSH_SERVICES,
  type PushOptions,
  type PushSections,
  type PushService,
  pushOptionProblem,
  pushServiceOf,
} from '../../../strategies/notification/index.ts';
import {
  APNS_SANDBOX_URL,
  APNS_URL,
  FCM_URL,
  readApnsCertificate,
  readApnsKey,
  readServiceAccount,
} from '../../pushServices/index.ts';
import { destination } from './access.ts';

/** Options of a connection, in the section push or of a provider. The debug one has `debug.` before. */
const CONNECTION_OPTIONS: readonly string[] = [
  ...['fcm.serviceAccountFile', 'fcm.serviceAccount', 'fcm.url'],
  ...['apple.keyFile', 'apple.key', 'apple.keyId', 'apple.teamId'],
  ...['apple.certificateFile', 'apple.passphraseFile', 'apple.certificate', 'apple.passphrase'],
  ...['apple.topic', 'apple.url', 'customhttp.url'],
];

/** Options that have a key itself, in place of the file that the second option names. */
const IN_PLACE_OF_FILES = [
  ['fcm.serviceAccount', 'fcm.serviceAccountFile'],
  ['apple.key', 'apple.keyFile'],
  ['apple.certificate', 'apple.certificateFile'],
  ['apple.passphrase', 'apple.passphraseFile'],
] as const;

/** Options of GMS that no push service understands any more, and those to use. */
const REPLACED: { readonly [name: string]: string } = {
  'fcm.apiKey': 'Google switched its keys off in 2024: expected fcm.serviceAccountFile',
  'android.gcm.apiKey': 'Google switched GCM off in 2019: expected fcm.serviceAccountFile',
  'android.ssl_trust_all': 'certificates are always checked: expected push.trustedCertificatesFile',
  'apple.keystore': 'expected apple.certificateFile (.p12 or .pem) or apple.keyFile (.p8)',
  'apple.keystorePassword': 'expected apple.passphraseFile or apple.passphrase',
};

const value = z.union([z.string(), z.number(), z.boolean(), z.null()]);

type Section = { readonly [name: string]: z.infer<typeof value> | undefined };

/** `<name>`, `<name>.event`, `<name>.event.<tag>`, `event` or `event.<tag>`. */
const SECTION_NAME = /^(?:event(?:\.[\w-]+)*|[\w-]+(?:\.event(?:\.[\w-]+)*)?)$/;

const typesSchema = z.union([z.string(), z.array(z.string())]).superRefine((given, context) => {
  const known: readonly string[] = Object.values(NotificationType);
  for (const type of typesIn(given).filter((one) => !known.includes(one))) {
    const message = `expected ${known.join(', ')}, got '${type}'.${didYouMean(type, known)}`;
    context.addIssue({ code: 'custom', message });
  }
});

/** `comet,gcm`, or a list. */
function typesIn(given: string | readonly string[]): readonly string[] {
  const types = typeof given === 'string' ? given.split(',') : given;
  return types.map((type) => type.trim()).filter((type) => type !== '');
}

/**
 * The section `push`. Its names are those of GMS; all names with a dot are options. The content stays as the
 * file has it, because a change over HTTP compares both, and reads the section once more.
 */
export const pushSchema = z
  .object({
    httpcb: z
      .strictObject({
        /** Networks and beginnings of URLs to which notifications are posted. */
        allow: z.array(destination),
      })
      .optional(),
    /** Undefined: the types that need no push service, and those that have a connection. */
    pushEnabled: typesSchema.optional(),
    defaultSubscriptionExpiration: z.number().int().min(30).optional(),
    /** Files; relative paths begin in the data directory. */
    localizationFileLocation: z.string().min(1).optional(),
    trustedCertificatesFile: z.string().min(1).optional(),
    /** The sections push.provider.<name>. */
    provider: z.record(z.string(), z.record(z.string(), value)).optional(),
  })
  .catchall(value)
  .superRefine((push, context) => {
    const { provider = {}, pushEnabled = '' } = push;
    checkSection(ownOptions(push), { context, path: [], hasConnection: true });
    for (const [name, section] of Object.entries(provider)) {
      const path = ['provider', name];
      if (!SECTION_NAME.test(name)) {
        const message = 'expected <provider>, <provider>.event, <provider>.event.<tag>, event or event.<tag>';
        context.addIssue({ code: 'custom', path, message });
      }
      checkSection(section, { context, path, hasConnection: !/^event$|[.]/.test(name) });
    }
    const services = new Set(connectionsIn(push).map(({ service }) => service));
    for (const type of typesIn(pushEnabled)) {
      const service = pushServiceOf(type as NotificationType);
      if (service === undefined || services.has(service)) continue;
      const message = `expected a connection to ${service} (${service}.*), because '${type}' is enabled`;
      context.addIssue({ code: 'custom', path: ['pushEnabled'], message });
    }
  })
  .transform((push): PushSection => push)
  .optional();

/** The section `push`, with the settings that are no options. */
export interface PushSection {
  readonly httpcb?: { readonly allow: readonly string[] } | undefined;
  readonly pushEnabled?: string | readonly string[] | undefined;
  readonly defaultSubscriptionExpiration?: number | undefined;
  readonly localizationFileLocation?: string | undefined;
  readonly trustedCertificatesFile?: string | undefined;
  readonly provider?: { readonly [section: string]: Section } | undefined;
}

/** The options of the section itself, which has other settings too. */
function ownOptions({
  httpcb: _httpcb,
  pushEnabled: _pushEnabled,
  provider: _provider,
  defaultSubscriptionExpiration: _defaultSubscriptionExpiration,
  localizationFileLocation: _localizationFileLocation,
  trustedCertificatesFile: _trustedCertificatesFile,
  ...options
}: PushSection): Section {
  return options as Section;
}

/** A connection as configured. The names of its options have no `debug.`. */
export interface ConnectionSection {
  readonly service: PushService;
  readonly provider?: string;
  readonly isDebug: boolean;
  readonly options: Section;
  readonly url: string;
  /** The setting that has its options, for messages. */
  readonly setting: string;
}

/** The connections that the section describes: those of push first. */
export function connectionsIn(push: PushSection): readonly ConnectionSection[] {
  const providers = Object.entries(push.provider ?? {}).filter(([name]) => !/^event$|[.]/.test(name));
  return [
    ...connectionsOf(ownOptions(push), { setting: 'push' }),
    ...providers.flatMap(([provider, section]) =>
      connectionsOf(section, { setting: `push.provider.${provider}`, provider }),
    ),
  ];
}

/** Names of the providers. One that has only sections of events counts too. */
export function providersIn(push: PushSection): readonly string[] {
  const names = Object.keys(push.provider ?? {}).map((section) => section.split('.')[0]!);
  return [...new Set(names)].filter((name) => name !== 'event');
}

/** The options of notifications, by section. */
export function sectionsIn(push: PushSection): PushSections {
  const ofProviders = Object.entries(push.provider ?? {}).map(([name, section]) => [
    `push.provider.${name}`,
    section as PushOptions,
  ]);
  return { push: ownOptions(push) as PushOptions, ...Object.fromEntries(ofProviders) };
}

/** The types of subscriptions that are enabled. */
export function enabledTypes(push: PushSection): readonly NotificationType[] {
  if (push.pushEnabled !== undefined) return typesIn(push.pushEnabled) as NotificationType[];
  const services = new Set<string>(connectionsIn(push).map(({ service }) => service));
  const mobile = Object.values(NotificationType).filter((type) => services.has(pushServiceOf(type) ?? ''));
  return [...PLAIN_TYPES, ...mobile];
}

function connectionsOf(
  section: Section,
  whose: Pick<ConnectionSection, 'setting' | 'provider'>,
): readonly ConnectionSection[] {
  return ['', 'debug.'].flatMap((prefix) =>
    PUSH_SERVICES.flatMap((service) => {
      const start = `${prefix}${service}.`;
      const names = Object.keys(section).filter(
        (name) => name.startsWith(start) && CONNECTION_OPTIONS.includes(name.slice(prefix.length)),
      );
      if (names.length === 0) return [];
      const options = Object.fromEntries(names.map((name) => [name.slice(prefix.length), section[name]]));
      const isDebug = prefix !== '';
      const url = String(options[`${service}.url`] ?? defaultUrl(service, isDebug));
      return [{ service, isDebug, options, url, ...whose }];
    }),
  );
}

function defaultUrl(service: PushService, isDebug: boolean): string {
  switch (service) {
    case 'fcm':
      return FCM_URL;
    case 'apple':
      return isDebug ? APNS_SANDBOX_URL : APNS_URL;
    case 'customhttp':
      return '';
  }
}

interface SectionCheck {
  readonly context: z.RefinementCtx;
  readonly path: readonly string[];
  readonly hasConnection: boolean;
}

function checkSection(section: Section, { context, path, hasConnection }: SectionCheck): void {
  const report = (name: string, message: string): void =>
    context.addIssue({ code: 'custom', path: [...path, name], message });
  for (const [name, given] of Object.entries(section)) {
    const bare = name.replace(/^debug\./, '');
    const problem = Object.hasOwn(REPLACED, bare)
      ? REPLACED[bare]
      : optionProblem(name, given, hasConnection);
    if (problem !== undefined) report(name, problem);
  }
  if (!hasConnection) return;
  for (const { service, isDebug, options, url } of connectionsOf(section, { setting: '' })) {
    const prefix = isDebug ? 'debug.' : '';
    for (const name of missingIn(service, options)) report(`${prefix}${name}`, 'expected with the others');
    for (const [name, message] of keyProblems(options)) report(`${prefix}${name}`, message);
    const protocol = URL.canParse(url) ? new URL(url).protocol : undefined;
    if (protocol !== 'https:' && (protocol !== 'http:' || service === 'apple')) {
      const expected = service === 'apple' ? 'an https URL' : 'an http(s) URL';
      report(`${prefix}${service}.url`, `expected ${expected}, got '${url}'`);
    }
  }
}

function optionProblem(name: string, given: unknown, hasConnection: boolean): string | undefined {
  const bare = name.replace(/^debug\./, '');
  if (!CONNECTION_OPTIONS.includes(bare)) {
    const meant = closestName(bare, hasConnection ? CONNECTION_OPTIONS : []);
    return meant === undefined
      ? pushOptionProblem(name, given)
      : `expected an option of connections, got '${name}'. Did you mean '${meant}'?`;
  }
  if (!hasConnection) return 'expected in the section push, or in that of a provider';
  return typeof given === 'string' && given !== '' ? undefined : 'expected a text that is not empty';
}

/** Names of options that a connection needs and does not have. */
function missingIn(service: PushService, options: Section): readonly string[] {
  const has = (name: string): boolean =>
    options[name] !== undefined || options[name.replace(/File$/, '')] !== undefined;
  if (service === 'customhttp') return [];
  if (service === 'fcm') return ['fcm.serviceAccountFile'].filter((name) => !has(name));
  const needed = has('apple.certificateFile') ? [] : ['apple.keyFile', 'apple.keyId', 'apple.teamId'];
  return [...needed, 'apple.topic'].filter((name) => !has(name));
}

/** The problems of keys that the options have themselves. No message has a part of a key. */
function keyProblems(options: Section): readonly (readonly [name: string, message: string])[] {
  const twice = IN_PLACE_OF_FILES.filter(
    ([own, file]) => options[own] !== undefined && options[file] !== undefined,
  );
  if (twice.length > 0) return twice.map(([own, file]) => [own, `expected either this option or ${file}`]);
  const { 'apple.passphrase': passphrase, 'apple.certificate': certificate } = options;
  if (passphrase !== undefined && certificate === undefined) {
    return [['apple.passphrase', 'expected apple.passphraseFile, because apple.certificate is absent']];
  }
  if (certificate !== undefined && options['apple.passphraseFile'] !== undefined) {
    return [['apple.passphraseFile', 'expected apple.passphrase, beside apple.certificate']];
  }
  return KEY_READERS.flatMap(([name, read]) => {
    const given = options[name];
    if (typeof given !== 'string' || given === '') return [];
    try {
      read(given, typeof passphrase === 'string' ? passphrase : undefined);
      return [];
    } catch (error) {
      return [[name, (error as Error).message] as const];
    }
  });
}

/** Each throws an Error for the operator. */
const KEY_READERS: readonly (readonly [
  string,
  (given: string, passphrase: string | undefined) => unknown,
])[] = [
  ['fcm.serviceAccount', (given) => readServiceAccount(given)],
  ['apple.key', (given) => readApnsKey(given)],
  ['apple.certificate', (given, passphrase) => readApnsCertificate(Buffer.from(given), passphrase)],
];
