import { DOCUMENT_LIMITS } from '../interpreter/index.ts';

interface Piece {
  readonly start: number;
  readonly end: number;
}

/** A comment, a processing instruction or a declaration; or text, CDATA included. */
interface XmlLeaf extends Piece {
  readonly kind: 'comment' | 'other' | 'text';
  /** Only blanks and line breaks. */
  readonly isBlank: boolean;
}

/** An element of a well-formed text. */
export interface XmlTag extends Piece {
  readonly kind: 'element';
  readonly isBlank: false;
  readonly name: string;
  readonly local: string;
  readonly tagEnd: number;
  /** Offset of its end tag; absent: the tag ends with `/>`. */
  readonly closing?: number;
  readonly children: readonly XmlNode[];
  /** The blanks in its start tag: before each attribute, and before its end. */
  readonly spaces: readonly Piece[];
  /** It has the attribute xml:space. */
  readonly keepsSpace: boolean;
}

export type XmlNode = XmlTag | XmlLeaf;

type Open = XmlTag & { closing?: number; end: number; readonly children: XmlNode[] };

const MARKS = [
  ['<!--', '-->', 'comment'],
  ['<![CDATA[', ']]>', 'text'],
  ['<?', '?>', 'other'],
  ['<!', '>', 'other'],
] as const;
const TAG = /<([^\s<>/="'&!?]+)((?:\s+[^\s<>/="'&]+\s*=\s*(?:"[^"<]*"|'[^'<]*'))*)(\s*)(\/?)>/y;
const ATTRIBUTE = /(\s+)([^\s<>/="'&]+)\s*=\s*(?:"[^"<]*"|'[^'<]*')/g;
const END_TAG = /<\/([^\s<>/="'&]+)\s*>/y;

/**
 * All pieces of a well-formed text, in order and without gaps. Undefined: it is not well-formed, it is too
 * deep, or a declaration has an internal part, which may declare entities.
 */
export function xmlTree(text: string): readonly XmlNode[] | undefined {
  const roots: XmlNode[] = [];
  const open: Open[] = [];
  const add = (node: XmlNode): void => void (open.at(-1)?.children ?? roots).push(node);
  let at = 0;
  while (at < text.length) {
    const found = text.indexOf('<', at);
    const start = found === -1 ? text.length : found;
    if (start > at) {
      const isBlank = text.slice(at, start).trim() === '';
      if (!isBlank && open.length === 0) return undefined;
      add({ kind: 'text', start: at, end: start, isBlank });
    }
    at = start;
    if (found === -1) break;
    const mark = MARKS.find(([begin]) => text.startsWith(begin, start));
    if (mark !== undefined) {
      const [begin, close, kind] = mark;
      const stop = text.indexOf(close, start + begin.length);
      const isSubset = begin === '<!' && text.slice(start, stop).includes('[');
      if (stop === -1 || isSubset || (kind === 'text' && open.length === 0)) return undefined;
      at = stop + close.length;
      add({ kind, start, end: at, isBlank: false });
      continue;
    }
    END_TAG.lastIndex = start;
    const ended = END_TAG.exec(text);
    if (ended !== null) {
      const element = open.pop();
      if (element === undefined || element.name !== ended[1]) return undefined;
      at = start + ended[0].length;
      element.closing = start;
      element.end = at;
      continue;
    }
    const element = tagAt(text, start);
    if (element === undefined || open.length >= DOCUMENT_LIMITS.MAX_DEPTH) return undefined;
    add(element);
    at = element.tagEnd;
    if (text[at - 2] !== '/') open.push(element);
  }
  return open.length === 0 && roots.some(({ kind }) => kind === 'element') ? roots : undefined;
}

function tagAt(text: string, start: number): Open | undefined {
  TAG.lastIndex = start;
  const tag = TAG.exec(text);
  if (tag === null) return undefined;
  const [whole, name = '', attributes = '', last = '', slash = ''] = tag;
  const end = start + whole.length;
  const first = start + 1 + name.length;
  const found = [...attributes.matchAll(ATTRIBUTE)];
  const spaces = found.map(({ 1: space, index }) => ({
    start: first + index,
    end: first + index + space!.length,
  }));
  const tail = end - 1 - slash.length;
  return {
    kind: 'element',
    isBlank: false,
    name,
    local: name.slice(name.indexOf(':') + 1),
    start,
    tagEnd: end,
    end,
    children: [],
    spaces: [...spaces, { start: tail - last.length, end: tail }],
    keepsSpace: found.some(({ 2: attribute }) => attribute === 'xml:space'),
  };
}
