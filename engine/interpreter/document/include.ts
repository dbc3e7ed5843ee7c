import { pushAll } from '../../ports/index.ts';
import { DOCUMENT_LIMITS } from './limits.ts';
import type { SourceLocation } from './model.ts';
import { XINCLUDE_NAMESPACE } from './namespaces.ts';
import type { Problems } from './problems.ts';
import { messageOf, type Sources } from './sources.ts';
import { contextInside, joinPrefix, resolveHere, resolveTree, type WeaveContext } from './weaveContext.ts';
import { parseXml } from './xml.ts';
import type { XmlElement, XmlNode } from './xmlTree.ts';
import { attributeLocation, attributeValue, childElements, locationOf, XmlFile } from './xmlTree.ts';
import { findByPointer, parsePointer } from './xpointer.ts';

export interface Woven {
  readonly root: XmlElement;
  /** False when an include failed, so that declarations may be missing. */
  readonly isComplete: boolean;
}

export interface WeaveOptions {
  readonly root: XmlElement;
  /** Elements of the root's file. */
  readonly elements: number;
  readonly sources: Sources;
  readonly problems: Problems;
}

/**
 * Weaves XInclude 1.0 into a tree (ors-dialect 2.5): `parse="text"` and `parse="xml"` with `xpointer`, and
 * the ORS attribute `resolveid`. Prefixes of nested includes join with a dot, unless the inner `resolveid` is
 * itself written with the token. Each hop resolves its href against the file that holds it; nodes keep the
 * file, line and column where they were written.
 */
export async function weaveIncludes(options: WeaveOptions): Promise<Woven> {
  const weaver = new Weaver(options);
  const root = await weaver.weaveRoot(options.root);
  return { root, isComplete: weaver.isComplete };
}

class Weaver {
  isComplete = true;
  readonly #sources: Sources;
  readonly #problems: Problems;
  /** Parsed files by URL; null for a file without a tree, whose problems are reported. */
  readonly #files = new Map<string, XmlElement | null>();
  /** Elements of XInclude, and the elements around them. */
  readonly #holders = new WeakSet<XmlElement>();
  #includes = 0;
  #elements: number;

  constructor(options: WeaveOptions) {
    this.#sources = options.sources;
    this.#problems = options.problems;
    this.#elements = options.elements;
  }

  weaveRoot(root: XmlElement): Promise<XmlElement> {
    this.#files.set(root.file.url, root);
    this.#markHolders(root);
    return this.#weave(root, { prefix: undefined, depth: 0, chain: [`${root.file.url}#`] });
  }

  async #weave(element: XmlElement, context: WeaveContext): Promise<XmlElement> {
    if (!this.#holders.has(element)) return resolveTree(element, context);
    const own = contextInside(element, context);
    const children: XmlNode[] = [];
    for (const child of element.children) {
      if (child.kind === 'text') children.push(child);
      else if (child.uri === XINCLUDE_NAMESPACE) pushAll(children, await this.#weaveXInclude(child, own));
      else children.push(await this.#weave(child, own));
    }
    return { ...resolveHere(element, own), children };
  }

  async #weaveXInclude(element: XmlElement, context: WeaveContext): Promise<readonly XmlNode[]> {
    if (element.local === 'include') return this.#include(element, context);
    const got = `<${element.name}>`;
    this.#problems.report('INCLUDE_MISPLACED', locationOf(element), `Expected <include> here, got ${got}.`);
    return [];
  }

  async #include(element: XmlElement, context: WeaveContext): Promise<readonly XmlNode[]> {
    this.#includes += 1;
    const { MAX_INCLUDES, MAX_INCLUDE_DEPTH } = DOCUMENT_LIMITS;
    if (this.#includes > MAX_INCLUDES) {
      return this.#refuse(
        'INCLUDE_TOO_MANY',
        locationOf(element),
        `at most ${MAX_INCLUDES} includes (MAX_INCLUDES)`,
        'more',
      );
    }
    if (context.chain.length > MAX_INCLUDE_DEPTH) {
      const expected = `includes at most ${MAX_INCLUDE_DEPTH} deep (MAX_INCLUDE_DEPTH)`;
      return this.#refuse('INCLUDE_TOO_DEEP', locationOf(element), expected, 'one deeper');
    }
    const url = this.#target(element);
    if (!url) return [];
    const parse = attributeValue(element, 'parse') ?? 'xml';
    if (parse === 'text') return this.#includeText(element, url, context);
    if (parse === 'xml') return this.#includeXml(element, url, context);
    return this.#refuse(
      'INCLUDE_ATTRIBUTE',
      attributeLocation(element, 'parse'),
      "parse 'xml' or 'text'",
      `'${parse}'`,
    );
  }

  /** URL of the included file. Without an href it is the same file, and xpointer must name a part of it. */
  #target(element: XmlElement): URL | undefined {
    const href = attributeValue(element, 'href') ?? '';
    const at = attributeLocation(element, 'href');
    if (href === '' && attributeValue(element, 'xpointer') === undefined) {
      this.#refuse('INCLUDE_ATTRIBUTE', at, 'href, or xpointer for a part of this file', 'neither');
      return undefined;
    }
    if (href.includes('#') || !URL.canParse(href, element.file.url)) {
      this.#refuse('INCLUDE_ATTRIBUTE', at, 'href to be a URL without a fragment', `'${href}'`);
      return undefined;
    }
    return new URL(href, element.file.url);
  }

  async #includeText(element: XmlElement, url: URL, context: WeaveContext): Promise<readonly XmlNode[]> {
    try {
      const text = await this.#sources.read(url);
      return [{ kind: 'text', text, file: new XmlFile(url.href, text), offset: 0 }];
    } catch (fault) {
      return this.#fallback(element, url, fault, context);
    }
  }

  async #includeXml(element: XmlElement, url: URL, context: WeaveContext): Promise<readonly XmlNode[]> {
    let root: XmlElement | null;
    try {
      root = await this.#parse(url);
    } catch (fault) {
      return this.#fallback(element, url, fault, context);
    }
    if (!root) {
      this.isComplete = false;
      return [];
    }
    const selected = this.#select(element, root, url);
    if (!selected) return [];
    const key = `${url.href}#${attributeValue(element, 'xpointer')?.trim() ?? ''}`;
    if (context.chain.includes(key)) {
      const got = `${key} inside itself`;
      return this.#refuse('INCLUDE_CYCLE', locationOf(element), 'includes without a cycle', got);
    }
    if (!this.#fits(selected, element, context)) return [];
    const prefix = joinPrefix(context.prefix, attributeValue(element, 'resolveid'));
    return [await this.#weave(selected, { prefix, depth: context.depth, chain: [...context.chain, key] })];
  }

  async #parse(url: URL): Promise<XmlElement | null> {
    const known = this.#files.get(url.href);
    if (known !== undefined) return known;
    const parsed = parseXml(url.href, await this.#sources.read(url), this.#problems);
    const root = parsed.isTreeReliable && parsed.root ? parsed.root : null;
    this.#files.set(url.href, root);
    if (root) this.#markHolders(root);
    return root;
  }

  #select(element: XmlElement, root: XmlElement, url: URL): XmlElement | undefined {
    const text = attributeValue(element, 'xpointer');
    if (text === undefined) return root;
    const at = attributeLocation(element, 'xpointer');
    const pointer = parsePointer(text);
    if (!pointer) {
      const expected = "xpointer to be an id, xpointer(id('x')) or element(...)";
      this.#refuse('XPOINTER_UNSUPPORTED', at, expected, `'${text}'`);
      return undefined;
    }
    const selected = findByPointer(root, pointer);
    if (!selected) this.#refuse('XPOINTER_NOT_FOUND', at, `an element '${text}' in ${url.href}`, 'none');
    return selected;
  }

  #fits(selected: XmlElement, element: XmlElement, context: WeaveContext): boolean {
    const { MAX_DEPTH, MAX_ELEMENTS } = DOCUMENT_LIMITS;
    const { height, elements } = measure(selected);
    this.#elements += elements;
    const at = locationOf(element);
    if (this.#elements > MAX_ELEMENTS) {
      this.#refuse(
        'XML_TOO_MANY_ELEMENTS',
        at,
        `at most ${MAX_ELEMENTS} elements (MAX_ELEMENTS)`,
        'more with this include',
      );
    } else if (context.depth + height > MAX_DEPTH) {
      const got = `${context.depth + height} with this include`;
      this.#refuse('XML_TOO_DEEP', at, `at most ${MAX_DEPTH} elements inside each other (MAX_DEPTH)`, got);
    } else return true;
    return false;
  }

  /** XInclude 4.4: the content of xi:fallback replaces a file that cannot be read. */
  async #fallback(
    element: XmlElement,
    url: URL,
    fault: unknown,
    context: WeaveContext,
  ): Promise<readonly XmlNode[]> {
    const fallback = childElements(element).find(
      ({ uri, local }) => uri === XINCLUDE_NAMESPACE && local === 'fallback',
    );
    if (fallback) return (await this.#weave(fallback, { ...context, depth: context.depth - 1 })).children;
    const at = attributeLocation(element, 'href');
    return this.#refuse('INCLUDE_FAILED', at, `to read ${url.href}`, messageOf(fault));
  }

  #refuse(
    code: Parameters<Problems['report']>[0],
    at: SourceLocation,
    expected: string,
    got: string,
  ): readonly XmlNode[] {
    this.isComplete = false;
    this.#problems.report(code, at, `Expected ${expected}, got ${got}${/[.?]$/.test(got) ? '' : '.'}`);
    return [];
  }

  #markHolders(element: XmlElement): boolean {
    let holds = element.uri === XINCLUDE_NAMESPACE;
    for (const child of element.children) {
      if (child.kind === 'element' && this.#markHolders(child)) holds = true;
    }
    if (holds) this.#holders.add(element);
    return holds;
  }
}

function measure(element: XmlElement): { height: number; elements: number } {
  let height = 0;
  let elements = 1;
  for (const child of element.children) {
    if (child.kind === 'text') continue;
    const inner = measure(child);
    height = Math.max(height, inner.height);
    elements += inner.elements;
  }
  return { height: height + 1, elements };
}
