import { defined } from '../../ports/index.ts';
import { type Draft, placeText } from './draft.ts';
import { inlineContent, warnNotJson } from './inlineContent.ts';
import type { DataItem } from './model.ts';
import type { XmlElement } from './xmlTree.ts';
import { attributeLocation, attributeValue, locationOf } from './xmlTree.ts';

const IDENTIFIER = /^[\p{ID_Start}$_][\p{ID_Continue}$\u200c\u200d]*$/u;

/** Words that code cannot use as a name. In ORS code still reads `_data.if`. */
const RESERVED = new Set(
  (
    'break case catch class const continue debugger default delete do else enum export extends false ' +
    'finally for function if import in instanceof new null return super switch this throw true try typeof ' +
    'var void while with'
  ).split(' '),
);

/** W3C 5.2, 5.3: the <data> of a <datamodel>, of the document (state 0) or of a state. */
export function buildDatamodel(draft: Draft, element: XmlElement, state: number): DataItem[] {
  draft.checkAttributes(element);
  draft.warnText(element);
  const items: DataItem[] = [];
  for (const child of element.children) {
    if (child.kind === 'text') continue;
    if (draft.isScxml(child) && child.local === 'data') items.push(buildData(draft, child, state));
    else draft.refuseChild(element, child);
  }
  return items;
}

function buildData(draft: Draft, element: XmlElement, state: number): DataItem {
  draft.checkAttributes(element);
  const id = attributeValue(element, 'id') ?? '';
  // With early binding all data is made before any state is entered: in the scope of the document.
  const scope = draft.properties.binding === 'early' ? 0 : state;
  const expr = draft.filledExpression('value', element, { name: 'expr', state: scope });
  const src = draft.filledText(element, 'src');
  const inline = inlineContent(element);
  if (inline && (expr || src !== undefined)) {
    const name = expr ? 'expr' : 'src';
    const message = `Expected either '${name}' or content inside <data>, got both.`;
    draft.report('ATTRIBUTE_CONFLICT', attributeLocation(element, name), message);
  }
  if (inline && !expr && src === undefined) warnNotJson(draft, element, inline);
  const read = draft.external.get(element);
  const text = src === undefined ? inline?.text : read && 'file' in read ? read.file.text : undefined;
  const item: DataItem = {
    id,
    state,
    ...defined({
      expr,
      text: expr ? undefined : text,
      src: expr || src === undefined ? undefined : absolute(src, element),
      unread: read && 'unread' in read ? read.unread : undefined,
    }),
    at: locationOf(element),
  };
  register(draft, element, item);
  return item;
}

function register(draft: Draft, element: XmlElement, item: DataItem): void {
  draft.data.push(item);
  if (attributeValue(element, 'id') === undefined) return;
  const at = attributeLocation(element, 'id');
  if (!IDENTIFIER.test(item.id)) {
    draft.report(
      'DATA_ID_INVALID',
      at,
      `Expected the id of <data> to be an ECMAScript name, got '${item.id}'.`,
    );
  }
  if (RESERVED.has(item.id)) {
    const message = `Expected the id of <data> to be an ECMAScript name, got the reserved word '${item.id}'.`;
    draft.report('DATA_ID_RESERVED', at, message);
  }
  const first = draft.dataById.get(item.id);
  if (!first) draft.dataById.set(item.id, item);
  else {
    const location = placeText(first.at, at);
    draft.report(
      'DATA_ID_DUPLICATE',
      at,
      `Expected one <data> '${item.id}', got another; the first is at ${location}.`,
    );
  }
}

function absolute(src: string, element: XmlElement): string {
  return URL.canParse(src, element.file.url) ? new URL(src, element.file.url).href : src;
}
