import { type Document, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument, visit } from 'yaml';
import type { z } from 'zod';
import type { FieldPath, Place } from './contract.ts';
import { typeName } from './schema.ts';

/** Characters of a file. Also recorded scenarios are below. */
export const MAX_SCENARIO_LENGTH = 4 * 1024 * 1024;
/**
 * Brackets that may be open, and characters before the first word of a line. For some thousands, the parser
 * of the library ends the process.
 */
const MAX_OPEN_BRACKETS = 500;
const MAX_INDENT = 1_000;
/** Problems that are told of one file. */
const MAX_PROBLEMS = 20;

export interface ScenarioProblem extends Place {
  readonly message: string;
}

/** The text has another form. The message has each problem as file:line:column: message. */
export class ScenarioError extends Error {
  readonly problems: readonly ScenarioProblem[];

  constructor(problems: readonly ScenarioProblem[]) {
    super(
      problems.map(({ file, line, column, message }) => `${file}:${line}:${column}: ${message}`).join('\n'),
    );
    this.name = 'ScenarioError';
    this.problems = problems;
  }
}

/** The content of a YAML file, which fits a schema, with the locations of its fields. */
export interface ReadYaml<T> {
  readonly content: T;
  /** The location of a field, or of the nearest field around it. */
  place(path: FieldPath): Place;
}

export interface YamlForm<T> {
  readonly schema: z.ZodType<T>;
  /** Checks before the schema does; may throw ScenarioError. */
  readonly check?: (content: unknown, place: (path: FieldPath) => Place) => void;
}

/** Reads YAML, or JSON, of a form. `url`: the file. Throws ScenarioError. */
export function readYaml<T>(text: string, url: string, { schema, check }: YamlForm<T>): ReadYaml<T> {
  if (text.length > MAX_SCENARIO_LENGTH) {
    const message = `expected at most ${MAX_SCENARIO_LENGTH} characters, got ${text.length}`;
    throw new ScenarioError([{ file: url, line: 1, column: 1, message }]);
  }
  checkNesting(text, url);
  const lines = new LineCounter();
  const document = parsed(text, url, lines);
  const at = (offset: number, message: string): ScenarioProblem => ({
    ...placeAt(lines, url, offset),
    message,
  });
  const faults = [...document.errors, ...document.warnings, ...protoKeys(document)];
  if (faults.length > 0) {
    throw new ScenarioError(
      faults.slice(0, MAX_PROBLEMS).map(({ pos, message }) => at(pos[0] ?? 0, message)),
    );
  }
  const content = contentOf(document, at);
  const place = (path: FieldPath): Place => placeAt(lines, url, offsetOf(document, path));
  check?.(content, place);
  const { success, data, error } = schema.safeParse(content, { reportInput: true });
  if (success) return { content: data, place };
  throw new ScenarioError(error.issues.slice(0, MAX_PROBLEMS).map((issue) => problemOf(issue, place)));
}

/** Counts brackets in texts too: a file has no reason to open hundreds there. */
function checkNesting(text: string, file: string): void {
  let open = 0;
  for (const [index, line] of text.split('\n').entries()) {
    const indent = /^[\s?:-]*/.exec(line)![0].length;
    for (const { 0: bracket } of line.matchAll(/[[\]{}]/g)) {
      open = bracket === '[' || bracket === '{' ? open + 1 : Math.max(0, open - 1);
      if (open > MAX_OPEN_BRACKETS) break;
    }
    if (open <= MAX_OPEN_BRACKETS && indent <= MAX_INDENT) continue;
    const message = `expected at most ${MAX_OPEN_BRACKETS} open brackets and ${MAX_INDENT} characters of indentation, got more`;
    throw new ScenarioError([{ file, line: index + 1, column: 1, message }]);
  }
}

function parsed(text: string, url: string, lineCounter: LineCounter): Document {
  try {
    return parseDocument(text, { lineCounter, prettyErrors: false, version: '1.2', schema: 'core' });
  } catch (error) {
    // Text that is nested very deeply exhausts the stack of the parser.
    const message = error instanceof RangeError ? 'the text is nested too deeply' : (error as Error).message;
    throw new ScenarioError([{ file: url, line: 1, column: 1, message }]);
  }
}

/** A field of this name would be lost. */
function protoKeys(
  document: Document,
): readonly { readonly pos: readonly number[]; readonly message: string }[] {
  const found: { pos: number[]; message: string }[] = [];
  visit(document, {
    Pair: (_index, { key }) => {
      if (isScalar(key) && key.value === '__proto__') {
        found.push({ pos: [startOf(key) ?? 0], message: "expected another name than '__proto__'" });
      }
    },
  });
  return found;
}

/** Aliases are limited by the library, so that a short text cannot become a huge value. */
function contentOf(document: Document, at: (offset: number, message: string) => ScenarioProblem): unknown {
  try {
    return document.toJS();
  } catch (error) {
    throw new ScenarioError([at(0, (error as Error).message)]);
  }
}

function problemOf(issue: z.core.$ZodIssue, place: (path: FieldPath) => Place): ScenarioProblem {
  const path = issue.path.map((part) => (typeof part === 'symbol' ? String(part) : part));
  const unknown = issue.code === 'unrecognized_keys' ? issue.keys.slice(0, 1) : [];
  return { ...place([...path, ...unknown]), message: messageOf(issue, path) };
}

function messageOf(issue: z.core.$ZodIssue, path: FieldPath): string {
  const name = path.at(-1);
  const of = typeof name === 'string' ? `${name}: ` : '';
  switch (issue.code) {
    case 'invalid_type': {
      if (issue.input === undefined) return `expected the field '${name}', got none`;
      const got = typeof issue.input === 'number' ? String(issue.input) : typeName(issue.input);
      return `${of}expected ${EXPECTED_TYPES[issue.expected] ?? issue.expected}, got ${got}`;
    }
    case 'invalid_value':
      return `${of}expected ${issue.values.join(' or ')}, got ${JSON.stringify(issue.input)}`;
    case 'too_small':
      return issue.origin === 'string' ? `${of}${issue.message}` : `${of}expected at least ${issue.minimum}`;
    case 'too_big':
      return `${of}expected at most ${issue.maximum}`;
    case 'invalid_union':
      return `${of}expected a value that JSON can carry`;
    case 'unrecognized_keys':
      return issue.message;
    default:
      return `${of}${issue.message}`;
  }
}

const EXPECTED_TYPES: { readonly [type: string]: string } = {
  string: 'a text',
  array: 'a list',
  object: 'fields',
  record: 'fields',
  int: 'a whole number',
  number: 'a number',
  boolean: 'true or false',
};

/** The start of a field: of its name in fields, of the item in a list. */
function offsetOf(document: Document, path: FieldPath): number {
  let node: unknown = document.contents;
  let offset = startOf(node) ?? 0;
  for (const part of path) {
    if (isMap(node)) {
      const pair = node.items.find(({ key }) => isScalar(key) && String(key.value) === String(part));
      if (pair === undefined) return offset;
      offset = startOf(pair.key) ?? offset;
      node = pair.value;
    } else if (isSeq(node)) {
      node = node.items[Number(part)];
      offset = startOf(node) ?? offset;
    } else {
      return offset;
    }
  }
  return offset;
}

function startOf(node: unknown): number | undefined {
  return (node as Node | null | undefined)?.range?.[0];
}

function placeAt(lines: LineCounter, file: string, offset: number): Place {
  const { line, col } = lines.linePos(offset);
  // The text may be empty.
  return { file, line: Math.max(line, 1), column: Math.max(col, 1) };
}
