import { type XmlNode, type XmlTag, xmlTree } from './xmlTree.ts';

/** Columns that an element in one line may have. */
const LINE_WIDTH = 120;

/** The replacement of a part of a text. */
export interface FormatEdit {
  readonly start: number;
  readonly end: number;
  readonly text: string;
}

export interface FormatOptions {
  /** A tab, or as many blanks as one level has. */
  readonly indent: string;
}

/** Elements whose content is text, code or another document. */
const OWN_CONTENT: ReadonlySet<string> = new Set(['script', 'data', 'content', 'assign']);
/** Elements that have their children on lines of their own. */
const STRUCTURE: ReadonlySet<string> = new Set(['scxml', 'state', 'parallel', 'datamodel']);

/**
 * The edits that give each element a line of its own, by its depth. Only blanks and line breaks between
 * markup and inside of tags are replaced: comments, texts, CDATA, scripts, values, and all inside an element
 * with `xml:space` stay as they are. Undefined: the text is not well-formed, or declares entities.
 */
export function formatEdits(text: string, { indent }: FormatOptions): readonly FormatEdit[] | undefined {
  const roots = xmlTree(text);
  if (roots === undefined) return undefined;
  return new Formatter(text, indent).edits(roots);
}

/** The whole text with these edits. */
export function formatText(text: string, options: FormatOptions): string | undefined {
  const edits = formatEdits(text, options);
  if (edits === undefined) return undefined;
  let from = 0;
  const parts = edits.flatMap(({ start, end, text: by }) => {
    const before = text.slice(from, start);
    from = end;
    return [before, by];
  });
  return [...parts, text.slice(from)].join('');
}

class Formatter {
  readonly #text: string;
  readonly #indent: string;
  readonly #lineBreak: string;
  readonly #edits: FormatEdit[] = [];

  constructor(text: string, indent: string) {
    this.#text = text;
    this.#indent = indent;
    this.#lineBreak = text.includes('\r\n') ? '\r\n' : '\n';
  }

  edits(roots: readonly XmlNode[]): readonly FormatEdit[] {
    const first = this.#text.startsWith('\uFEFF') ? 1 : 0;
    const markup = roots.filter(({ kind }) => kind !== 'text');
    let from = first;
    for (const [at, node] of markup.entries()) {
      const gap = this.#text.slice(from, node.start);
      this.#replace(from, node.start, at === 0 ? '' : this.#gap(gap, node, { depth: 0, isInside: true }));
      if (node.kind === 'element') this.#element(node, 0);
      from = node.end;
    }
    this.#replace(from, this.#text.length, this.#lineBreak);
    return this.#edits;
  }

  #element(element: XmlTag, depth: number): void {
    this.#tag(element, depth);
    const { children, tagEnd, closing } = element;
    if (closing === undefined || this.#isKept(element, depth)) return;
    const markup = children.filter(({ kind }) => kind !== 'text');
    let from = tagEnd;
    for (const [at, node] of markup.entries()) {
      const gap = this.#text.slice(from, node.start);
      this.#replace(from, node.start, this.#gap(gap, node, { depth: depth + 1, isInside: at > 0 }));
      if (node.kind === 'element') this.#element(node, depth + 1);
      from = node.end;
    }
    this.#replace(from, closing, markup.length === 0 ? '' : this.#lineBreak + this.#indent.repeat(depth));
  }

  /** True for an element whose inside stays as it is. */
  #isKept(element: XmlTag, depth: number): boolean {
    const { local, children, start, end, keepsSpace } = element;
    if (keepsSpace || OWN_CONTENT.has(local)) return true;
    if (children.some(({ kind, isBlank }) => kind === 'text' && !isBlank)) return true;
    if (STRUCTURE.has(local)) return false;
    const isOneLine = !this.#text.slice(start, end).includes('\n');
    return isOneLine && this.#indent.length * depth + (end - start) <= LINE_WIDTH;
  }

  /** Between two pieces of markup: a comment stays in its line, and one empty line stays. */
  #gap(
    gap: string,
    next: XmlNode,
    { depth, isInside }: { readonly depth: number; readonly isInside: boolean },
  ): string {
    const breaks = gap.split('\n').length - 1;
    if (next.kind === 'comment' && breaks === 0) return gap === '' ? '' : ' ';
    const count = isInside ? Math.min(2, Math.max(1, breaks)) : 1;
    return this.#lineBreak.repeat(count) + this.#indent.repeat(depth);
  }

  /** Attributes on further lines stand below the first one. */
  #tag({ name, spaces }: XmlTag, depth: number): void {
    const below = this.#lineBreak + this.#indent.repeat(depth) + ' '.repeat(name.length + 2);
    for (const [at, space] of spaces.entries()) {
      const isLast = at === spaces.length - 1;
      const hasBreak = this.#text.slice(space.start, space.end).includes('\n');
      this.#replace(space.start, space.end, isLast ? '' : at > 0 && hasBreak ? below : ' ');
    }
  }

  #replace(start: number, end: number, text: string): void {
    if (this.#text.slice(start, end) !== text) this.#edits.push({ start, end, text });
  }
}
