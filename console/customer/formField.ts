import type { Language } from './texts.ts';

/** A field of the form before a chat. */
export interface FormField {
  /** Name on the wire: `firstName`, `lastName`, `email`, `subject`, `_customer_number`, or another. */
  readonly name: string;
  readonly label: string;
  readonly type: 'text' | 'tel' | 'email' | 'textarea' | 'select' | 'hidden';
  readonly isRequired: boolean;
  readonly options: readonly string[];
  readonly value: string;
}

const TYPES: readonly string[] = ['text', 'tel', 'email', 'textarea', 'select', 'hidden'];
/** Characters of a value. */
export const MAX_VALUE = 1_000;
const MAX_FIELDS = 30;

/** The fields of a JSON list; throws with the reason when it is none. */
export function readFields(json: string): readonly FormField[] {
  const given: unknown = JSON.parse(json);
  if (!Array.isArray(given) || given.length > MAX_FIELDS) {
    throw new Error(`Expected a list of at most ${MAX_FIELDS} fields (MAX_FIELDS).`);
  }
  return given.map(readField);
}

function readField(given: unknown): FormField {
  const { name, label, type = 'text', required, options, value } = Object(given) as Record<string, unknown>;
  if (typeof name !== 'string' || name === '') throw new Error("Expected each field to have a 'name'.");
  if (typeof type !== 'string' || !TYPES.includes(type)) {
    throw new Error(`Expected the type of '${name}' to be one of ${TYPES.join(', ')}.`);
  }
  return {
    name,
    label: typeof label === 'string' ? label : name,
    type: type as FormField['type'],
    isRequired: required === true,
    options: Array.isArray(options) ? options.map(String) : [],
    value: typeof value === 'string' ? value : '',
  };
}

const LABELS = {
  en: {
    firstName: 'First name',
    lastName: 'Last name',
    number: 'Phone',
    email: 'E-mail',
    reason: 'Your question',
  },
  de: {
    firstName: 'Vorname',
    lastName: 'Nachname',
    number: 'Telefon',
    email: 'E-Mail',
    reason: 'Ihre Frage',
  },
} as const;

/** The form of a callback service, or of a chat service. */
export function standardFields(kind: 'callback' | 'chat', language: Language): readonly FormField[] {
  const label = LABELS[language];
  const field = (name: string, shown: string, more: Partial<FormField> = {}): FormField => ({
    name,
    label: shown,
    type: 'text',
    isRequired: false,
    options: [],
    value: '',
    ...more,
  });
  return [
    field('firstName', label.firstName, { isRequired: true }),
    field('lastName', label.lastName),
    ...(kind === 'callback'
      ? [field('_customer_number', label.number, { type: 'tel', isRequired: true })]
      : [field('email', label.email, { type: 'email' })]),
    field('subject', label.reason, { type: 'textarea' }),
  ];
}
