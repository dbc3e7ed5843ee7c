/** Characters of a statement that are searched for the name in a message. */
const MAX_STATEMENT = 2_000;

const NAME = String.raw`[\p{ID_Start}$_][\p{ID_Continue}$]*`;

/** Messages of V8 that name the variable or property at fault, and where code has that name. */
const NAMED: readonly (readonly [message: RegExp, use: (name: string) => RegExp])[] = [
  [new RegExp(`^ReferenceError: (${NAME}) is not `, 'u'), (name) => variable(name, '')],
  [/\((?:reading|setting) '([^']+)'\)/, property],
  [
    new RegExp(`^TypeError: .*?(${NAME}) is not a (?:function|constructor)`, 'u'),
    (name) => variable(name, String.raw`\s*(?=[(\x60]|\?\.|$|[;)\s])`),
  ],
  [new RegExp(`^TypeError: .*?(${NAME}) is not iterable`, 'u'), (name) => variable(name, '')],
];

/**
 * The index of the part of a statement that failed: the name in the message, if the statement has it. `start`
 * is where the statement begins.
 */
export function faultIndex(source: string, start: number, message: string): number {
  for (const [pattern, use] of NAMED) {
    const name = pattern.exec(message)?.[1];
    if (name === undefined) continue;
    const found = use(escaped(name)).exec(source.slice(start, start + MAX_STATEMENT));
    return found === null ? start : start + found.index;
  }
  return start;
}

function variable(name: string, after: string): RegExp {
  return new RegExp(`(?<![\\p{ID_Continue}$])${name}(?![\\p{ID_Continue}$])${after}`, 'u');
}

function property(name: string): RegExp {
  return new RegExp(
    `(?<=\\.\\s*)${name}(?![\\p{ID_Continue}$])|(?<=\\[\\s*)['"]${name}['"]|(?<=\\[)${name}(?=\\])`,
    'u',
  );
}

function escaped(text: string): string {
  return text.replace(/[\\^$.*+?()[\]{}|/-]/g, '\\$&');
}
