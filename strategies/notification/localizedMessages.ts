import { didYouMean, type Json } from '../../engine/ports/index.ts';
import { structured } from './storedMessages.ts';

/** Messages by id; each has its texts by language ('de', 'en_US'), the first one for every other language. */
export type MessageTexts = ReadonlyMap<string, ReadonlyMap<string, string>>;

const ARGUMENT = /\$([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)/g;
const MAX_NAMED = 10;

/** One message of the file, and the values of its arguments. */
export interface MessageUse {
  readonly id: string;
  readonly values: { readonly [name: string]: Json | undefined };
}

/**
 * The texts of the localization file. An event of mediaType localizestring names one of its messages: by its
 * id alone, or as a JSON object with the id and the values of its arguments,
 * `{"id": "welcomeArgs", "customer": {"lastname": "Doe"}}`.
 */
export class LocalizedMessages {
  readonly #texts: MessageTexts;

  constructor(texts: MessageTexts) {
    this.#texts = texts;
  }

  /** Checks the message of an event in every language. Undefined: it is right. */
  problemOf(message: Json): string | undefined {
    const use = useOf(message);
    if (use === undefined) {
      return `Expected a message of mediaType localizestring to be an id, or an object with 'id', got ${shown(message)}.`;
    }
    const texts = this.#texts.get(use.id);
    if (texts === undefined) {
      const known = [...this.#texts.keys()];
      const names = known.length === 0 ? 'none' : known.slice(0, MAX_NAMED).join(', ');
      return `Expected the id of a message of the localization file (${names}), got '${use.id}'.${didYouMean(use.id, known)}`;
    }
    for (const text of texts.values()) {
      for (const [, path = ''] of text.matchAll(ARGUMENT)) {
        if (valueAt(use.values, path) === undefined) {
          return `Expected a value for '$${path}' of the message '${use.id}', got ${shown(message)}.`;
        }
      }
    }
    return undefined;
  }

  /** The text of the message in a language. A message that problemOf refuses stays as it is. */
  textOf(message: Json, language: string): Json {
    const use = useOf(message);
    return (use && this.find(use, language)) ?? message;
  }

  /** Undefined: the file has no such message. */
  find({ id, values }: MessageUse, language: string): string | undefined {
    const texts = this.#texts.get(id);
    const text = texts && textIn(texts, language);
    return text?.replace(ARGUMENT, (written, path: string) => valueAt(values, path) ?? written);
  }
}

/** The language itself, then the same language of any country, then the first text. */
function textIn(texts: ReadonlyMap<string, string>, language: string): string | undefined {
  const wanted = normal(language);
  const [family] = wanted.split('_');
  const entries = [...texts].map(([name, text]) => ({ name: normal(name), text }));
  const found =
    entries.find(({ name }) => name === wanted) ??
    entries.find(({ name }) => name === family) ??
    entries.find(({ name }) => name.split('_')[0] === family) ??
    entries[0];
  return found?.text;
}

function normal(language: string): string {
  return language.toLowerCase().replaceAll('-', '_');
}

function useOf(message: Json): MessageUse | undefined {
  const given = structured(message);
  if (typeof given === 'string') return { id: given.trim(), values: {} };
  if (typeof given !== 'object' || given === null || Array.isArray(given)) return undefined;
  const { id, ...values } = given as { readonly [name: string]: Json | undefined };
  return typeof id === 'string' ? { id, values } : undefined;
}

function valueAt(values: MessageUse['values'], path: string): string | undefined {
  let at: unknown = values;
  for (const name of path.split('.')) {
    if (typeof at !== 'object' || at === null || !Object.hasOwn(at, name)) return undefined;
    at = (at as { readonly [name: string]: unknown })[name];
  }
  return ['string', 'number', 'boolean'].includes(typeof at) ? String(at) : undefined;
}

function shown(message: Json): string {
  return JSON.stringify(message).slice(0, 200);
}
