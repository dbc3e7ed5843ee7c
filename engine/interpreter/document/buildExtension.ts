import { defined } from '../../ports/index.ts';
import { buildContent, buildParam } from './buildParams.ts';
import type { Draft } from './draft.ts';
import { isAssignable } from './isAssignable.ts';
import type { Action, Content, ExtensionAttribute, ExtensionElement, Param } from './model.ts';
import { moduleOf } from './namespaces.ts';
import type { XmlAttribute, XmlElement } from './xmlTree.ts';
import { locationOf } from './xmlTree.ts';

/** An element of a Genesys module (ors-dialect 2.8 to 2.12): every attribute as an expression. */
export function buildExtension(
  draft: Draft,
  element: XmlElement,
  { module, state }: { module: string; state: number },
): Action {
  return {
    kind: 'extension',
    module,
    element: buildExtensionElement(draft, element, state),
    at: locationOf(element),
  };
}

function buildExtensionElement(draft: Draft, element: XmlElement, state: number): ExtensionElement {
  draft.warnText(element);
  const attributes = element.attributes
    .filter(({ uri }) => uri === '')
    .map((attribute) => [attribute.local, buildAttribute(draft, { element, attribute, state })] as const);
  const params: Param[] = [];
  const children: ExtensionElement[] = [];
  let content: Content | undefined;
  for (const child of element.children) {
    if (child.kind === 'text') continue;
    if (moduleOf(child.uri)) children.push(buildExtensionElement(draft, child, state));
    else if (draft.isScxml(child) && child.local === 'param') params.push(buildParam(draft, child, state));
    else if (draft.isScxml(child) && child.local === 'content' && !content) {
      content = buildContent(draft, child, { state });
    } else draft.refuseChild(element, child);
  }
  return {
    name: element.local,
    // fromEntries makes own properties of all names, __proto__ too.
    attributes: Object.fromEntries(attributes),
    params,
    ...defined({ content }),
    children,
    at: locationOf(element),
  };
}

function buildAttribute(
  draft: Draft,
  { element, attribute, state }: { element: XmlElement; attribute: XmlAttribute; state: number },
): ExtensionAttribute {
  const code = { source: attribute.value, state, at: element.file.locate(attribute.offset) };
  const value = draft.expression('value', code);
  if (!isAssignable(attribute.value)) return { literal: attribute.value, value };
  return { literal: attribute.value, value, location: draft.expression('location', code) };
}
