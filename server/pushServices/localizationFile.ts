import { SaxesParser } from 'saxes';
import type { MessageTexts } from '../../strategies/notification/index.ts';

const LANGUAGE = /^[A-Za-z]{2,8}(?:[_-][A-Za-z0-9]{1,8})*$/;
const PATHS: readonly string[] = ['', '/message', '/message/locale', '/message/locale/entry'].map(
  (path) => `messages${path}`,
);

/**
 * Reads a localization file: `messages` of `message id`, each with a `locale language` and its `entry
 * key="text"`. `\uXXXX` stands for a character, as in the documented file. Throws an Error that names the
 * line. gms-api 8.6.
 */
export function readLocalizationFile(source: string): MessageTexts {
  return new LocalizationReader().read(source);
}

type Attributes = Readonly<Record<string, string>>;

class LocalizationReader {
  readonly #parser = new SaxesParser();
  readonly #texts = new Map<string, Map<string, string>>();
  readonly #open: string[] = [];
  #message = new Map<string, string>();
  #language = '';
  /** Text of the open entry. Undefined: none is open, or it has another key. */
  #text: string | undefined;

  read(source: string): MessageTexts {
    const parser = this.#parser;
    parser.on('error', ({ message }) => this.#refuse(message.replace(/^\d+:\d+: /, '')));
    parser.on('doctype', () => this.#refuse('expected no document type'));
    parser.on('opentag', ({ name, attributes }) => this.#begin(name, attributes));
    parser.on('closetag', ({ name, attributes }) => this.#end(name, attributes));
    const add = (text: string): void => {
      if (this.#text !== undefined) this.#text += text;
    };
    parser.on('text', add);
    parser.on('cdata', add);
    parser.write(source.replace(/^\uFEFF/, '')).close();
    return this.#texts;
  }

  #begin(name: string, attributes: Attributes): void {
    this.#open.push(name);
    const path = this.#open.join('/');
    if (!PATHS.includes(path)) this.#refuse(`expected messages/message/locale/entry, got ${path}`);
    if (name === 'message') this.#beginMessage(attributes.id ?? '');
    if (name === 'locale') this.#beginLocale(attributes.language ?? '');
    if (name === 'entry' && attributes.key === 'text') this.#text = '';
  }

  #beginMessage(id: string): void {
    if (id === '') this.#refuse('expected a message with an id');
    if (this.#texts.has(id)) this.#refuse(`expected the message '${id}' once`);
    this.#message = new Map();
    this.#texts.set(id, this.#message);
  }

  #beginLocale(language: string): void {
    const isLanguage = LANGUAGE.test(language);
    if (!isLanguage) this.#refuse(`expected a language such as 'de' or 'en_US', got '${language}'`);
    if (this.#message.has(language)) this.#refuse(`expected the language '${language}' once in a message`);
    this.#language = language;
  }

  #end(name: string, attributes: Attributes): void {
    this.#open.pop();
    if (name === 'message' && this.#message.size === 0) {
      this.#refuse(`expected a text in the message '${attributes.id}'`);
    }
    if (this.#text !== undefined) this.#message.set(this.#language, decoded(this.#text.trim()));
    this.#text = undefined;
  }

  #refuse(fault: string): never {
    throw new Error(`line ${this.#parser.line}: ${fault}`);
  }
}

function decoded(text: string): string {
  return text.replace(/\\u([0-9a-fA-F]{4})/g, (_, digits: string) =>
    String.fromCharCode(Number.parseInt(digits, 16)),
  );
}
