import type { Expression, SourceLocation } from './model.ts';
import { XmlFile } from './xmlTree.ts';

/** Finds the location of a character of code in its file. */
export class CodeLocations {
  readonly #texts: ReadonlyMap<string, string>;
  readonly #files = new Map<string, XmlFile>();

  constructor(sources: readonly { readonly url: string; readonly text: string }[]) {
    this.#texts = new Map(sources.map(({ url, text }) => [url, text]));
  }

  /**
   * Location of an index of the expression's source; that of the expression when the file's text is missing.
   */
  locate(expression: Expression, index: number): SourceLocation {
    if (expression.kind === 'script') return scriptLocation(expression, index);
    const file = this.#fileOf(expression.at.file);
    if (!file) return expression.at;
    const start = file.offsetOf(expression.at);
    const offset = attributeOffset(file.text, start, index);
    return offset === undefined ? expression.at : file.locate(offset);
  }

  /** True for the empty expression of an attribute that is missing. */
  isUnwritten(expression: Expression): boolean {
    const file = this.#fileOf(expression.at.file);
    return expression.source === '' && file?.text[file.offsetOf(expression.at)] === '<';
  }

  #fileOf(url: string): XmlFile | undefined {
    const known = this.#files.get(url);
    if (known) return known;
    const text = this.#texts.get(url);
    if (text === undefined) return undefined;
    // The XML reader does the same: a byte order mark is no character of the document.
    const file = new XmlFile(url, text.startsWith('\uFEFF') ? text.slice(1) : text);
    this.#files.set(url, file);
    return file;
  }
}

/**
 * Comments and CDATA keep their line breaks, so the line is exact. The column is exact where no entity is
 * before it.
 */
function scriptLocation({ source, at }: Expression, index: number): SourceLocation {
  const lines = source.slice(0, index).split(/\r\n|[\n\r\u2028\u2029]/);
  const last = lines.at(-1)!;
  if (lines.length === 1) return { ...at, column: at.column + last.length };
  return { ...at, line: at.line + lines.length - 1, column: last.length + 1 };
}

const ATTRIBUTE_START = /[^\s=]+\s*=\s*["']/y;
const ENTITY = /&(#x[0-9a-f]+|#\d+|\w+);/iy;

/**
 * Offset in the file of a character of an attribute's value: an entity or a line end counts as one character.
 */
function attributeOffset(text: string, start: number, index: number): number | undefined {
  ATTRIBUTE_START.lastIndex = start;
  if (!ATTRIBUTE_START.test(text)) return undefined;
  let offset = ATTRIBUTE_START.lastIndex;
  for (let units = 0; units < index && offset < text.length; ) {
    ENTITY.lastIndex = offset;
    const entity = ENTITY.exec(text);
    if (entity) {
      units += unitsOf(entity[1]!);
      offset = ENTITY.lastIndex;
      continue;
    }
    units += 1;
    offset += text.startsWith('\r\n', offset) ? 2 : 1;
  }
  return offset;
}

/** Only a numeric entity can be a character of two UTF-16 units. */
function unitsOf(entity: string): number {
  if (!entity.startsWith('#')) return 1;
  const code = /^#x/i.test(entity) ? Number.parseInt(entity.slice(2), 16) : Number(entity.slice(1));
  return code > 0xffff ? 2 : 1;
}
