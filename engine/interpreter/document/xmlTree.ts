import type { SourceLocation } from './model.ts';

/**
 * The element tree of one document while it is loaded: includes are woven in, then the model is built from
 * it.
 */
export type XmlNode = XmlElement | XmlText;

export interface XmlElement {
  readonly kind: 'element';
  /** As written, with its prefix. */
  readonly name: string;
  readonly prefix: string;
  readonly local: string;
  /** Namespace name; '' for none. */
  readonly uri: string;
  readonly attributes: readonly XmlAttribute[];
  readonly scope: NamespaceScope;
  readonly children: readonly XmlNode[];
  readonly file: XmlFile;
  readonly offset: number;
  /** Offset behind its end tag. Absent while it is open. */
  readonly end?: number;
  /** Prefix given by `resolveid` of the include that brought the element in. */
  readonly idPrefix?: string;
}

/** Namespace declarations in force: prefix ('' is the default) to namespace name, the nearest first. */
export interface NamespaceScope {
  readonly own: ReadonlyMap<string, string>;
  readonly parent?: NamespaceScope;
}

export interface XmlAttribute {
  readonly name: string;
  readonly local: string;
  readonly uri: string;
  readonly value: string;
  /** Offset of the name; that of the element where the tag is malformed. */
  readonly offset: number;
}

export interface XmlText {
  readonly kind: 'text';
  readonly text: string;
  /** True for the line breaks of a comment: code around it keeps its lines. */
  readonly comment?: true;
  readonly file: XmlFile;
  readonly offset: number;
}

/** One file. Gives an offset as a line and a column, which count from 1, in UTF-16 units. */
export class XmlFile {
  readonly url: string;
  readonly text: string;
  #lineStarts: number[] | undefined;

  constructor(url: string, text: string) {
    this.url = url;
    this.text = text;
  }

  locate(offset: number): SourceLocation {
    this.#lineStarts ??= findLineStarts(this.text);
    const starts = this.#lineStarts;
    let low = 0;
    let high = starts.length - 1;
    while (low < high) {
      const middle = (low + high + 1) >> 1;
      if (starts[middle]! <= offset) low = middle;
      else high = middle - 1;
    }
    return { file: this.url, line: low + 1, column: offset - starts[low]! + 1 };
  }

  offsetOf({ line, column }: Pick<SourceLocation, 'line' | 'column'>): number {
    this.#lineStarts ??= findLineStarts(this.text);
    return (this.#lineStarts[line - 1] ?? this.text.length) + column - 1;
  }
}

export function locationOf(node: XmlNode): SourceLocation {
  return node.file.locate(node.offset);
}

/** Location of an attribute; that of the element when it has no such attribute. */
export function attributeLocation(element: XmlElement, name: string): SourceLocation {
  return element.file.locate(findAttribute(element, name)?.offset ?? element.offset);
}

export function findAttribute(element: XmlElement, name: string): XmlAttribute | undefined {
  return element.attributes.find((attribute) => attribute.uri === '' && attribute.local === name);
}

export function attributeValue(element: XmlElement, name: string): string | undefined {
  return findAttribute(element, name)?.value;
}

export function childElements(element: XmlElement): XmlElement[] {
  return element.children.filter((child): child is XmlElement => child.kind === 'element');
}

/** True for text of XML whitespace only. */
export function isBlank(text: string): boolean {
  return /^[ \t\r\n]*$/.test(text);
}

function findLineStarts(text: string): number[] {
  const starts = [0];
  for (let index = 0; index < text.length; index += 1) {
    const code = text.charCodeAt(index);
    if (code === 10 || (code === 13 && text.charCodeAt(index + 1) !== 10)) starts.push(index + 1);
  }
  return starts;
}
