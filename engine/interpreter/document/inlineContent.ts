import { serialiseChildren } from './serialise.ts';
import { isBlank, type XmlElement } from './xmlTree.ts';

/** What stands inside an element that carries data: text, or XML when it has child elements. */
export interface InlineContent {
  readonly text: string;
  readonly xml: boolean;
}

/** Undefined when the element is empty but for whitespace and comments. */
export function inlineContent(element: XmlElement): InlineContent | undefined {
  const { children } = element;
  if (children.some(({ kind }) => kind === 'element')) {
    return { text: serialiseChildren(element).trim(), xml: true };
  }
  const text = children.map((node) => (node.kind === 'text' && !node.comment ? node.text : '')).join('');
  return isBlank(text) ? undefined : { text, xml: false };
}

/** W3C B.2.1: text that is no JSON counts with its whitespace normalised. */
export function normaliseText(text: string): string {
  const trimmed = text.trim();
  return isJson(trimmed) ? trimmed : trimmed.replaceAll(/\s+/g, ' ');
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    // Not JSON is one of the two answers.
    return false;
  }
}
