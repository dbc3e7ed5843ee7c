import { didYouMean } from '../../engine/ports/index.ts';

/** A value as the operator or the publisher wrote it. null removes the value of a more general section. */
export type PushOptionValue = string | number | boolean | null;
/** Options that shape a mobile notification, by their documented names ('apple.badge'). */
export type PushOptions = { readonly [name: string]: PushOptionValue };

type Kind = 'text' | 'count' | 'flag' | 'list';

/** gms-api 8.5. `apple.alertMessage.*` are the keys of Apple's alert dictionary. */
const KINDS: { readonly [name: string]: Kind } = {
  'fcm.title': 'text',
  'fcm.body': 'text',
  'customhttp.message': 'text',
  'apple.title': 'text',
  'apple.badge': 'count',
  'apple.sound': 'text',
  'apple.content-available': 'flag',
  'apple.alertMessage.title': 'text',
  'apple.alertMessage.subtitle': 'text',
  'apple.alertMessage.body': 'text',
  'apple.alertMessage.action-loc-key': 'text',
  'apple.alertMessage.launch-image': 'text',
  'apple.alertMessage.loc-key': 'text',
  'apple.alertMessage.loc-args': 'list',
  'apple.alertMessage.title-loc-key': 'text',
  'apple.alertMessage.title-loc-args': 'list',
};

/** Before the names of options for pushes over a debug connection. gms-api 8.5. */
const DEBUG = 'debug.';
/** The options that have another value there. */
const WITH_DEBUG: readonly string[] = ['customhttp.message'];

const EXPECTED: { readonly [kind in Kind]: string } = {
  text: 'a text',
  count: 'a whole number of 0 or more',
  flag: '0, 1, true or false',
  list: 'texts, separated by commas',
};

export const PUSH_OPTION_NAMES: readonly string[] = Object.keys(KINDS);

/** Undefined: the option is known, and the value has its kind. */
export function pushOptionProblem(name: string, value: unknown): string | undefined {
  const bare = name.startsWith(DEBUG) ? name.slice(DEBUG.length) : name;
  const isKnown = Object.hasOwn(KINDS, bare) && (bare === name || WITH_DEBUG.includes(bare));
  const kind = isKnown ? KINDS[bare] : undefined;
  if (kind === undefined) {
    return `Expected an option of notifications, got '${name}'.${didYouMean(name, PUSH_OPTION_NAMES)}`;
  }
  if (value === null || fits(kind, value)) return undefined;
  return `Expected '${name}' to be ${EXPECTED[kind]}, got ${JSON.stringify(value)}.`;
}

function fits(kind: Kind, value: unknown): boolean {
  switch (kind) {
    case 'text':
    case 'list':
      return typeof value === 'string' || typeof value === 'number';
    case 'count':
      return /^\d{1,9}$/.test(scalarText(value));
    case 'flag':
      return /^(?:0|1|true|false)$/.test(typeof value === 'boolean' ? String(value) : scalarText(value));
  }
}

/** A text or number as text; '' for anything else. */
function scalarText(value: unknown): string {
  return typeof value === 'string' || typeof value === 'number' ? String(value) : '';
}

/**
 * Sections of options, by their documented names: 'push', 'push.provider.event.A2C',
 * 'push.provider.SalesApp.event'.
 */
export type PushSections = { readonly [section: string]: PushOptions };

/**
 * The names of the sections that an event's options may come from, the most general first: a later section
 * replaces single options of an earlier one. gms-api 8.5.
 */
export function sectionChain(tag: string, provider: string | undefined): readonly string[] {
  const words = tag.split('.');
  const events = ['event', ...words.map((_, index) => `event.${words.slice(0, index + 1).join('.')}`)];
  const ofEvents = events.map((event) => `push.provider.${event}`);
  if (provider === undefined) return ['push', ...ofEvents];
  const own = `push.provider.${provider}`;
  return ['push', ...ofEvents, own, ...events.map((event) => `${own}.${event}`)];
}

/** The options of an event. `given`: those of the event itself, which replace all others. */
export function optionsOf(
  sections: PushSections,
  event: {
    readonly tag: string;
    readonly provider: string | undefined;
    readonly isDebug: boolean;
    readonly given: PushOptions;
    /** The least specific options, and the text that `%s` stands for in those of the sections. */
    readonly look?: { readonly defaults: PushOptions; readonly party: string };
  },
): PushOptions {
  const chain = sectionChain(event.tag, event.provider).map((name) => sections[name] ?? {});
  const { look } = event;
  const filled = look === undefined ? chain : chain.map((options) => withParty(options, look.party));
  const all = [look?.defaults ?? {}, ...filled, event.given];
  const entries = all.flatMap((options) => Object.entries(options));
  const ofDebug = entries
    .filter(([name]) => event.isDebug && name.startsWith(DEBUG))
    .map(([name, value]) => [name.slice(DEBUG.length), value] as const);
  return Object.fromEntries([...entries, ...ofDebug].filter(([name]) => Object.hasOwn(KINDS, name)));
}

function withParty(options: PushOptions, party: string): PushOptions {
  const filled = Object.entries(options).map(([name, value]): [string, PushOptionValue] => [
    name,
    typeof value === 'string' ? value.replaceAll('%s', () => party) : value,
  ]);
  return Object.fromEntries(filled);
}
