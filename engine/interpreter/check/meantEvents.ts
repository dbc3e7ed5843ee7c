import type { Draft } from '../document/draft.ts';
import { descriptorsOf } from './dottedNames.ts';
import type { SentEvents } from './sentEvents.ts';

/**
 * Letters of the longest name that is compared, and the number of pairs of names compared in one document.
 */
const MAX_COMPARED_LETTERS = 64;
const MAX_COMPARED_PAIRS = 20_000;

/**
 * True for an event that the document does not send but seems to mean: it sends another event with the same
 * first word (`order.paid` beside `order.sent`), or with a name that differs in a letter or two, or one that
 * no transition waits for, which may be a misspelling. False for all when the document computes names, which
 * cannot be known.
 */
export function meantEvents(draft: Draft, sent: SentEvents): (name: string) => boolean {
  const { names, prefixes } = sent;
  if (names.size === 0 || prefixes.some((prefix) => prefix === '')) return () => false;
  const families = new Set([...names].filter((name) => name.includes('.')).map(familyOf));
  const hasUnused = hasUnusedName(names, draft);
  let pairs = 0;
  return (name) => {
    if (hasUnused || (name.includes('.') && families.has(familyOf(name)))) return true;
    pairs += names.size;
    return pairs <= MAX_COMPARED_PAIRS && [...names].some((other) => isMisspelt(name, other));
  };
}

function familyOf(name: string): string {
  return name.slice(0, name.indexOf('.'));
}

function hasUnusedName(names: ReadonlySet<string>, { transitions }: Draft): boolean {
  const descriptors = transitions.flatMap(({ events }) => events ?? []);
  if (descriptors.some(({ wildcard }) => wildcard)) return false;
  const awaited = new Set(descriptors.map(({ segments }) => segments.join('.')));
  return [...names].some((name) => ![...descriptorsOf([name])].some((descriptor) => awaited.has(descriptor)));
}

function isMisspelt(name: string, other: string): boolean {
  if (name.toLowerCase() === other.toLowerCase()) return true;
  const shorter = Math.min(name.length, other.length);
  if (shorter < 4 || Math.max(name.length, other.length) > MAX_COMPARED_LETTERS) return false;
  return distance(name, other) <= (shorter < 8 ? 1 : 2);
}

/** Number of letters to change, add, remove or swap with the next (Damerau-Levenshtein, restricted). */
function distance(a: string, b: string): number {
  let before: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, index) => index);
  for (let i = 1; i <= a.length; i += 1) {
    const row = [i];
    for (let j = 1; j <= b.length; j += 1) {
      const isSame = a[i - 1] === b[j - 1];
      let least = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (isSame ? 0 : 1));
      const isSwap = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (isSwap) least = Math.min(least, before[j - 2]! + 1);
      row.push(least);
    }
    before = last;
    last = row;
  }
  return last[b.length]!;
}
