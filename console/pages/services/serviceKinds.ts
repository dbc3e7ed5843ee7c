import { texts } from '../../texts/language.ts';

export type Options = Readonly<Record<string, string>>;

export type Kind =
  | 'callback'
  | 'document'
  | 'chat'
  | 'openmedia'
  | 'email'
  | 'officeHours'
  | 'capacity'
  | 'builtin';

/** In the order of the list. */
const KINDS: readonly Kind[] = [
  'callback',
  'document',
  'chat',
  'openmedia',
  'email',
  'officeHours',
  'capacity',
  'builtin',
];

const t = texts({
  en: {
    callback: 'Callback',
    document: 'Document',
    chat: 'Chat (version 2)',
    openmedia: 'Open media',
    email: 'E-mail',
    officeHours: 'Office hours',
    capacity: 'Capacity',
    builtin: 'Built in',
  },
  de: {
    callback: 'Rückruf',
    document: 'Dokument',
    chat: 'Chat (Version 2)',
    openmedia: 'Open Media',
    email: 'E-Mail',
    officeHours: 'Öffnungszeiten',
    capacity: 'Kapazität',
    builtin: 'Eingebaut',
  },
});

export function kindOf({ _type = '', _service = '', _service_type }: Options): Kind {
  if (_type === 'chat' || _type === 'openmedia' || _type === 'email') return _type;
  if (_type === 'ors') {
    return _service === 'callback' || _service_type === 'callback' ? 'callback' : 'document';
  }
  if (_service === 'office-hours') return 'officeHours';
  return _service === 'capacity' ? 'capacity' : 'builtin';
}

export function kindText(kind: Kind): string {
  return t()[kind];
}

export function kindRank(kind: Kind): number {
  return KINDS.indexOf(kind);
}

/** The template that has the options of a service; undefined: none. */
export function templateOf({ _type, _service = '', _service_type }: Options): string | undefined {
  if (_type !== 'ors') return undefined;
  if (!/^https?:/i.test(_service)) return _service || undefined;
  return _service_type === 'callback' ? 'callback' : undefined;
}
