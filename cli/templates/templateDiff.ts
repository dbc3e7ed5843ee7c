import { createTwoFilesPatch } from 'diff';
import { compareDocuments } from '../../engine/compare/index.ts';
import { type Document, DocumentError } from '../../engine/interpreter/index.ts';
import { isDocumentName } from '../filesBelow.ts';
import { loadFromTemplate, type TemplateFiles } from './filesOfTemplate.ts';

/** The base of the paths of a template, to resolve its includes. */
const BASE = 'template:///';
/** Milliseconds for the differences of one file. */
const TIMEOUT_MS = 5_000;

/** The differences of a file of two versions of a template. */
export interface FileDiff {
  readonly path: string;
  readonly kind: 'added' | 'removed' | 'changed';
  /** Differences of the chart, of a document that loads in both versions. */
  readonly chart: readonly string[];
  /** A unified difference; absent for an added or removed file, and for bytes that are no text. */
  readonly text?: string;
}

/** All files that differ, by path. */
export async function templateDiff(
  before: TemplateFiles,
  after: TemplateFiles,
): Promise<readonly FileDiff[]> {
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  const diffs: FileDiff[] = [];
  for (const path of paths) {
    const [old, now] = [before.get(path), after.get(path)];
    if (old === undefined) diffs.push({ path, kind: 'added', chart: [] });
    else if (now === undefined) diffs.push({ path, kind: 'removed', chart: [] });
    else if (!Buffer.from(old).equals(now)) diffs.push(await changedFile(path, { before, after }));
  }
  return diffs;
}

async function changedFile(
  path: string,
  { before, after }: { readonly before: TemplateFiles; readonly after: TemplateFiles },
): Promise<FileDiff> {
  const chart = await chartDiff(path, before, after);
  return { path, kind: 'changed', chart, ...textDiff(path, before.get(path)!, after.get(path)!) };
}

function textDiff(path: string, before: Uint8Array, after: Uint8Array): { text?: string } {
  const [old, now] = [textIn(before), textIn(after)];
  if (old === undefined || now === undefined) return {};
  const text = createTwoFilesPatch(path, path, old, now, undefined, undefined, { timeout: TIMEOUT_MS });
  return text === undefined ? {} : { text };
}

async function chartDiff(
  path: string,
  before: TemplateFiles,
  after: TemplateFiles,
): Promise<readonly string[]> {
  if (!isDocumentName(path)) return [];
  const [old, now] = [await documentIn(before, path), await documentIn(after, path)];
  if (!old || !now) return [];
  return compareDocuments(old, now).map(
    ({ kind, what, how }) => `${kind} ${what}${how === undefined ? '' : `: ${how}`}`,
  );
}

/** Undefined: it does not load. An upload is refused then, but not all versions are of this server. */
async function documentIn(files: TemplateFiles, path: string): Promise<Document | undefined> {
  try {
    return await loadFromTemplate(files, path, { base: BASE });
  } catch (error) {
    if (error instanceof DocumentError) return undefined;
    throw error;
  }
}

function textIn(bytes: Uint8Array): string | undefined {
  try {
    return new TextDecoder('utf-8', { fatal: true }).decode(bytes);
  } catch {
    return undefined;
  }
}
