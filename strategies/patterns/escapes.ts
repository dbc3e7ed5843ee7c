import { dictionary } from '../../engine/ports/index.ts';
import { literal, otherCase, type Scanner } from './scanner.ts';

/** Predefined classes of Java, as the content of a JavaScript class. */
const CLASSES: Readonly<Record<string, string>> = {
  d: '0-9',
  s: ' \\t\\n\\v\\f\\r',
  w: 'A-Za-z0-9_',
  h: ' \\t\\u{a0}\\u{1680}\\u{180e}\\u{2000}-\\u{200a}\\u{202f}\\u{205f}\\u{3000}',
  v: '\\n\\v\\f\\r\\u{85}\\u{2028}\\u{2029}',
};

/** POSIX classes, for US-ASCII, and classes of java.lang.Character. */
const PROPERTIES = dictionary<string>({
  Lower: 'a-z',
  Upper: 'A-Z',
  ASCII: '\\u{0}-\\u{7f}',
  Alpha: 'A-Za-z',
  Digit: '0-9',
  Alnum: 'A-Za-z0-9',
  Punct: '\\u{21}-\\u{2f}\\u{3a}-\\u{40}\\u{5b}-\\u{60}\\u{7b}-\\u{7e}',
  Graph: '\\u{21}-\\u{7e}',
  Print: '\\u{20}-\\u{7e}',
  Blank: ' \\t',
  Cntrl: '\\u{0}-\\u{1f}\\u{7f}',
  XDigit: '0-9A-Fa-f',
  Space: ' \\t\\n\\v\\f\\r',
  L1: '\\u{0}-\\u{ff}',
  javaLowerCase: '\\p{Lowercase}',
  javaUpperCase: '\\p{Uppercase}',
  javaAlphabetic: '\\p{Alphabetic}',
  javaDigit: '\\p{Nd}',
  javaLetter: '\\p{L}',
  javaLetterOrDigit: '\\p{L}\\p{Nd}',
});

/** Properties that make no difference between cases under CASE_INSENSITIVE. */
const CASES = new Set(['Lower', 'Upper', 'javaLowerCase', 'javaUpperCase', 'Lu', 'Ll', 'Lt']);

const CONTROLS: Readonly<Record<string, string>> = {
  t: '\t',
  n: '\n',
  r: '\r',
  f: '\f',
  a: '\x07',
  e: '\x1B',
};

/** A character, or the content of a class. */
export type Escaped = { readonly character: string } | { readonly set: string };

/** An escape that means the same inside and outside a class; the backslash is skipped already. */
export function readEscape(scanner: Scanner): Escaped {
  const letter = scanner.next();
  const control = CONTROLS[letter];
  if (control !== undefined) return { character: control };
  const lower = letter.toLowerCase();
  const set = CLASSES[lower];
  if (set !== undefined) return { set: letter === lower ? `[${set}]` : `[^${set}]` };
  switch (letter) {
    case 'p':
    case 'P':
      return { set: property(scanner, letter === 'P') };
    case 'x':
      return { character: hexadecimal(scanner) };
    case 'u':
      return { character: unicode(scanner) };
    case '0':
      return { character: octal(scanner) };
    case 'c':
      return { character: String.fromCodePoint(scanner.next().codePointAt(0)! ^ 64) };
    default:
      if (/^[A-Za-z0-9]$/.test(letter)) throw scanner.fault(`\\${letter} is not supported here`);
      return { character: letter };
  }
}

/** The characters of a member of a class, in both cases if the pattern makes no difference. */
export function bothCases(character: string, ignoresCase: boolean): string {
  const other = ignoresCase ? otherCase(character) : undefined;
  return literal(character) + (other === undefined ? '' : literal(other));
}

function property(scanner: Scanner, isNegative: boolean): string {
  const name = scanner.take('{') ? scanner.until('}') : scanner.next();
  if (scanner.flags.i && CASES.has(name.replace(/^Is/, ''))) {
    throw scanner.fault(`\\p{${name}} together with (?i) is not supported; use \\p{Alpha}`);
  }
  const content = PROPERTIES[name] ?? unicodeProperty(name);
  if (content === undefined) throw scanner.fault(`the property \\p{${name}} is not supported`);
  return isNegative ? `[^${content}]` : `[${content}]`;
}

/** Categories, scripts and binary properties of Unicode, in the spellings of Java. */
function unicodeProperty(name: string): string | undefined {
  const [, key, value] = /^(\w+)=(\w+)$/.exec(name) ?? [];
  if (key !== undefined) {
    const known = { sc: 'Script', script: 'Script', gc: 'gc', general_category: 'gc' }[key.toLowerCase()];
    return known === undefined ? undefined : supported(`${known}=${value}`);
  }
  if (!name.startsWith('Is')) return supported(`gc=${name}`);
  const bare = name.slice('Is'.length);
  const binary = bare.replace(/_?([A-Z])/g, '_$1').replace(/^_/, '');
  return supported(`gc=${bare}`) ?? supported(`Script=${bare}`) ?? supported(bare) ?? supported(binary);
}

function supported(name: string): string | undefined {
  if (!/^[\w=]+$/.test(name)) return undefined;
  try {
    new RegExp(`\\p{${name}}`, 'v');
    return `\\p{${name}}`;
  } catch {
    // This property does not exist in JavaScript.
    return undefined;
  }
}

function hexadecimal(scanner: Scanner): string {
  if (scanner.take('{')) return character(scanner, scanner.until('}'), /^[0-9A-Fa-f]{1,8}$/);
  return character(scanner, scanner.while(/^[0-9A-Fa-f]$/, 2), /^[0-9A-Fa-f]{2}$/);
}

function unicode(scanner: Scanner): string {
  const digits = scanner.while(/^[0-9A-Fa-f]$/, 4);
  const first = character(scanner, digits, /^[0-9A-Fa-f]{4}$/);
  const before = scanner.at;
  if (/^[\uD800-\uDBFF]$/.test(first) && scanner.take('\\u')) {
    const pair = first + character(scanner, scanner.while(/^[0-9A-Fa-f]$/, 4), /^[0-9A-Fa-f]{4}$/);
    if ([...pair].length === 1) return pair;
    scanner.at = before;
  }
  return first;
}

function octal(scanner: Scanner): string {
  const digits = scanner.while(/^[0-7]$/, /^[0-3]$/.test(scanner.peek()) ? 3 : 2);
  if (digits === '') throw scanner.fault('expected octal digits after \\0');
  return String.fromCodePoint(Number.parseInt(digits, 8));
}

function character(scanner: Scanner, digits: string, form: RegExp): string {
  const point = Number.parseInt(digits, 16);
  if (form.test(digits) && point <= 0x10ffff) return String.fromCodePoint(point);
  throw scanner.fault('expected hexadecimal digits of a character');
}
