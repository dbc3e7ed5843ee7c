import { structuredPatch } from 'diff';
import type { Texts } from './archive.ts';

/** ms for the differences of one file. */
const TIMEOUT_MS = 2_000;
const CONTEXT_LINES = 3;

/** Something that one of two documents has alone. */
export interface ChartChange {
  readonly kind: 'added' | 'removed';
  readonly part: 'state' | 'transition';
  /** `waiting`, or `waiting: start [_event.data] → answered`. */
  readonly text: string;
}

export interface FileDifference {
  readonly path: string;
  readonly kind: 'added' | 'removed' | 'changed';
  readonly chart: readonly ChartChange[];
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
    const chart = chartChanges(old?.text, now?.text);
    return [{ path, kind, chart, ...(lines === undefined ? {} : { lines }) }];
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

/** States and transitions that only one of the texts has. Texts that are no XML have none. */
function chartChanges(old: string | undefined, now: string | undefined): readonly ChartChange[] {
  const [before, after] = [partsOf(old), partsOf(now)];
  if (before === undefined || after === undefined) return [];
  return [
    ...without(after, before).map((part): ChartChange => ({ kind: 'added', ...part })),
    ...without(before, after).map((part): ChartChange => ({ kind: 'removed', ...part })),
  ];
}

type Part = Pick<ChartChange, 'part' | 'text'>;

/** The parts of the first that the second does not have, each as often as it is missing. */
function without(parts: readonly Part[], others: readonly Part[]): readonly Part[] {
  const counts = new Map<string, number>();
  for (const { text } of others) counts.set(text, (counts.get(text) ?? 0) + 1);
  return parts.filter(({ text }) => {
    const count = counts.get(text) ?? 0;
    counts.set(text, count - 1);
    return count <= 0;
  });
}

const STATES = ['state', 'parallel', 'final', 'history'];

function partsOf(text: string | undefined): readonly Part[] | undefined {
  if (text === undefined) return [];
  // Nothing in the document runs or is loaded.
  const { documentElement } = new DOMParser().parseFromString(text, 'application/xml');
  const elements = [documentElement, ...documentElement.querySelectorAll('*')];
  if (elements.some(({ localName }) => localName === 'parsererror')) return undefined;
  return elements.flatMap((element): readonly Part[] => {
    if (STATES.includes(element.localName) && element.id !== '') {
      return [{ part: 'state', text: element.id }];
    }
    return element.localName === 'transition' ? [{ part: 'transition', text: transitionText(element) }] : [];
  });
}

function transitionText(element: Element): string {
  const of = (name: string): string => element.getAttribute(name) ?? '';
  const source = element.parentElement?.id || element.parentElement?.localName || '';
  const guard = of('cond') === '' ? '' : `[${of('cond')}]`;
  const target = of('target') === '' ? '' : `→ ${of('target')}`;
  return `${source}: ${[of('event'), guard, target].filter((part) => part !== '').join(' ')}`;
}
