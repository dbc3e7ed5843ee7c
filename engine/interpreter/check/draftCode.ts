import type { Draft } from '../document/draft.ts';
import type { Dialect, Expression, ExtensionElement } from '../document/model.ts';
import { allowsBareWord, isKnownElement } from '../ors/modules.ts';
import { actionsOf } from './actions.ts';
import { type CodeNames, namesOf } from './names.ts';
import { type ParsedCode, parseCode } from './parseCode.ts';

/** One expression of a draft, parsed. */
export interface CheckedCode {
  readonly expression: Expression;
  readonly parsed: ParsedCode;
  /** Absent when the code does not parse, or is nested too deeply. */
  readonly names?: CodeNames;
}

/** The code of a draft, for the checks. */
export interface DraftCode {
  readonly all: readonly CheckedCode[];
  /** Slots of the variables that <foreach> declares. */
  readonly made: ReadonlySet<number>;
}

/** Parses all code once. Attributes that may be plain words (`type="agentgroup"`) are left out. */
export function readDraftCode(draft: Draft): DraftCode {
  const words = textAttributes(draft);
  const made = new Set<number>();
  for (const action of actionsOf(draft)) {
    if (action.kind !== 'foreach') continue;
    made.add(action.item.slot);
    if (action.index) made.add(action.index.slot);
  }
  // Documents repeat the same expressions: each text is parsed once.
  const seen = new Map<string, Omit<CheckedCode, 'expression'>>();
  const all = draft.expressions
    .filter(({ slot }) => !words.has(slot))
    .map((expression) => {
      const key = `${expression.kind} ${expression.source}`;
      const checked = seen.get(key) ?? check(expression, draft.dialect);
      seen.set(key, checked);
      return { expression, ...checked };
    });
  return { all, made };
}

/** Slots of attributes of module elements whose text counts when it is no code. */
export function textAttributes(draft: Draft): Set<number> {
  const words = new Set<number>();
  for (const action of actionsOf(draft)) {
    if (action.kind === 'extension') addWords(action.module, action.element, words);
  }
  return words;
}

function check(expression: Expression, dialect: Dialect): Omit<CheckedCode, 'expression'> {
  const parsed = parseCode(expression, dialect);
  if (parsed.kind === 'fault') return { parsed };
  try {
    return { parsed, names: namesOf(parsed.node) };
  } catch (error) {
    // The walker recurses as deep as the code. The data model compiles such code, or reports it when it runs.
    if (error instanceof RangeError) return { parsed };
    throw error;
  }
}

/**
 * Adds the attributes that are left out. An attribute that is also a location has two expressions: one is
 * enough.
 */
function addWords(module: string, element: ExtensionElement, words: Set<number>): void {
  const isKnown = isKnownElement(module, element.name);
  for (const [name, { literal, value, location }] of Object.entries(element.attributes)) {
    if (location) words.add(location.slot);
    if (!isKnown || allowsBareWord(name, literal)) words.add(value.slot);
  }
  for (const child of element.children) addWords(module, child, words);
}
