import { joinPrefix, PREFIX_TOKEN, resolveToken, XINCLUDE_NAMESPACE } from '../interpreter/index.ts';
import { elementsIn } from './findElements.ts';
import { isScriptUrl, type LanguageFile } from './languageFile.ts';
import { isScxmlElement, type Occurrence, ownAttribute } from './occurrences.ts';
import type { ScannedElement } from './scanXml.ts';

/** Files that one document brings together for an editor, each inclusion of a file counted. */
const MAX_LINKED_FILES = 200;

/** A file as one include brings it in. */
export interface Part {
  readonly file: LanguageFile;
  /** The `resolveid` in force (ors-dialect 2.5). */
  readonly prefix: string | undefined;
}

/** Undefined: there is no such file. */
export type ReadFile = (url: URL) => Promise<LanguageFile | undefined>;

/** The document with everything that it includes, itself first. Missing files are left out. */
export async function linkFiles(root: LanguageFile, read: ReadFile): Promise<readonly Part[]> {
  const parts: Part[] = [{ file: root, prefix: undefined }];
  const seen = new Set([keyOf(parts[0]!)]);
  for (const part of parts) {
    for (const { url, prefix } of includesOf(part)) {
      if (parts.length >= MAX_LINKED_FILES) return parts;
      const file = await read(url);
      if (file === undefined) continue;
      const included = { file, prefix };
      if (seen.has(keyOf(included))) continue;
      seen.add(keyOf(included));
      parts.push(included);
    }
  }
  return parts;
}

function keyOf({ file, prefix = '' }: Part): string {
  return `${prefix} ${file.url}`;
}

function includesOf({
  file,
  prefix,
}: Part): readonly { readonly url: URL; readonly prefix: Part['prefix'] }[] {
  return [...elementsIn(file.scanned)].flatMap(({ element }) => {
    const url = includedBy(element, file);
    if (url === undefined) return [];
    const isText = element.local === 'script' || ownAttribute(element, 'parse')?.value === 'text';
    if (isText) return isScriptUrl(url.href) ? [{ url, prefix }] : [];
    const inside = joinPrefix(prefix, ownAttribute(element, 'resolveid')?.value);
    return [{ url, prefix: typeof inside === 'string' ? inside : undefined }];
  });
}

/** The file that the include at an offset brings in. */
export function includedAt(file: LanguageFile, offset: number): URL | undefined {
  for (const { element } of elementsIn(file.scanned)) {
    if (element.offset > offset) return undefined;
    const url = offset > element.tagEnd ? undefined : includedBy(element, file);
    if (url !== undefined) return url;
  }
  return undefined;
}

/** The file that an include, or a script with `src`, names. */
function includedBy(element: ScannedElement, file: LanguageFile): URL | undefined {
  const isInclude = element.local === 'include' && element.uri === XINCLUDE_NAMESPACE;
  const isScript = element.local === 'script' && isScxmlElement(element);
  if (!isInclude && !isScript) return undefined;
  const href = ownAttribute(element, isInclude ? 'href' : 'src')?.value ?? '';
  return href !== '' && URL.canParse(href, file.url) ? new URL(href, file.url) : undefined;
}

/** The name of an occurrence in the document as a whole. */
export function fullName({ prefix }: Part, { kind, role, name }: Occurrence): string {
  const resolved = resolveToken(name, prefix);
  const isOwnId = kind === 'state' && role === 'definition' && prefix !== undefined && resolved === name;
  return isOwnId ? `${prefix}.${name}` : resolved;
}

/** True when the name is not written as it is in the document as a whole. */
export function isPrefixed(part: Part, occurrence: Occurrence): boolean {
  return occurrence.name.includes(PREFIX_TOKEN) || fullName(part, occurrence) !== occurrence.name;
}
