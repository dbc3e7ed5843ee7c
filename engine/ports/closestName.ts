/** Letters of the longest name that is compared. */
const MAX_COMPARED_LETTERS = 64;
/** Names that one question compares. */
const MAX_COMPARED_NAMES = 1_000;

/** The name that was probably meant: it differs in case, or in a letter or two. */
export function closestName(name: string, known: Iterable<string>): string | undefined {
  let compared = 0;
  let found: string | undefined;
  let least = Number.POSITIVE_INFINITY;
  for (const other of known) {
    if (other === name || !isMisspelt(name, other)) continue;
    const letters = distance(name.toLowerCase(), other.toLowerCase());
    if (letters < least) {
      least = letters;
      found = other;
    }
    compared += 1;
    if (compared === MAX_COMPARED_NAMES) break;
  }
  return found;
}

/** ` Did you mean 'x'?`, or nothing. */
export function didYouMean(name: string, known: Iterable<string>): string {
  const meant = closestName(name, known);
  return meant === undefined ? '' : ` Did you mean '${meant}'?`;
}

/** True when the names differ in case only, or in a letter or two. */
export function isMisspelt(name: string, other: string): boolean {
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
