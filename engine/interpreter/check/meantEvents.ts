import { isMisspelt } from '../../ports/index.ts';
import type { Draft } from '../document/draft.ts';
import { descriptorsOf } from './dottedNames.ts';
import type { SentEvents } from './sentEvents.ts';

/** Pairs of names compared in one document. */
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
