import { dictionary } from '../../engine/ports/index.ts';

/**
 * Formats of an option's text. A negative `limit` means the default. `target` and `thresholds` have grammars
 * of their own.
 */
export const OPTION_FORMATS = [
  'boolean',
  'integer',
  'limit',
  'string',
  'names',
  'url',
  'urls',
  'range',
  'period',
  'thresholds',
  'target',
  'object',
] as const;

/** The format of an option's text, or the texts that it may have. */
export type OptionType = (typeof OPTION_FORMATS)[number] | readonly string[];

/** Categories of the vendor's documentation of service options. */
type OptionCategory =
  | 'no category'
  | 'General'
  | 'URS Queueing'
  | 'Queue Management'
  | 'Notification'
  | 'Scheduled'
  | 'Chat'
  | 'Voice User Terminated'
  | 'Voice User Originated'
  | 'Voice Treatment'
  | 'Reporting';

export interface OptionRow {
  readonly category: OptionCategory;
  readonly type: OptionType;
  /** One line for people: meaning and unit. */
  readonly description: string;
  /** The callbacks to which it applies. */
  readonly media: 'chat' | 'voice' | 'both';
  /** A callback service without it is not valid. */
  readonly mandatory?: true;
  /** The value that counts when a service and the section `callback` set none; absent: nothing. */
  readonly default?: string;
  /** The value in the service of a new installation (a delayed chat); absent: not set there. */
  readonly initial?: string;
  /** The version of GMS that introduced it; absent: 8.5.110 or earlier, as the rest of its template. */
  readonly since?: string;
  /** The version of GMS that removed it. Services of earlier versions still have it. */
  readonly until?: string;
  /** Orsay's own, and unknown to GMS. */
  readonly own?: true;
  /** Why it does nothing here. A set one gets a warning when the server starts. */
  readonly noEffect?: string;
  /** A request never overwrites it, because it decides which document runs. */
  readonly fixed?: true;
  /** A customer may set it in a request; the vendor documents it as a parameter of requests. */
  readonly client?: true;
  /** A configured value is never replaced by the parameter of a request. */
  readonly prevails?: true;
}

export type OptionRows = Readonly<Record<string, OptionRow>>;

/** The options of one category, each with the properties that all of them share. */
export function optionsIn(
  shared: Pick<OptionRow, 'category'> & Partial<OptionRow>,
  rows: Readonly<Record<string, Omit<OptionRow, 'category' | 'media'> & Partial<OptionRow>>>,
): OptionRows {
  return dictionary(
    Object.fromEntries(
      Object.entries(rows).map(([name, row]) => [name, { media: 'both' as const, ...shared, ...row }]),
    ),
  );
}
