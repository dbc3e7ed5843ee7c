import { z } from 'zod';
import { defined } from '../../../engine/ports/index.ts';
import { BODY_LIMITS } from '../../bodies/index.ts';
import { EMAIL_PROPERTY, isMailAddress } from '../../digital/index.ts';
import type { ServiceAccount } from '../../identity/index.ts';
import {
  EMAIL_MEDIUM,
  EXTERNAL_ID_PROPERTY,
  OPEN_MEDIA_KINDS,
  type OpenMediaKind,
  type OpenMediaService,
} from '../../openMedia/index.ts';
import { isChatService } from './chat.ts';
import { accountOf, accountProblems, namesIn } from './serviceOptions.ts';

/** Characters of the name of a medium or a type, which are in statistics and events. */
const MAX_NAME = 64;
/** Names in one list. */
const MAX_NAMES = 200;
/** The machinery of these media is another one. */
const OTHER_MEDIA: ReadonlySet<string> = new Set(['chat', 'voice']);

const names = (initial: readonly string[]) =>
  z
    .array(z.string().min(1).max(MAX_NAME))
    .min(1)
    .max(MAX_NAMES)
    .default([...initial]);

/** The section `openMedia`: the platform's Business Attributes, and how long things are kept. */
export const openMediaSchema = z
  .strictObject({
    mediaTypes: names(['workitem', EMAIL_MEDIUM, 'webform', 'callback', 'fax', 'sms']).refine(
      (media) => !media.some((one) => OTHER_MEDIA.has(one)),
      `expected no ${[...OTHER_MEDIA].join(' and no ')}`,
    ),
    interactionTypes: names(['Inbound', 'Outbound', 'Internal']),
    interactionSubtypes: names(['InboundNew', 'InboundCustomerReply', 'OutboundNew', 'InternalNew']),
    /** Days for which an interaction, its e-mail and the replies are kept after its end. */
    keptDays: z.number().min(1).max(3_650).default(30),
  })
  .prefault({});

type OpenMediaConfig = z.infer<typeof openMediaSchema>;
type Options = Readonly<Record<string, string>>;

const COMMON = [
  '_type',
  'queue',
  'tenant',
  '_customer_lookup_keys',
  '_auth_user',
  '_cell',
  '_auth_password_hash',
  '_readable_media',
];
const OWN: Readonly<Record<OpenMediaKind, readonly string[]>> = {
  openmedia: ['media_type', 'interaction_type', 'interaction_subtype', 'allow_overwrite'],
  email: ['mailbox', 'interaction_type', 'interaction_subtype', 'max_files', 'max_size', 'file_types'],
};
const TENANT = 'Environment';
/** The documented defaults: 10 files, 10 MB, and these types. */
const ATTACHMENTS = { max_files: '10', max_size: '10', file_types: 'pdf,doc,txt,jpg,png,gif,bmp,zip' };
const MEGABYTE = 1024 * 1024;
const DEFAULTS = { media_type: 'workitem', interaction_type: 'Inbound', interaction_subtype: 'InboundNew' };

/** The kind of a service of open media or e-mail; undefined: it is another service. */
export function openMediaKindOf(options: Options | undefined): OpenMediaKind | undefined {
  return OPEN_MEDIA_KINDS.find((kind) => kind === options?._type);
}

/** True for a service of Chat V2, open media or e-mail. */
export function isDigitalService(options: Options | undefined): boolean {
  return isChatService(options) || openMediaKindOf(options) !== undefined;
}

/** The problems of the options of a service that need no other part of the configuration. */
export function openMediaProblems(
  kind: OpenMediaKind,
  options: Options,
): readonly { name: string; message: string }[] {
  const known = [...COMMON, ...OWN[kind]];
  const unknown = Object.keys(options).filter((name) => !known.includes(name));
  const { allow_overwrite: overwrite = '', mailbox = '', queue = '', tenant = TENANT } = options;
  return [
    ...unknown.map((name) => ({ name, message: `expected one of ${known.join(', ')}` })),
    ...accountProblems(options),
    ...(/^(?:true|false|)$/.test(overwrite)
      ? []
      : [{ name: 'allow_overwrite', message: `expected true or false, got '${overwrite}'` }]),
    ...(mailbox === '' || isMailAddress(mailbox)
      ? []
      : [{ name: 'mailbox', message: `expected an e-mail address, got '${mailbox}'` }]),
    ...(queue === '' ? [{ name: 'queue', message: 'expected the name of an interaction queue' }] : []),
    ...(tenant === TENANT
      ? []
      : [{ name: 'tenant', message: `expected ${TENANT}, the only one, got '${tenant}'` }]),
    ...attachmentProblems(options),
  ];
}

function attachmentProblems(options: Options): readonly { name: string; message: string }[] {
  const { max_files: files, max_size: size, file_types: types } = { ...ATTACHMENTS, ...options };
  const maxFiles = BODY_LIMITS.MAX_FILES;
  return [
    ...(/^\d{1,2}$/.test(files) && Number(files) <= maxFiles
      ? []
      : [{ name: 'max_files', message: `expected 0 to ${maxFiles} (MAX_FILES), got '${files}'` }]),
    ...(/^\d{1,4}(?:MB)?$/.test(size)
      ? []
      : [{ name: 'max_size', message: `expected whole megabytes, as 10 or 10MB, got '${size}'` }]),
    ...namesIn(types)
      .filter((type) => !/^[a-z0-9]{1,16}$/i.test(type))
      .map((type) => ({ name: 'file_types', message: `expected extensions without a dot, got '${type}'` })),
  ];
}

/** The problems of the options of a service that name something else in the configuration. */
export function openMediaReferenceProblems(
  options: Options,
  {
    queues,
    openMedia,
  }: { readonly queues: Readonly<Record<string, unknown>>; readonly openMedia: OpenMediaConfig },
): readonly { name: string; message: string }[] {
  if (openMediaKindOf(options) === undefined) return [];
  const values = { ...DEFAULTS, ...options };
  const lists: readonly [keyof typeof DEFAULTS, string, readonly string[]][] = [
    ['media_type', 'openMedia.mediaTypes', openMedia.mediaTypes],
    ['interaction_type', 'openMedia.interactionTypes', openMedia.interactionTypes],
    ['interaction_subtype', 'openMedia.interactionSubtypes', openMedia.interactionSubtypes],
  ];
  const { queue = '' } = options;
  return [
    ...(queue === '' || Object.hasOwn(queues, queue)
      ? []
      : [{ name: 'queue', message: `there is no queue '${queue}' in queues` }]),
    ...lists
      .filter(
        ([name, , list]) =>
          (options._type !== 'email' || name !== 'media_type') && !list.includes(values[name]),
      )
      .map(([name, path]) => ({ name, message: `expected a value of ${path}, got '${values[name]}'` })),
  ];
}

/**
 * The service with this name in a URL. As the platform names sections: `email.CNLAB` for the e-mails of
 * CNLAB, then CNLAB itself, then `email` for all names.
 */
export function openMediaServiceOf(
  kind: OpenMediaKind,
  name: string,
  serviceNamed: (name: string) => Options | undefined,
): OpenMediaService | undefined {
  for (const one of [`${kind}.${name}`, name, kind]) {
    const options = serviceNamed(one);
    if (options !== undefined && openMediaKindOf(options) === kind) return serviceFrom(kind, one, options);
  }
  return undefined;
}

function serviceFrom(kind: OpenMediaKind, name: string, options: Options): OpenMediaService {
  const values = { ...DEFAULTS, ...options };
  const { mailbox = '', queue = '' } = options;
  return {
    kind,
    name,
    media: kind === 'email' ? EMAIL_MEDIUM : values.media_type,
    type: values.interaction_type,
    subtype: values.interaction_subtype,
    allowOverwrite: options.allow_overwrite === 'true',
    queue,
    ...defined({ mailbox: mailbox === '' ? undefined : mailbox }),
    attachments: attachmentsOf(options),
    lookupKeys: namesIn(options._customer_lookup_keys),
    readableMedia: namesIn(options._readable_media),
    hasCredentials: accountOf(options) !== undefined,
  };
}

function attachmentsOf(options: Options): OpenMediaService['attachments'] {
  const { max_files: files, max_size: size, file_types: types } = { ...ATTACHMENTS, ...options };
  return {
    files: Number(files),
    bytes: Number.parseInt(size, 10) * MEGABYTE,
    types: namesIn(types).map((type) => type.toLowerCase()),
  };
}

/** The credentials of a service of Chat V2, open media or e-mail; undefined: it needs none, or is another. */
export function digitalAccountOf(options: Options | undefined): ServiceAccount | undefined {
  return options !== undefined && isDigitalService(options) ? accountOf(options) : undefined;
}

/** The names of the properties that find the interactions of customers, of all such services. */
export function openMediaProperties(services: Readonly<Record<string, Options>>): readonly string[] {
  return Object.values(services).flatMap((options) => {
    const kind = openMediaKindOf(options);
    if (kind === undefined) return [];
    return [
      kind === 'email' ? EMAIL_PROPERTY : EXTERNAL_ID_PROPERTY,
      ...namesIn(options._customer_lookup_keys),
    ];
  });
}
