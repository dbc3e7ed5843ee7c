import { SaxesParser, type SaxesTagNS } from 'saxes';
import { defined, isMisspelt } from '../../ports/index.ts';
import { DOCUMENT_LIMITS } from './limits.ts';
import type { SourceLocation } from './model.ts';
import { Problems } from './problems.ts';
import type { ProblemCode } from './problemTable.ts';
import { repairXml } from './repairXml.ts';
import type { NamespaceScope, XmlAttribute, XmlElement, XmlNode, XmlText } from './xmlTree.ts';
import { XmlFile } from './xmlTree.ts';

export interface ParsedXml {
  readonly file: XmlFile;
  /** Absent when the file has no element, or a limit ended the parse. */
  readonly root?: XmlElement;
  /** Number of elements. */
  readonly elements: number;
  /** False when tags do not nest as written: the positions in the tree are then a guess. */
  readonly isTreeReliable: boolean;
}

/** Ends a parse from a handler that has reported the problem. */
class ParseStop extends Error {}

type Open = XmlElement & { readonly children: XmlNode[]; end?: number };

const XMLNS = 'http://www.w3.org/2000/xmlns/';

/** Faults after which the tree is still as the author wrote it. */
const HARMLESS = /attribute value|the attribute '|entity|namespace|prefix|whitespace between|char data/;

/** Faults of a closing tag that is missing, superfluous or wrong. */
const NESTING =
  /unexpected close tag|unmatched closing tag|unclosed tag|outside of root|only one root|must contain a root/;

/** Characters of a tag in which an attribute at fault is searched for. */
const MAX_SEARCHED_TAG = 2_000;

/** Markup that hides everything up to its end. */
const MARKUP = [
  ['<!--', '-->', 'a comment'],
  ['<![CDATA[', ']]>', 'a CDATA section'],
  ['<?', '?>', 'a processing instruction'],
] as const;

/** Messages of the parser in other words. */
const XML_WORDS: readonly (readonly [RegExp, string])[] = [
  [/^text data outside of root node\.$/, 'text outside of the root element'],
  [/^documents may contain only one root\.$/, 'a second root element'],
  [/^document must contain a root element\.$/, 'no element'],
  [
    /^an XML declaration must be at the start of the document\.$/,
    '<?xml that is not at the very start of the file',
  ],
  [/^malformed comment\.$/, "'--' inside a comment"],
  [/^attribute without value\.$/, 'an attribute without a value'],
  [/^duplicate attribute: (.*?)\.?$/, "the attribute '$1' twice"],
  [/^unbound namespace prefix: "?(.*?)"?\.?$/, "the prefix '$1' without xmlns:$1 here or around"],
];

function xmlWords(message: string): string {
  for (const [pattern, words] of XML_WORDS) if (pattern.test(message)) return message.replace(pattern, words);
  return message;
}

const ATTRIBUTE = /\s*([^\s=/>]+)\s*=\s*(?:"[^"]*"|'[^']*')/y;

/**
 * Reads XML 1.0 with namespaces into a tree. Goes on after a fault, and reports each with its location.
 * Refuses a document type (so no entities but the five of XML), files beyond MAX_DOCUMENT_SIZE, nesting
 * beyond MAX_DEPTH and more than MAX_ELEMENTS elements.
 */
export function parseXml(url: string, source: string, problems: Problems): ParsedXml {
  // A byte order mark is no character of the document.
  const text = source.startsWith('\uFEFF') ? source.slice(1) : source;
  const file = new XmlFile(url, text);
  if (text.length > DOCUMENT_LIMITS.MAX_DOCUMENT_SIZE) {
    problems.report(
      'DOCUMENT_TOO_LARGE',
      file.locate(0),
      `Expected at most ${DOCUMENT_LIMITS.MAX_DOCUMENT_SIZE} characters (MAX_DOCUMENT_SIZE), got ${text.length}.`,
    );
    return { file, elements: 0, isTreeReliable: false };
  }
  // The parser throws a RangeError for half a character in some locations.
  const lone = text.search(/\p{Surrogate}/u);
  if (lone !== -1) {
    const message = 'Expected well-formed XML, got half of a surrogate pair.';
    problems.report('XML_MALFORMED', file.locate(lone), message);
    return { file, elements: 0, isTreeReliable: false };
  }
  const found = new Problems(url);
  const parsed = readTree(new TreeReader({ file, text, problems: found }), file);
  const isRepairable = found.hasErrors && found.list().every(({ code }) => code === 'XML_MALFORMED');
  const repaired = isRepairable ? repairXml(text) : undefined;
  if (repaired === undefined) {
    pass(found, problems);
    return parsed;
  }
  for (const { offset, message } of repaired.faults) {
    problems.report('XML_MALFORMED', file.locate(offset), message);
  }
  const rest = new Problems(url);
  const again = readTree(
    new TreeReader({ file, text: repaired.text, problems: rest, originalOffset: repaired.originalOffset }),
    file,
  );
  pass(rest, problems);
  return again;
}

function readTree(reader: TreeReader, file: XmlFile): ParsedXml {
  try {
    reader.read();
  } catch (fault) {
    if (!(fault instanceof ParseStop)) throw fault;
    return { file, elements: reader.elements, isTreeReliable: false };
  }
  return {
    file,
    ...defined({ root: reader.root }),
    elements: reader.elements,
    isTreeReliable: reader.isTreeReliable,
  };
}

function pass(from: Problems, to: Problems): void {
  for (const { code, file, line, column, message } of from.list()) {
    to.report(code as ProblemCode, { file, line, column }, message);
  }
}

function stillOpen(element: XmlElement | undefined): string {
  if (!element) return '';
  const { line, column } = element.file.locate(element.offset);
  return `<${element.name}>, opened at ${line}:${column}, is not closed.`;
}

/** Elements without declarations of their own share the scope of their parent. */
function scopeOf(declared: Record<string, string>, parent: NamespaceScope | undefined): NamespaceScope {
  const own = Object.entries(declared);
  if (own.length === 0 && parent) return parent;
  return { own: new Map(own), ...defined({ parent }) };
}

interface TreeReaderParts {
  /** The file as written. */
  readonly file: XmlFile;
  /** Its text, or the repaired one. */
  readonly text: string;
  readonly problems: Problems;
  /** Absent: the text is as written. */
  readonly originalOffset?: (offset: number) => number;
}

class TreeReader {
  root: XmlElement | undefined;
  elements = 0;
  isTreeReliable = true;
  readonly #file: XmlFile;
  readonly #source: string;
  readonly #originalOffset: TreeReaderParts['originalOffset'];
  readonly #problems: Problems;
  readonly #parser = new SaxesParser({ xmlns: true, position: false });
  readonly #open: Open[] = [];
  #isNestingBroken = false;
  #faults = 0;
  #hasBadCharacter = false;
  /** The element closed last. */
  #closed: Open | undefined;
  #tagStart = 0;
  /** End of the last markup: where the next text begins. */
  #textStart = 0;

  constructor({ file, text, problems, originalOffset }: TreeReaderParts) {
    this.#file = file;
    this.#source = text;
    this.#problems = problems;
    this.#originalOffset = originalOffset;
  }

  read(): void {
    const parser = this.#parser;
    parser.on('error', (fault) => this.#fail(fault.message));
    parser.on('doctype', () => this.#refuseDoctype());
    parser.on('opentagstart', (tag) => this.#startTag(tag.name));
    parser.on('opentag', (tag) => this.#openTag(tag));
    parser.on('closetag', () => this.#closeTag());
    parser.on('text', (text) => this.#text(text));
    parser.on('xmldecl', () => {
      this.#textStart = parser.position;
    });
    parser.on('cdata', (text) => this.#cdata(text));
    parser.on('comment', (text) => this.#comment(text));
    parser.on('processinginstruction', () => {
      this.#textStart = parser.position;
    });
    parser.write(this.#source).close();
  }

  #fail(message: string): void {
    const at = Math.max(0, Math.min(this.#parser.position, this.#source.length) - 1);
    if (NESTING.test(message)) this.#failNesting(message);
    else if (/^unexpected end/.test(message) && this.#isNestingBroken) return;
    else if (/^disallowed character\.$/.test(message)) this.#failCharacter(at);
    else this.#failAt(this.#startOf(message) ?? at, xmlWords(message));
  }

  /** A file that is no text has thousands of them. */
  #failCharacter(at: number): void {
    if (this.#hasBadCharacter) {
      if (++this.#faults > DOCUMENT_LIMITS.MAX_PROBLEMS) throw new ParseStop('XML_MALFORMED');
      return;
    }
    this.#hasBadCharacter = true;
    const code = this.#source.codePointAt(at) ?? 0;
    this.#failAt(
      at,
      `the character U+${code.toString(16).toUpperCase().padStart(4, '0')}, which XML does not allow`,
    );
  }

  /** Where the tag or attribute of a fault begins. The parser reports some at the end of their tag. */
  #startOf(message: string): number | undefined {
    if (/^unbound namespace prefix/.test(message)) return this.#tagStart;
    const [, name] = /^duplicate attribute: (.*?)\.?$/.exec(message) ?? [];
    if (name === undefined) return undefined;
    const end = Math.min(this.#parser.position, this.#tagStart + MAX_SEARCHED_TAG);
    const text = this.#source.slice(this.#tagStart, end);
    const written = [...text.matchAll(/\s([^\s=/>"']+)\s*=\s*(?:"[^"]*"|'[^']*')/g)].filter(
      (found) => found[1] === name,
    );
    const second = written[1];
    return second === undefined ? undefined : this.#tagStart + second.index + second[0].indexOf(name);
  }

  /** Only the first tag that does not nest is reported: the faults after it follow from it. */
  #failNesting(message: string): void {
    if (this.#isNestingBroken) return;
    this.#isNestingBroken = true;
    const end = Math.min(this.#parser.position, this.#source.length) - 1;
    const closing = Math.max(0, this.#source.lastIndexOf('</', end));
    if (/^un(?:expected|matched)/.test(message)) this.#failAt(closing, this.#wrongClose(closing));
    else if (message.startsWith('unclosed')) this.#failEnd(end);
    else this.#failAt(Math.max(0, end), xmlWords(message));
  }

  #wrongClose(closing: number): string {
    const [, name = ''] = /^<\/([^\s>]*)/.exec(this.#source.slice(closing, closing + 200)) ?? [];
    const isOpen = this.#open.some((element) => element.name === name);
    const last = this.#closed;
    const isTypo = last !== undefined && (isMisspelt(name, last.name) || name === '');
    if (isOpen || isTypo) {
      return `</${name}>, but ${stillOpen(last)}${isOpen ? '' : ` Did you mean </${last?.name}>?`}`;
    }
    return `</${name}>, but no <${name}> is open here`;
  }

  #failEnd(end: number): void {
    for (const [open, close, what] of MARKUP) {
      const start = this.#source.lastIndexOf(open);
      if (start === -1 || this.#source.includes(close, start)) continue;
      this.#failAt(start, `${what} without its end ${close}`);
      return;
    }
    this.#failAt(end, `the end of the file, but ${stillOpen(this.#open.at(-1))}`);
  }

  #failAt(offset: number, message: string): void {
    // No more of them would be listed, and each takes time.
    if (++this.#faults > DOCUMENT_LIMITS.MAX_PROBLEMS) throw new ParseStop('XML_MALFORMED');
    if (!HARMLESS.test(message)) this.isTreeReliable = false;
    this.#problems.report(
      'XML_MALFORMED',
      this.#locate(offset),
      `Expected well-formed XML, got ${message}${/[.?]$/.test(message) ? '' : '.'}`,
    );
  }

  #original(offset: number): number {
    return this.#originalOffset?.(offset) ?? offset;
  }

  #locate(offset: number): SourceLocation {
    return this.#file.locate(this.#original(offset));
  }

  #stop(code: ProblemCode, offset: number, message: string): never {
    this.#problems.report(code, this.#locate(offset), message);
    throw new ParseStop(code);
  }

  #refuseDoctype(): void {
    this.#stop(
      'XML_DOCTYPE',
      Math.max(0, this.#source.indexOf('<!DOCTYPE', this.#textStart)),
      'Expected a document without a document type, got <!DOCTYPE: remove it. Entities and external files are not read.',
    );
  }

  #startTag(name: string): void {
    this.#tagStart = Math.max(0, this.#source.indexOf('<', this.#textStart));
    this.elements += 1;
    if (this.#open.length >= DOCUMENT_LIMITS.MAX_DEPTH) {
      this.#stop(
        'XML_TOO_DEEP',
        this.#tagStart,
        `Expected at most ${DOCUMENT_LIMITS.MAX_DEPTH} elements inside each other (MAX_DEPTH), got <${name}> below that.`,
      );
    }
    if (this.elements > DOCUMENT_LIMITS.MAX_ELEMENTS) {
      this.#stop(
        'XML_TOO_MANY_ELEMENTS',
        this.#tagStart,
        `Expected at most ${DOCUMENT_LIMITS.MAX_ELEMENTS} elements (MAX_ELEMENTS), got more.`,
      );
    }
  }

  #openTag(tag: SaxesTagNS): void {
    const end = this.#parser.position;
    this.#textStart = end;
    const element: Open = {
      kind: 'element',
      name: tag.name,
      prefix: tag.prefix,
      local: tag.local,
      uri: tag.uri,
      attributes: this.#attributes(tag, end),
      scope: scopeOf(tag.ns, this.#open.at(-1)?.scope),
      children: [],
      file: this.#file,
      offset: this.#original(this.#tagStart),
    };
    const parent = this.#open.at(-1);
    if (parent) parent.children.push(element);
    else this.root ??= element;
    this.#open.push(element);
  }

  #attributes(tag: SaxesTagNS, end: number): XmlAttribute[] {
    const written = Object.values(tag.attributes);
    if (written.length === 0) return [];
    const offsets = this.#attributeOffsets(tag.name, end);
    return written
      .filter((attribute) => attribute.uri !== XMLNS)
      .map(({ name, local, uri, value }) => ({
        name,
        local,
        uri,
        value,
        offset: this.#original(offsets.get(name) ?? this.#tagStart),
      }));
  }

  /** The parser tells only where an attribute ends. Its start is found in the text of the tag. */
  #attributeOffsets(tagName: string, end: number): Map<string, number> {
    const offsets = new Map<string, number>();
    const text = this.#source;
    ATTRIBUTE.lastIndex = this.#tagStart + 1 + tagName.length;
    while (ATTRIBUTE.lastIndex < end) {
      const from = ATTRIBUTE.lastIndex;
      const match = ATTRIBUTE.exec(text);
      if (!match || ATTRIBUTE.lastIndex > end) break;
      const name = match[1]!;
      offsets.set(name, from + match[0].indexOf(name));
    }
    ATTRIBUTE.lastIndex = 0;
    return offsets;
  }

  #closeTag(): void {
    this.#textStart = this.#parser.position;
    const closed = this.#open.pop();
    if (closed) closed.end = this.#original(this.#textStart);
    this.#closed = closed;
  }

  #cdata(text: string): void {
    this.#append(text, this.#textStart + '<![CDATA['.length);
    this.#textStart = this.#parser.position;
  }

  #comment(text: string): void {
    const offset = this.#textStart;
    // The parser reports a comment before it has read its last character, '>'.
    this.#textStart = this.#parser.position + 1;
    const breaks = text.replaceAll(/[^\n]/g, '');
    if (breaks) {
      this.#push({
        kind: 'text',
        text: breaks,
        comment: true,
        file: this.#file,
        offset: this.#original(offset),
      });
    }
  }

  /** The parser reports text after it has read the '<' behind it. */
  #text(text: string): void {
    this.#append(text, this.#textStart);
    this.#textStart = this.#parser.position - 1;
  }

  #append(text: string, offset: number): void {
    this.#push({ kind: 'text', text, file: this.#file, offset: this.#original(offset) });
  }

  #push(node: XmlText): void {
    this.#open.at(-1)?.children.push(node);
  }
}
