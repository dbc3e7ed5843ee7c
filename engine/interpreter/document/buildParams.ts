import { defined } from '../../ports/index.ts';
import type { Draft } from './draft.ts';
import { inlineContent, normaliseText } from './inlineContent.ts';
import { isAssignable } from './isAssignable.ts';
import type { Content, NamedLocation, Param } from './model.ts';
import { DIALECT_MARK } from './namespaces.ts';
import { serialiseDocument } from './serialise.ts';
import type { XmlElement } from './xmlTree.ts';
import { attributeLocation, attributeValue, childElements, locationOf } from './xmlTree.ts';

/** W3C 5.7 <param>. In ORS (2009 draft), a param that has only a name is the variable of that name. */
export function buildParam(draft: Draft, element: XmlElement, state: number): Param {
  draft.checkAttributes(element);
  draft.refuseContent(element);
  const name = attributeValue(element, 'name') ?? '';
  const expr = draft.filledExpression('value', element, { name: 'expr', state });
  const location = draft.filledExpression('location', element, { name: 'location', state });
  const isWritten = ['expr', 'location'].some(
    (attribute) => attributeValue(element, attribute) !== undefined,
  );
  // With an empty expression the parameter has no value.
  if (!isWritten) {
    const implicit = implicitLocation(draft, element, { name, state });
    return { name, ...defined({ location: implicit }), at: locationOf(element) };
  }
  return { name, ...defined({ expr, location }), at: locationOf(element) };
}

function implicitLocation(
  draft: Draft,
  element: XmlElement,
  { name, state }: { name: string; state: number },
) {
  if (draft.dialect === 'ors' && isAssignable(name)) {
    return draft.expression('location', { source: name, state, at: attributeLocation(element, 'name') });
  }
  const message = "Expected 'expr' or 'location' on <param>, got neither.";
  draft.report('ATTRIBUTE_MISSING', locationOf(element), message);
  return undefined;
}

/**
 * W3C 5.6 <content>: an expression, or the content of the element. With `acceptsDocument`, an inline <scxml>
 * is kept as a document of its own. It has the dialect of the document around it, unless it names one.
 */
export function buildContent(
  draft: Draft,
  element: XmlElement,
  { state, acceptsDocument = false }: { state: number; acceptsDocument?: boolean },
): Content {
  draft.checkAttributes(element);
  const inline = inlineContent(element);
  const name = attributeValue(element, '_expr') === undefined ? 'expr' : '_expr';
  const expr = draft.filledExpression('value', element, { name, state });
  if (expr && inline) {
    const message = `Expected either '${name}' or text inside <content>, got both.`;
    draft.report('ATTRIBUTE_CONFLICT', attributeLocation(element, name), message);
  }
  if (expr) return { expr };
  if (!inline) return { text: '' };
  if (!inline.xml) return { text: normaliseText(inline.text) };
  const document = acceptsDocument ? inlineDocument(draft, element) : undefined;
  return { text: inline.text, xml: true, ...defined({ document }) };
}

function inlineDocument(draft: Draft, element: XmlElement): string | undefined {
  const root = childElements(element).find((child) => child.local === 'scxml' && draft.isScxml(child));
  if (!root) return undefined;
  if (attributeValue(root, 'datamodel') !== undefined) return serialiseDocument(root);
  const hasProfile = attributeValue(root, 'profile') !== undefined;
  const own = hasProfile ? {} : { [draft.dialect === 'ors' ? 'profile' : 'datamodel']: 'ecmascript' };
  return serialiseDocument(root, draft.dialect === 'ors' ? { ...own, [DIALECT_MARK]: 'ors' } : own);
}

/** `namelist`: locations separated by whitespace; each gives its text as the name. */
export function buildNamelist(draft: Draft, element: XmlElement, state: number): NamedLocation[] {
  const at = attributeLocation(element, 'namelist');
  const names = splitNames(attributeValue(element, 'namelist'));
  return names.map((name) => ({
    name,
    location: draft.expression('location', { source: name, state, at }),
  }));
}

export function splitNames(text: string | undefined): string[] {
  return (text ?? '').split(/[ \t\r\n]+/).filter((name) => name !== '');
}
