import type { Draft } from './draft.ts';
import { serialiseChildren } from './serialise.ts';
import { isBlank, locationOf, type XmlElement } from './xmlTree.ts';

/** Content of an element that carries data: text, or XML when it has child elements. */
export interface InlineContent {
  readonly text: string;
  readonly xml: boolean;
}

/** Undefined when the element has only whitespace and comments. */
export function inlineContent(element: XmlElement): InlineContent | undefined {
  const { children } = element;
  if (children.some(({ kind }) => kind === 'element')) {
    return { text: serialiseChildren(element).trim(), xml: true };
  }
  const text = children.map((node) => (node.kind === 'text' && !node.comment ? node.text : '')).join('');
  return isBlank(text) ? undefined : { text, xml: false };
}

/** W3C B.2.1: normalises the whitespace of text that is not JSON. */
export function normaliseText(text: string): string {
  const trimmed = text.trim();
  return isJson(trimmed) ? trimmed : trimmed.replaceAll(/\s+/g, ' ');
}

/** Warns of text that begins as JSON does but is none: it becomes a text, not an object. */
export function warnNotJson(draft: Draft, element: XmlElement, inline: InlineContent | undefined): void {
  if (inline === undefined || inline.xml || !/^\s*[[{]/.test(inline.text)) return;
  if (isJson(inline.text)) return;
  const begin = inline.text.trim().slice(0, 20);
  const message = `Expected JSON in <${element.local}>, got text that begins as JSON ('${begin}'), which is kept as text. Write JSON, or code in 'expr'.`;
  draft.report('TEXT_NOT_JSON', locationOf(element), message);
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}
