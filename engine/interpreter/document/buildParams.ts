import type { BuildContext } from './buildContext.ts';
import { inlineContent, normaliseText } from './inlineContent.ts';
import { isAssignable } from './isAssignable.ts';
import type { Content, NamedLocation, Param } from './model.ts';
import { serialiseDocument } from './serialise.ts';
import type { XmlElement } from './xmlTree.ts';
import { attributeLocation, attributeValue, childElements, locationOf } from './xmlTree.ts';

/** W3C 5.7 <param>. In ORS (2009 draft) a param with a name only stands for the variable of that name. */
export function buildParam(context: BuildContext, element: XmlElement, state: number): Param {
  context.checkAttributes(element);
  context.warnText(element);
  for (const child of childElements(element)) context.refuseChild(element, child);
  const name = attributeValue(element, 'name') ?? '';
  const expr = context.attributeExpression('value', element, { name: 'expr', state });
  const location =
    context.attributeExpression('location', element, { name: 'location', state }) ??
    (expr ? undefined : implicitLocation(context, element, { name, state }));
  return { name, ...(expr && { expr }), ...(location && { location }), at: locationOf(element) };
}

function implicitLocation(
  context: BuildContext,
  element: XmlElement,
  { name, state }: { name: string; state: number },
) {
  if (context.dialect === 'ors' && isAssignable(name)) {
    return context.expression('location', { source: name, state, at: attributeLocation(element, 'name') });
  }
  const message = "Expected 'expr' or 'location' on <param>, got neither.";
  context.report('ATTRIBUTE_MISSING', locationOf(element), message);
  return undefined;
}

/**
 * W3C 5.6 <content>: an expression, or what stands inside. With `acceptsDocument` an inline <scxml> is kept
 * as a document of its own, which speaks the dialect of the one around it unless it says otherwise.
 */
export function buildContent(
  context: BuildContext,
  element: XmlElement,
  { state, acceptsDocument = false }: { state: number; acceptsDocument?: boolean },
): Content {
  context.checkAttributes(element);
  const inline = inlineContent(element);
  const name = attributeValue(element, '_expr') === undefined ? 'expr' : '_expr';
  const expr = context.attributeExpression('value', element, { name, state });
  if (expr && inline) {
    const message = `Expected either '${name}' or text inside <content>, got both.`;
    context.report('ATTRIBUTE_CONFLICT', attributeLocation(element, name), message);
  }
  if (expr) return { expr };
  if (!inline) return { text: '' };
  if (!inline.xml) return { text: normaliseText(inline.text) };
  const document = acceptsDocument ? inlineDocument(context, element) : undefined;
  return { text: inline.text, xml: true, ...(document !== undefined && { document }) };
}

function inlineDocument(context: BuildContext, element: XmlElement): string | undefined {
  const root = childElements(element).find((child) => child.local === 'scxml' && context.isScxml(child));
  if (!root) return undefined;
  const isMarked =
    attributeValue(root, 'datamodel') !== undefined || attributeValue(root, 'profile') !== undefined;
  if (isMarked) return serialiseDocument(root);
  const mark = context.dialect === 'ors' ? 'profile' : 'datamodel';
  return serialiseDocument(root, { [mark]: 'ecmascript' });
}

/** `namelist`: locations separated by whitespace; each gives its text as the name. */
export function buildNamelist(context: BuildContext, element: XmlElement, state: number): NamedLocation[] {
  const at = attributeLocation(element, 'namelist');
  const names = splitNames(attributeValue(element, 'namelist'));
  return names.map((name) => ({
    name,
    location: context.expression('location', { source: name, state, at }),
  }));
}

export function splitNames(text: string | undefined): string[] {
  return (text ?? '').split(/[ \t\r\n]+/).filter((name) => name !== '');
}
