import type { Draft } from './draft.ts';
import type { Action, SourceLocation } from './model.ts';
import type { XmlElement, XmlText } from './xmlTree.ts';
import { attributeLocation, isBlank, locationOf } from './xmlTree.ts';

/**
 * <script>: its text without comments, or the file of `src`. The location of the expression is that of the
 * first character of the code, which may be in an included file.
 */
export function buildScript(draft: Draft, element: XmlElement, state: number): Action {
  const code = readCode(draft, element);
  return {
    kind: 'script',
    script: draft.expression('script', { ...code, state }),
    at: locationOf(element),
  };
}

function readCode(draft: Draft, element: XmlElement): { source: string; at: SourceLocation } {
  const texts = readTexts(draft, element);
  const hasCode = texts.some(({ text }) => !isBlank(text));
  if (draft.filledText(element, 'src') === undefined) {
    const first = texts[0];
    return {
      source: texts.map(({ text }) => text).join(''),
      at: first ? locationOf(first) : locationOf(element),
    };
  }
  if (hasCode) {
    const message = "Expected either 'src' or code inside <script>, got both.";
    draft.report('ATTRIBUTE_CONFLICT', attributeLocation(element, 'src'), message);
  }
  // A file that could not be read is reported already.
  const read = draft.external.get(element);
  if (!read || 'unread' in read) return { source: '', at: locationOf(element) };
  return { source: read.file.text, at: read.file.locate(0) };
}

/** Leaves out whitespace before an included file, so that its lines are counted from its own start. */
function readTexts(draft: Draft, element: XmlElement): XmlText[] {
  const texts: XmlText[] = [];
  for (const child of element.children) {
    if (child.kind === 'text') texts.push(child);
    else draft.refuseChild(element, child);
  }
  const first = texts.find(({ text }) => !isBlank(text));
  if (!first || first.file === element.file) return texts;
  return texts.slice(texts.indexOf(first));
}
