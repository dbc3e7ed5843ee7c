import { defined } from '../../ports/index.ts';
import { SCXML_NAMESPACE } from './namespaces.ts';
import type { XmlAttribute, XmlElement } from './xmlTree.ts';

/** Documents write this token for the `resolveid` of the include that brings them in. */
export const PREFIX_TOKEN = '$$_MY_PREFIX_$$';

const STATES = new Set(['state', 'parallel', 'final', 'history']);

/**
 * The element with its attributes under `prefix` (ors-dialect 2.5): ids of states get the prefix and a dot,
 * the token becomes the prefix. Without a prefix (a document that runs by itself) the token and its dot are
 * removed, so that targets are the ids as written. Unlike the text of 2.5, ids of <data>, <send> and <invoke>
 * do not change, because scripts and event names use them without the prefix.
 */
export function resolveElement(element: XmlElement, prefix: string | undefined): XmlElement {
  const isState = prefix !== undefined && isScxmlState(element);
  const changes =
    prefix !== undefined || element.attributes.some(({ value }) => value.includes(PREFIX_TOKEN));
  if (!changes) return element;
  return {
    ...element,
    attributes: element.attributes.map((attribute) => resolveAttribute(attribute, prefix, isState)),
    ...defined({ idPrefix: prefix }),
  };
}

export function resolveToken(value: string, prefix: string | undefined): string {
  if (!value.includes(PREFIX_TOKEN)) return value;
  if (prefix !== undefined) return value.replaceAll(PREFIX_TOKEN, prefix);
  return value.replaceAll(`${PREFIX_TOKEN}.`, '').replaceAll(PREFIX_TOKEN, '');
}

function resolveAttribute(
  attribute: XmlAttribute,
  prefix: string | undefined,
  isState: boolean,
): XmlAttribute {
  const { uri, local, value } = attribute;
  const resolved = resolveToken(value, prefix);
  const isOwnId = isState && uri === '' && local === 'id' && resolved === value;
  if (isOwnId) return { ...attribute, value: `${prefix}.${value}` };
  return resolved === value ? attribute : { ...attribute, value: resolved };
}

function isScxmlState(element: XmlElement): boolean {
  return STATES.has(element.local) && (element.uri === SCXML_NAMESPACE || element.uri === '');
}
