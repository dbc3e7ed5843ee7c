import type { Json } from '../../engine/ports/index.ts';

/** Names of namespaces, and of types in the Recommendation, which are no addresses. */
const NAMES = /(xmlns(?::[\w.-]+)?\s*=\s*(?:"[^"]*"|'[^']*'))|https?:\/\/(?!www\.w3\.org\/)/g;

/** Leads the URLs in texts to a server that answers for them, by a prefix. */
export class MappedUrls {
  readonly #prefix: string;

  /** `prefix`: URL that ends in a slash. */
  constructor(prefix: string) {
    this.#prefix = prefix;
  }

  /** The text of a document, or a value for it, with its URLs behind the prefix. */
  text(text: string): string {
    return text.replace(NAMES, (found, namespace: string | undefined) =>
      namespace === undefined ? `${this.#prefix}${found}` : namespace,
    );
  }

  value(value: Json): Json {
    return changed(value, (text) => this.text(text));
  }

  /** A text or a value of the session, with the URLs that the document has. */
  original<T>(value: T): T {
    return changed(value as Json, (text) => text.replaceAll(this.#prefix, '')) as T;
  }
}

function changed(value: Json, change: (text: string) => string): Json {
  if (typeof value === 'string') return change(value);
  if (typeof value !== 'object' || value === null) return value;
  if (Array.isArray(value)) return value.map((item) => changed(item, change));
  return Object.fromEntries(
    Object.entries(value as { readonly [name: string]: Json }).map(([name, item]) => [
      name,
      changed(item, change),
    ]),
  );
}
