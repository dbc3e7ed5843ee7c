import {
  DOCUMENT_LIMITS,
  type NamespaceScope,
  type XmlAttribute,
  type XmlElement,
  XmlFile,
  type XmlText,
} from '../interpreter/index.ts';
import { defined } from '../ports/index.ts';

/** An attribute with a value, as written. */
export interface ScannedAttribute extends XmlAttribute {
  /** The value with its entities. */
  readonly raw: string;
  /** Offset of the first character of the value. */
  readonly valueStart: number;
}

/** An element of a text that may be half written. Offsets are those of the text. */
export interface ScannedElement extends XmlElement {
  readonly attributes: readonly ScannedAttribute[];
  readonly children: readonly (ScannedElement | XmlText)[];
  readonly parent?: ScannedElement;
  /** Offset behind its start tag. */
  readonly tagEnd: number;
  /** Offset of its end tag. */
  readonly closing?: number;
  readonly end: number;
}

/** A file as an editor shows it. Its elements nest as far as its tags do. */
export interface ScannedFile {
  readonly file: XmlFile;
  readonly roots: readonly ScannedElement[];
}

type Open = ScannedElement & {
  readonly children: (ScannedElement | XmlText)[];
  tagEnd: number;
  closing?: number;
  end: number;
};

const NAME = /[^\s<>/="'&]+/y;
const SPACE = /\s*/y;
/** Markup that hides everything up to its end. */
const HIDDEN = [
  ['<!--', '-->'],
  ['<?', '?>'],
  ['<!', '>'],
] as const;
const CDATA = '<![CDATA[';
const XML_NAMESPACE = 'http://www.w3.org/XML/1998/namespace';
const ENTITIES: ReadonlyMap<string, string> = new Map([
  ['&lt;', '<'],
  ['&gt;', '>'],
  ['&amp;', '&'],
  ['&quot;', '"'],
  ['&apos;', "'"],
]);

/**
 * Reads a text that is edited: it never fails, and what is half written costs as little of the rest as
 * possible. The reader of the interpreter finds the faults; this one finds out where the cursor is.
 */
export function scanXml(url: string, text: string): ScannedFile {
  const file = new XmlFile(url, text);
  return { file, roots: new XmlScanner(file).scan() };
}

class XmlScanner {
  readonly #file: XmlFile;
  readonly #text: string;
  readonly #roots: ScannedElement[] = [];
  readonly #open: Open[] = [];
  /** Names of open elements with their number, so that end tags without a start cost no search. */
  readonly #openNames = new Map<string, number>();
  #elements = 0;
  #at = 0;

  constructor(file: XmlFile) {
    this.#file = file;
    this.#text = file.text;
  }

  scan(): readonly ScannedElement[] {
    const text = this.#text;
    while (this.#at < text.length && this.#elements < DOCUMENT_LIMITS.MAX_ELEMENTS) {
      const found = text.indexOf('<', this.#at);
      const start = found === -1 ? text.length : found;
      this.#addText(this.#at, start);
      this.#at = start;
      if (found !== -1) this.#markup();
    }
    this.#closeTo(0, text.length);
    return this.#roots;
  }

  #markup(): void {
    const text = this.#text;
    const start = this.#at;
    if (text.startsWith(CDATA, start)) {
      const end = this.#endOf(']]>', start);
      this.#addText(start + CDATA.length, end);
      this.#at = Math.min(end + 3, text.length);
      return;
    }
    for (const [begin, end] of HIDDEN) {
      if (!text.startsWith(begin, start)) continue;
      this.#at = Math.min(this.#endOf(end, start + begin.length) + end.length, text.length);
      return;
    }
    if (text[start + 1] === '/') this.#endTag();
    else this.#startTag();
  }

  #endOf(mark: string, from: number): number {
    const found = this.#text.indexOf(mark, from);
    return found === -1 ? this.#text.length : found;
  }

  #addText(from: number, to: number): void {
    const around = this.#open.at(-1);
    if (around === undefined || to <= from) return;
    const text = this.#text.slice(from, to);
    if (text.trim() !== '') around.children.push({ kind: 'text', text, file: this.#file, offset: from });
  }

  #endTag(): void {
    const start = this.#at;
    const name = this.#take(NAME, start + 2);
    this.#at = start + 2 + name.length;
    const space = this.#take(SPACE, this.#at).length;
    if (this.#text[this.#at + space] === '>') this.#at += space + 1;
    if (!this.#openNames.get(name)) return;
    const index = this.#open.findLastIndex((element) => element.name === name);
    this.#closeTo(index + 1, start);
    const element = this.#pop();
    element.closing = start;
    element.end = this.#at;
  }

  /** Closes the elements above a height of the stack. */
  #closeTo(height: number, end: number): void {
    while (this.#open.length > height) this.#pop().end = end;
  }

  #push(element: Open): void {
    this.#open.push(element);
    this.#openNames.set(element.name, (this.#openNames.get(element.name) ?? 0) + 1);
  }

  #pop(): Open {
    const element = this.#open.pop()!;
    this.#openNames.set(element.name, this.#openNames.get(element.name)! - 1);
    return element;
  }

  #startTag(): void {
    const start = this.#at;
    const name = this.#take(NAME, start + 1);
    this.#at = start + 1 + name.length;
    if (name === '') return;
    const found: Written[] = [];
    const isOpen = this.#attributes(found);
    const parent = this.#open.at(-1);
    const scope = scopeOf(found, parent?.scope);
    const [prefix, local] = parted(name);
    const element: Open = {
      kind: 'element',
      name,
      prefix,
      local,
      uri: namespaceOf(prefix, scope),
      attributes: found.map((attribute) => qualified(attribute, scope)),
      scope,
      children: [],
      file: this.#file,
      offset: start,
      tagEnd: this.#at,
      end: this.#at,
      ...defined({ parent }),
    };
    this.#elements += 1;
    if (parent) parent.children.push(element);
    else this.#roots.push(element);
    if (isOpen && this.#open.length < DOCUMENT_LIMITS.MAX_DEPTH) this.#push(element);
  }

  /** Reads attributes to the end of the tag. False: the element is empty, as is a tag without an end. */
  #attributes(found: Written[]): boolean {
    const text = this.#text;
    while (this.#at < text.length) {
      this.#at += this.#take(SPACE, this.#at).length;
      const next = text[this.#at];
      if (next === undefined || next === '<') return false;
      if (next === '>' || text.startsWith('/>', this.#at)) {
        this.#at += next === '>' ? 1 : 2;
        return next === '>';
      }
      const offset = this.#at;
      const name = this.#take(NAME, offset);
      if (name === '') {
        this.#at += 1;
        continue;
      }
      this.#at += name.length;
      const value = this.#value();
      if (value !== undefined) found.push({ name, offset, ...value });
    }
    return false;
  }

  #value(): { readonly raw: string; readonly valueStart: number } | undefined {
    const text = this.#text;
    const equals = this.#at + this.#take(SPACE, this.#at).length;
    if (text[equals] !== '=') return undefined;
    const open = equals + 1 + this.#take(SPACE, equals + 1).length;
    const quote = text[open];
    this.#at = open;
    if (quote !== '"' && quote !== "'") return undefined;
    const valueStart = open + 1;
    const close = this.#endOf(quote, valueStart);
    const raw = text.slice(valueStart, close);
    // A quote that is missing makes the next tags part of the value.
    if (close === text.length || hasTagInLaterLine(raw)) {
      const cut = /^[^\n<>]*?(?=\/?>|[\n<]|$)/.exec(raw)![0];
      this.#at = valueStart + cut.length;
      return { raw: cut, valueStart };
    }
    this.#at = close + 1;
    return { raw, valueStart };
  }

  #take(pattern: RegExp, at: number): string {
    pattern.lastIndex = at;
    return pattern.exec(this.#text)?.[0] ?? '';
  }
}

interface Written {
  readonly name: string;
  readonly offset: number;
  readonly raw: string;
  readonly valueStart: number;
}

function hasTagInLaterLine(raw: string): boolean {
  const line = raw.indexOf('\n');
  return line !== -1 && /<[\w/!?]/.test(raw.slice(line));
}

function parted(name: string): readonly [prefix: string, local: string] {
  const at = name.indexOf(':');
  return at === -1 ? ['', name] : [name.slice(0, at), name.slice(at + 1)];
}

function scopeOf(attributes: readonly Written[], parent: NamespaceScope | undefined): NamespaceScope {
  const own = attributes.flatMap(({ name, raw }): [string, string][] => {
    if (name === 'xmlns') return [['', decoded(raw)]];
    return name.startsWith('xmlns:') ? [[name.slice('xmlns:'.length), decoded(raw)]] : [];
  });
  if (own.length === 0 && parent) return parent;
  return { own: new Map(own), ...defined({ parent }) };
}

function namespaceOf(prefix: string, scope: NamespaceScope): string {
  if (prefix === 'xml') return XML_NAMESPACE;
  for (let at: NamespaceScope | undefined = scope; at; at = at.parent) {
    const found = at.own.get(prefix);
    if (found !== undefined) return found;
  }
  return '';
}

function qualified({ name, offset, raw, valueStart }: Written, scope: NamespaceScope): ScannedAttribute {
  const [prefix, local] = parted(name);
  const isDeclaration = name === 'xmlns' || prefix === 'xmlns';
  const uri = isDeclaration
    ? 'http://www.w3.org/2000/xmlns/'
    : prefix === ''
      ? ''
      : namespaceOf(prefix, scope);
  return { name, local, uri, value: decoded(raw), raw, offset, valueStart };
}

function decoded(raw: string): string {
  if (!raw.includes('&')) return raw;
  return raw.replace(/&(?:lt|gt|amp|quot|apos);/g, (entity) => ENTITIES.get(entity)!);
}
