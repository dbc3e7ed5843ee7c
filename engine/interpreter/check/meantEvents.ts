import type { Draft } from '../document/draft.ts';
import { descriptorsOf } from './dottedNames.ts';
import type { SentEvents } from './sentEvents.ts';

/** Longest name that is compared letter by letter, and how many pairs of names are in one document. */
const MAX_COMPARED_LETTERS = 64;
const MAX_COMPARED_PAIRS = 20_000;

/**
 * Tells of an event that the document does not send whether it seems to mean to: it sends others under the same
 * first word (`order.paid` beside `order.sent`), or one whose name differs in a letter or two, or one that no
 * transition hears, which may be this one misspelt. Of names that it computes nothing is known: then none.
 */
export function meantEvents(draft: Draft, sent: SentEvents): (name: string) => boolean {
  const { names, prefixes } = sent;
  if (names.size === 0 || prefixes.some((prefix) => prefix === '')) return () => false;
  const families = new Set([...names].filter((name) => name.includes('.')).map(familyOf));
  const hasUnheard = hasUnheardName(names, draft);
  let pairs = 0;
  return (name) => {
    if (hasUnheard || (name.includes('.') && families.has(familyOf(name)))) return true;
    pairs += names.size;
    return pairs <= MAX_COMPARED_PAIRS && [...names].some((other) => isMisspelt(name, other));
  };
}

function familyOf(name: string): string {
  return name.slice(0, name.indexOf('.'));
}

function hasUnheardName(names: ReadonlySet<string>, { transitions }: Draft): boolean {
  const descriptors = transitions.flatMap(({ events }) => events ?? []);
  if (descriptors.some(({ wildcard }) => wildcard)) return false;
  const heard = new Set(descriptors.map(({ segments }) => segments.join('.')));
  return [...names].some((name) => ![...descriptorsOf([name])].some((descriptor) => heard.has(descriptor)));
}

function isMisspelt(name: string, other: string): boolean {
  if (name.toLowerCase() === other.toLowerCase()) return true;
  const shorter = Math.min(name.length, other.length);
  if (shorter < 4 || Math.max(name.length, other.length) > MAX_COMPARED_LETTERS) return false;
  return distance(name, other) <= (shorter < 8 ? 1 : 2);
}

/** Letters to change, add, leave out or swap with the next: the distance of Damerau and Levenshtein, restricted. */
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
