import type { ArrivalLimits } from '../../strategies/files/index.ts';

/** The kinds of services, as their URLs have them. */
export const OPEN_MEDIA_KINDS = ['openmedia', 'email'] as const;
export type OpenMediaKind = (typeof OPEN_MEDIA_KINDS)[number];

/** The medium of e-mails. */
export const EMAIL_MEDIUM = 'email';

/** A service of open media or e-mail of the configuration, as requests need it. */
export interface OpenMediaService {
  readonly kind: OpenMediaKind;
  /** As it is configured; the URL may have a shorter name. */
  readonly name: string;
  readonly media: string;
  readonly type: string;
  readonly subtype: string;
  /** A request may name the medium and the types. */
  readonly allowOverwrite: boolean;
  /** The interaction queue that its interactions enter. */
  readonly queue: string;
  /** The address to which e-mails are written; absent: none is named. */
  readonly mailbox?: string;
  /** The files that may come with an e-mail. */
  readonly attachments: ArrivalLimits;
  /** Keys of user data whose values find the customer. */
  readonly lookupKeys: readonly string[];
  /** Media of interactions that a request may read besides those of the service. */
  readonly readableMedia: readonly string[];
  /** True when a request needs credentials. */
  readonly hasCredentials: boolean;
}

/** The values that requests and services may name, as the platform's Business Attributes. */
export interface BusinessAttributes {
  readonly mediaTypes: readonly string[];
  readonly interactionTypes: readonly string[];
  readonly interactionSubtypes: readonly string[];
}
