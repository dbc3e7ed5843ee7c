import { bothCases, readEscape } from './escapes.ts';
import { literal, type Scanner } from './scanner.ts';

/** Classes in classes. */
const MAX_CLASS_DEPTH = 20;

/**
 * A character class, as a JavaScript class for the flag `v`; its `[` is skipped already. The members are one
 * union, and `&&` separates unions of which the class is the intersection.
 */
export function readClass(scanner: Scanner, depth = 0): string {
  if (depth > MAX_CLASS_DEPTH) throw scanner.fault(`more than ${MAX_CLASS_DEPTH} classes are nested`);
  const isNegative = scanner.take('^');
  const unions: string[] = [];
  let members = '';
  for (;;) {
    scanner.skipComments();
    if (scanner.peek() === ']' && (members !== '' || unions.length > 0)) {
      scanner.at += 1;
      if (members === '') throw scanner.fault("a member is missing after '&&'");
      unions.push(members);
      break;
    }
    if (scanner.peek() === '&' && scanner.peek(1) === '&') {
      if (members === '') throw scanner.fault("a member is missing before '&&'");
      scanner.at += 2;
      unions.push(members);
      members = '';
      continue;
    }
    members += scanner.take('[') ? readClass(scanner, depth + 1) : readMember(scanner);
  }
  const content = unions.length === 1 ? unions[0]! : unions.map((union) => `[${union}]`).join('&&');
  return `[${isNegative ? '^' : ''}${content}]`;
}

/** A character, a range, a predefined class or a quotation. */
function readMember(scanner: Scanner): string {
  if (scanner.take('\\Q')) {
    return [...scanner.until('\\E')].map((one) => bothCases(one, scanner.flags.i)).join('');
  }
  const first = readCharacter(scanner);
  if (typeof first !== 'string') return first.set;
  scanner.skipComments();
  const isRange = scanner.peek() === '-' && !['', '[', ']'].includes(scanner.peek(1));
  if (!isRange) return bothCases(first, scanner.flags.i);
  scanner.at += 1;
  scanner.skipComments();
  const last = readCharacter(scanner);
  if (typeof last !== 'string') throw scanner.fault('a range ends with a class');
  if (first.codePointAt(0)! > last.codePointAt(0)!) throw scanner.fault('a range ends before it begins');
  return range(first, last) + (scanner.flags.i ? otherCases(first, last) : '');
}

function readCharacter(scanner: Scanner): string | { readonly set: string } {
  const character = scanner.next();
  if (character !== '\\') return character;
  const escaped = readEscape(scanner);
  return 'set' in escaped ? escaped : escaped.character;
}

function range(first: string, last: string): string {
  return `${literal(first)}-${literal(last)}`;
}

/** The letters of a range, in the other case. */
function otherCases(first: string, last: string): string {
  const from = first.codePointAt(0)!;
  const to = last.codePointAt(0)!;
  return [
    ['a', 'z', -32],
    ['A', 'Z', 32],
  ]
    .map(([low, high, shift]) => {
      const begin = Math.max(from, String(low).codePointAt(0)!);
      const end = Math.min(to, String(high).codePointAt(0)!);
      const letterOf = (point: number): string => String.fromCodePoint(point + Number(shift));
      return begin > end ? '' : range(letterOf(begin), letterOf(end));
    })
    .join('');
}
