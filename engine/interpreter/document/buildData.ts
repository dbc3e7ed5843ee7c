import type { BuildContext } from './buildContext.ts';
import { inlineContent } from './inlineContent.ts';
import type { DataItem } from './model.ts';
import type { XmlElement } from './xmlTree.ts';
import { attributeLocation, attributeValue, locationOf } from './xmlTree.ts';

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u;

/** W3C 5.2, 5.3: the <data> of a <datamodel>, of the document (state 0) or of a state. */
export function buildDatamodel(context: BuildContext, element: XmlElement, state: number): DataItem[] {
  context.checkAttributes(element);
  context.warnText(element);
  const items: DataItem[] = [];
  for (const child of element.children) {
    if (child.kind === 'text') continue;
    if (context.isScxml(child) && child.local === 'data') items.push(buildData(context, child, state));
    else context.refuseChild(element, child);
  }
  return items;
}

function buildData(context: BuildContext, element: XmlElement, state: number): DataItem {
  context.checkAttributes(element);
  const id = attributeValue(element, 'id') ?? '';
  // With early binding all data is made before any state is entered: in the scope of the document.
  const scope = context.binding === 'early' ? 0 : state;
  const expr = context.attributeExpression('value', element, { name: 'expr', state: scope });
  const src = attributeValue(element, 'src');
  const inline = inlineContent(element);
  if (inline && (expr || src !== undefined)) {
    const name = expr ? 'expr' : 'src';
    const message = `Expected either '${name}' or content inside <data>, got both.`;
    context.report('ATTRIBUTE_CONFLICT', attributeLocation(element, name), message);
  }
  const read = context.external.get(element);
  const text = src === undefined ? inline?.text : read && 'file' in read ? read.file.text : undefined;
  const item: DataItem = {
    id,
    state,
    ...(expr && { expr }),
    ...(!expr && text !== undefined && { text }),
    ...(!expr && src !== undefined && { src: absolute(src, element) }),
    ...(read && 'unread' in read && { unread: read.unread }),
    at: locationOf(element),
  };
  register(context, element, item);
  return item;
}

function register(context: BuildContext, element: XmlElement, item: DataItem): void {
  context.data.push(item);
  if (attributeValue(element, 'id') === undefined) return;
  const at = attributeLocation(element, 'id');
  if (!IDENTIFIER.test(item.id)) {
    context.report(
      'DATA_ID_INVALID',
      at,
      `Expected the id of <data> to be an ECMAScript name, got '${item.id}'.`,
    );
  }
  const first = context.dataById.get(item.id);
  if (!first) context.dataById.set(item.id, item);
  else {
    const place = `${first.at.file}:${first.at.line}:${first.at.column}`;
    context.report(
      'DATA_ID_DUPLICATE',
      at,
      `Expected one <data> '${item.id}', got another; the first is at ${place}.`,
    );
  }
}

function absolute(src: string, element: XmlElement): string {
  return URL.canParse(src, element.file.url) ? new URL(src, element.file.url).href : src;
}
