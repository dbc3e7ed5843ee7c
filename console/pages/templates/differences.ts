import { structuredPatch } from 'diff';
import type { Texts } from './archive.ts';

/** ms for the differences of one file. */
const TIMEOUT_MS = 2_000;
const CONTEXT_LINES = 3;

export interface FileDifference {
  readonly path: string;
  readonly kind: 'added' | 'removed' | 'changed';
  /** Lines with ' ', '+' or '-' in front; '@' begins a place. Undefined: no text, or it took too long. */
  readonly lines?: readonly string[];
}

/** The files that differ, by path. */
export function differencesOf(before: Texts, after: Texts): readonly FileDifference[] {
  const paths = [...new Set([...before.keys(), ...after.keys()])].sort();
  return paths.flatMap((path): FileDifference[] => {
    const [old, now] = [before.get(path), after.get(path)];
    if (old !== undefined && now !== undefined && isSame(old.bytes, now.bytes)) return [];
    const kind = old === undefined ? 'added' : now === undefined ? 'removed' : 'changed';
    const [oldText, nowText] = [old === undefined ? '' : old.text, now === undefined ? '' : now.text];
    const lines = linesOf(oldText, nowText);
    return [{ path, kind, ...(lines === undefined ? {} : { lines }) }];
  });
}

function isSame(bytes: Uint8Array, others: Uint8Array): boolean {
  return bytes.length === others.length && bytes.every((byte, at) => byte === others[at]);
}

function linesOf(old: string | undefined, now: string | undefined): readonly string[] | undefined {
  if (old === undefined || now === undefined) return undefined;
  const patch = structuredPatch('', '', old, now, undefined, undefined, {
    context: CONTEXT_LINES,
    timeout: TIMEOUT_MS,
  });
  return patch?.hunks.flatMap(({ oldStart, newStart, lines }) => [`@ ${oldStart} → ${newStart}`, ...lines]);
}
