import type { BuildContext } from './buildContext.ts';
import { buildContent, buildParam } from './buildParams.ts';
import { isAssignable } from './isAssignable.ts';
import type { Action, Content, ExtensionAttribute, ExtensionElement, Param } from './model.ts';
import { moduleOf } from './namespaces.ts';
import type { XmlAttribute, XmlElement } from './xmlTree.ts';
import { locationOf } from './xmlTree.ts';

/** An element of a Genesys module (ors-dialect 2.8 to 2.12): every attribute as an expression. */
export function buildExtension(
  context: BuildContext,
  element: XmlElement,
  { module, state }: { module: string; state: number },
): Action {
  return {
    kind: 'extension',
    module,
    element: buildExtensionElement(context, element, state),
    at: locationOf(element),
  };
}

function buildExtensionElement(context: BuildContext, element: XmlElement, state: number): ExtensionElement {
  context.warnText(element);
  const attributes = element.attributes
    .filter(({ uri }) => uri === '')
    .map((attribute) => [attribute.local, buildAttribute(context, { element, attribute, state })] as const);
  const params: Param[] = [];
  const children: ExtensionElement[] = [];
  let content: Content | undefined;
  for (const child of element.children) {
    if (child.kind === 'text') continue;
    if (moduleOf(child.uri)) children.push(buildExtensionElement(context, child, state));
    else if (context.isScxml(child) && child.local === 'param')
      params.push(buildParam(context, child, state));
    else if (context.isScxml(child) && child.local === 'content' && !content) {
      content = buildContent(context, child, { state });
    } else context.refuseChild(element, child);
  }
  return {
    name: element.local,
    // Own properties whatever their names: __proto__ is an attribute like any other.
    attributes: Object.fromEntries(attributes),
    params,
    ...(content && { content }),
    children,
    at: locationOf(element),
  };
}

function buildAttribute(
  context: BuildContext,
  { element, attribute, state }: { element: XmlElement; attribute: XmlAttribute; state: number },
): ExtensionAttribute {
  const place = { source: attribute.value, state, at: element.file.locate(attribute.offset) };
  const value = context.expression('value', place);
  if (!isAssignable(attribute.value)) return { literal: attribute.value, value };
  return { literal: attribute.value, value, location: context.expression('location', place) };
}
