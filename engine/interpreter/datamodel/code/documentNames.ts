import type { Program, Statement } from 'acorn';
import type { Document, Expression } from '../../document/model.ts';
import { declaredNames } from './bindings.ts';
import { flatNames } from './flatNames.ts';
import type { Names } from './names.ts';
import { addOrsSystemNames, commonSystemNames } from './names.ts';
import { CodeError, parseExpressionOrScript, parseScript } from './parseCode.ts';
import type { ChainScope } from './scopedNames.ts';
import { scopedNames } from './scopedNames.ts';
import { Usage } from './usage.ts';

/** The names of a document: the declared ones, and those that code of a given state sees. */
export interface DocumentNames {
  readonly usage: Usage;
  /**
   * True when expressions are strict (w3c). In ors they are sloppy, and may declare variables by assigning
   * them.
   */
  readonly isStrict: boolean;
  readonly dataIds: ReadonlySet<string>;
  /** ORS: states with a variable scope of their own, 0 first. Empty in w3c. */
  readonly scopedStates: readonly number[];
  /** True when code of the document may call eval. */
  readonly usesEval: boolean;
  of(state: number, isStrict: boolean): Names;
  /** The code of a <script>, or ORS code that is a script where an expression is expected; else undefined. */
  script(expression: Expression): Program | undefined;
  parseScript(source: string): Program;
}

/** Name of the data object's property that holds the variable scope of a state. */
export function scopeSlot(state: number): string {
  return `s${state}`;
}

/** The word `eval`, also spelt with unicode escapes. */
const MAY_CALL_EVAL = /\beval\b|\\u(?:\{|00(?:65|76|61|6c))/i;

export function documentNames(document: Document): DocumentNames {
  const usage = new Usage();
  const scripts = parseScripts(document);
  const declared = declaredByState(document, scripts);
  const dataIds = new Set(document.data.map((item) => item.id));
  const callsEval = (expression: Expression) => MAY_CALL_EVAL.test(expression.source);
  const usesEval = document.expressions.some(callsEval);
  const base = {
    usage,
    dataIds,
    usesEval,
    script(expression: Expression): Program | undefined {
      const program = scripts.get(expression.slot);
      if (program instanceof CodeError) throw program;
      return program;
    },
    parseScript,
  };
  if (document.dialect === 'w3c') {
    const systemNames = commonSystemNames(document.name, usage);
    const all = new Set([...declared.values()].flatMap((names) => [...names]));
    const of = (_state: number, isStrict: boolean) =>
      flatNames({ dataIds, declared: all, systemNames, isStrict, usage });
    return { ...base, isStrict: true, scopedStates: [], of };
  }
  const evalStates = document.expressions.filter(callsEval).map((expression) => expression.state);
  const scoped = new Set([0, ...declared.keys(), ...evalStates]);
  const namesByState = new Map<number, Names>();
  const of = (state: number): Names => {
    const known = namesByState.get(state);
    if (known) return known;
    const systemNames = commonSystemNames(document.name, usage);
    addOrsSystemNames(systemNames, prefixOf(document, state), usage);
    const chain = chainOf(document, state, scoped, declared);
    const names = scopedNames({ dataIds, chain, systemNames, isDynamic: usesEval, usage });
    namesByState.set(state, names);
    return names;
  };
  return { ...base, isStrict: false, scopedStates: [...scoped].sort((a, b) => a - b), of };
}

function parseScripts(document: Document): Map<number, Program | CodeError> {
  const scripts = new Map<number, Program | CodeError>();
  for (const { slot, kind, source } of document.expressions) {
    if (kind === 'script') scripts.set(slot, parsedOrError(source));
    else if (document.dialect === 'ors' && kind !== 'location') {
      const program = statementsOf(source);
      if (program !== undefined) scripts.set(slot, program);
    }
  }
  return scripts;
}

/** ORS: a script where an expression is expected. */
function statementsOf(source: string): Program | undefined {
  try {
    const node = parseExpressionOrScript(source);
    return node.type === 'Program' ? node : undefined;
  } catch (error) {
    // It is reported when it is evaluated.
    if (error instanceof CodeError) return undefined;
    throw error;
  }
}

function parsedOrError(source: string): Program | CodeError {
  try {
    return parseScript(source);
  } catch (error) {
    if (error instanceof CodeError) return error;
    throw error;
  }
}

function declaredByState(
  document: Document,
  scripts: ReadonlyMap<number, Program | CodeError>,
): Map<number, Set<string>> {
  const declared = new Map<number, Set<string>>();
  for (const [slot, program] of scripts) {
    if (program instanceof CodeError) continue;
    const names = declaredNames(program.body as Statement[]);
    if (names.size === 0) continue;
    const { state } = document.expressions[slot]!;
    declared.set(state, new Set([...(declared.get(state) ?? []), ...names]));
  }
  return declared;
}

/** Scopes that code of the state sees: innermost first, the document's last. */
function chainOf(
  document: Document,
  state: number,
  scoped: ReadonlySet<number>,
  declared: ReadonlyMap<number, ReadonlySet<string>>,
): ChainScope[] {
  const chain: ChainScope[] = [];
  for (let at = state; at > 0; at = document.states[at]?.parent ?? -1) {
    if (scoped.has(at)) chain.push({ slot: scopeSlot(at), declared: declared.get(at) ?? new Set() });
  }
  chain.push({ slot: scopeSlot(0), declared: declared.get(0) ?? new Set() });
  return chain;
}

/**
 * _my_prefix of a state: the prefix of the nearest state around it, or itself, that was included with
 * resolveid.
 */
function prefixOf(document: Document, state: number): string | undefined {
  for (let at = state; at >= 0; at = document.states[at]?.parent ?? -1) {
    const prefix = document.states[at]?.prefix;
    if (prefix !== undefined) return prefix;
  }
  return undefined;
}
