import type { Problems } from './problems.ts';
import { messageOf, type Sources } from './sources.ts';
import type { XmlElement } from './xmlTree.ts';
import { attributeLocation, attributeValue, XmlFile } from './xmlTree.ts';

/** A file that an element names by `src`. `unread` is why it could not be read: a status or a code. */
export type FileText = { readonly file: XmlFile } | { readonly unread: string };

const WITH_SRC = new Map([
  ['script', 'SCRIPT_UNREADABLE'],
  // W3C 5.3: a data element whose src cannot be read is an error.execution of the session.
  ['data', 'DATA_UNREADABLE'],
] as const);

/** Reads the files of `<script src>` (W3C 5.8: the document is refused without them) and `<data src>`. */
export async function readExternalFiles(options: {
  readonly root: XmlElement;
  readonly isScxml: (element: XmlElement) => boolean;
  readonly sources: Sources;
  readonly problems: Problems;
}): Promise<ReadonlyMap<XmlElement, FileText>> {
  const files = new Map<XmlElement, FileText>();
  for (const element of findWithSrc(options.root, options.isScxml)) {
    const code = WITH_SRC.get(element.local as 'script' | 'data')!;
    const src = attributeValue(element, 'src')!;
    const at = attributeLocation(element, 'src');
    if (!URL.canParse(src, element.file.url)) {
      options.problems.report(code, at, `Expected src to be a URL, got '${src}'.`);
      files.set(element, { unread: 'badurl' });
      continue;
    }
    const url = new URL(src, element.file.url);
    try {
      files.set(element, { file: new XmlFile(url.href, await options.sources.read(url)) });
    } catch (fault) {
      files.set(element, { unread: codeOf(fault) });
      options.problems.report(code, at, `Expected to read ${url.href}, got: ${messageOf(fault)}`);
    }
  }
  return files;
}

function findWithSrc(root: XmlElement, isScxml: (element: XmlElement) => boolean): XmlElement[] {
  const found: XmlElement[] = [];
  const visit = (element: XmlElement): void => {
    for (const child of element.children) {
      // The content of <content>, <data> and <assign> is data, not part of this document.
      if (child.kind === 'text' || !isScxml(child) || child.local === 'content' || child.local === 'assign') {
        continue;
      }
      if (WITH_SRC.has(child.local as 'script') && attributeValue(child, 'src')?.trim()) found.push(child);
      if (child.local !== 'data') visit(child);
    }
  };
  visit(root);
  return found;
}

/** The `code` of the reader's error, or of a cause of it: ENOENT, 404. */
function codeOf(fault: unknown): string {
  for (let at = fault; at instanceof Error; at = at.cause) {
    const { code } = at as { readonly code?: unknown };
    if (typeof code === 'string' || typeof code === 'number') return String(code);
  }
  return 'unreadable';
}
