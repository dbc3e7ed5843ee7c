import type { Expression as ExpressionNode, Program } from 'acorn';
import type { Document, Expression } from '../../document/model.ts';
import {
  assignment,
  block,
  DATA,
  EVAL,
  GAS,
  HOLDER,
  identifier,
  KERNEL,
  returned,
  SYSTEM,
  statement,
  VALUE,
  withPositions,
} from './build.ts';
import type { DocumentNames } from './documentNames.ts';
import { documentNames } from './documentNames.ts';
import { FunctionTable, functionName } from './functionTable.ts';
import { CodeError, parseExpression } from './parseCode.ts';
import { print } from './print.ts';
import { CannotHold, Captures } from './rewrite/captures.ts';
import type { RewriteOptions } from './rewrite/context.ts';
import { rewriteExpression, rewriteLocation, rewriteScript } from './rewrite/rewriteCode.ts';

/** Names of a factory's tables of distinct functions. No document code can write them. */
const READ = 'orsay$read';
const WRITE = 'orsay$write';
const CREATE = 'orsay$create';

/** The texts that one expression compiles to: functions of the data object and the system object. */
export interface SlotTexts {
  /** Evaluates the expression, or runs the script. */
  readonly read: string;
  /** Locations only: assigns; a fault when the name is undeclared. */
  readonly write?: string;
  /** Locations only: assigns, and declares a name that is undeclared (foreach). */
  readonly create?: string;
  /** True when it reads _event itself. */
  readonly usesEvent: boolean;
  readonly usesGenesys: boolean;
}

/** The code of a document as texts, to be instantiated in the realm. */
export interface CodeTexts {
  readonly slots: readonly SlotTexts[];
  /** The pieces of code in order, each with the position of its first character and one of its slots. */
  readonly sources: readonly CodeSource[];
  /** Texts of the functions that snapshots can carry, by number. */
  readonly functions: readonly string[];
  readonly prelude: Prelude;
  readonly names: DocumentNames;
}

/**
 * Functions that every session of a document has and never changes: the global scripts declare them, and code
 * only calls them. A name and the number of its function. A snapshot says that they are there, and no more.
 * So the prelude of a document must be the same in every release.
 */
export type Prelude = ReadonlyMap<string, number>;

export interface CodeSource {
  readonly base: number;
  readonly slot: number;
}

/**
 * Compiles the code of a document to texts. Code that does not compile becomes a throw when it is evaluated.
 * `onlyCalled`: see onlyCalledFunctions.
 */
export function compileDocument(document: Document, onlyCalled: ReadonlySet<string>): CodeTexts {
  const names = documentNames(document);
  const functions = new FunctionTable();
  // Documents repeat the same expressions: each text is compiled once, in ors once for each state.
  const compiled = new Map<string, CompiledSlot>();
  const sources: CodeSource[] = [];
  let base = 0;
  const slots = document.expressions.map((expression) => {
    const { kind, state, source } = expression;
    const key = document.dialect === 'ors' ? `${kind} ${state} ${source}` : `${kind} ${source}`;
    const known = compiled.get(key);
    if (known) return known;
    const slot = new CompiledSlot({ expression, base, names, functions });
    compiled.set(key, slot);
    sources.push({ base, slot: expression.slot });
    base += source.length + 1;
    return slot;
  });
  // Only now, so that the functions that have numbers already keep them: snapshots have the numbers.
  for (const slot of compiled.values()) slot.addScopes();
  return {
    slots: slots.map(({ texts }) => texts),
    sources,
    functions: functions.texts,
    prelude: new Map([...compiled.values()].flatMap((slot) => slot.preludeOf(onlyCalled))),
    names,
  };
}

/** The code of one expression or script. */
class CompiledSlot {
  texts: SlotTexts;
  readonly #of: Omit<CodeParts, 'captures'>;
  readonly #captures = new Captures();
  #node: Program | ExpressionNode | undefined;

  constructor(of: Omit<CodeParts, 'captures'>) {
    this.#of = of;
    this.texts = this.#attempt(this.#captures, (error) => {
      const index = error instanceof CodeError ? error.index : undefined;
      return brokenSlot(error.message, index === undefined ? undefined : of.base + index);
    });
  }

  /** Compiles the code again if functions in it capture variables (Captures). */
  addScopes(): void {
    // A location is compiled three times, and hardly ever has a function.
    if (!this.#captures.needsScopes || this.#of.expression.kind === 'location') return;
    const first = this.texts;
    this.texts = this.#attempt(new Captures(this.#captures), () => first);
  }

  /** The functions that it adds to the prelude of the document. */
  preludeOf(onlyCalled: ReadonlySet<string>): readonly (readonly [name: string, number: number])[] {
    const { expression, functions } = this.#of;
    if (expression.kind !== 'script' || expression.state !== 0 || this.#node?.type !== 'Program') return [];
    return this.#node.body.flatMap((node) => {
      if (node.type !== 'FunctionDeclaration' || !onlyCalled.has(node.id.name)) return [];
      const number = functions.ownNumber(node);
      return number === undefined ? [] : [[node.id.name, number] as const];
    });
  }

  #attempt(captures: Captures, otherwise: (error: Error) => SlotTexts): SlotTexts {
    try {
      return this.#of.functions.attempt(() => this.#compile(captures));
    } catch (error) {
      if (error instanceof CodeError || error instanceof CannotHold) return otherwise(error);
      throw error;
    }
  }

  #compile(captures: Captures): SlotTexts {
    const { expression, names } = this.#of;
    this.#node ??= names.script(expression) ?? parseExpression(expression.source);
    const node = this.#node;
    const of = { ...this.#of, captures };
    const { made, event, genesys } = names.usage.record(() =>
      node.type === 'Program' ? { read: scriptText(node, of) } : valueTexts(node, of),
    );
    return { ...made, usesEvent: event, usesGenesys: genesys };
  }
}

/** A slot whose code does not compile. */
export function brokenSlot(message: string, position = -1): SlotTexts {
  const read = `() => ${KERNEL}.broken(${JSON.stringify(message)}, ${position})`;
  return { read, write: read, usesEvent: false, usesGenesys: false };
}

/**
 * The document's factory: makes all functions of all sessions, once. It has the names of data items in its
 * text, so that V8 keeps the data of all sessions in one shape. The functions of the slots are frozen: all
 * sessions share them, and code reaches them by `caller`, a property of sloppy functions.
 */
export function factoryText(code: CodeTexts): string {
  const functions = code.functions.map((text, index) => `const ${functionName(index)} = ${text};`);
  const distinct = [...new Set(code.slots)];
  const numbers = new Map(distinct.map((slot, number) => [slot, number]));
  const list = (name: string): string =>
    `[${code.slots.map((slot) => `${name}[${numbers.get(slot)}]`).join(', ')}]`;
  const items = [...code.names.dataIds].map((id) => `this[${JSON.stringify(id)}] = void 0;`);
  const prelude = [...code.prelude].map(
    ([name, number]) => `${HOLDER}[${JSON.stringify(name)}] = ${functionName(number)}(${DATA}, ${SYSTEM});`,
  );
  const table = (texts: readonly (string | undefined)[]): string =>
    `${KERNEL}.frozen([${texts.map((text) => text ?? 'null').join(',\n')}])`;
  return `(function (${KERNEL}, ${GAS}, ${EVAL}) {
${functions.join('\n')}
const ${READ} = ${table(distinct.map((slot) => slot.read))};
const ${WRITE} = ${table(distinct.map((slot) => slot.write))};
const ${CREATE} = ${table(distinct.map((slot) => slot.create))};
return {
__proto__: null,
functions: [${code.functions.map((_, index) => functionName(index)).join(', ')}],
data: function () { ${items.join(' ')} },
prelude: (${HOLDER}, ${DATA}, ${SYSTEM}) => { ${prelude.join(' ')} },
read: ${list(READ)},
write: ${list(WRITE)},
create: ${list(CREATE)}
};
})`;
}

type Texts = Omit<SlotTexts, 'usesEvent' | 'usesGenesys'>;

interface CodeParts {
  readonly expression: Expression;
  /** Position of its first character. */
  readonly base: number;
  readonly names: DocumentNames;
  readonly functions: FunctionTable;
  readonly captures: Captures;
}

/** A script where an expression is expected has its completion value (ORS). */
function scriptText(program: Program, of: CodeParts): string {
  const { expression, base, names, functions, captures } = of;
  const keepsValue = expression.kind !== 'script';
  const isStrict = isStrictScript(program);
  const options = { ...optionsFor(names, expression.state, isStrict), base, functions, captures, keepsValue };
  const body = print(block(withPositions(rewriteScript(program, options), base)));
  if (!keepsValue) return `(${DATA}, ${SYSTEM}) => { ${directive(isStrict)}${body} }`;
  return `(${DATA}, ${SYSTEM}) => { ${directive(isStrict)}let ${VALUE}; ${body} return ${VALUE}; }`;
}

function valueTexts(node: ExpressionNode, of: CodeParts): Texts {
  const { expression, base, names, functions, captures } = of;
  const { isStrict } = names;
  const options = { ...optionsFor(names, expression.state, isStrict), base, functions, captures };
  const value = rewriteExpression(node, options);
  const read = `(${DATA}, ${SYSTEM}) => { ${directive(isStrict)}${print(returned(value))} }`;
  if (expression.kind !== 'location') return { read };
  const write = (whenMissing: 'fault' | 'create'): string | undefined => {
    const target = rewriteLocation(node, whenMissing, options);
    if (!target) return undefined;
    const text = print(statement(assignment(target, identifier(VALUE))));
    return `(${DATA}, ${SYSTEM}, ${VALUE}) => { ${directive(isStrict)}${text} }`;
  };
  const assign = write('fault') ?? `() => ${KERNEL}.notAssignable()`;
  return { read, write: assign, create: write('create') ?? assign };
}

/** Code of one eval() text: a factory like a document's, of one function. */
export function evalText(names: DocumentNames, state: number, source: string): string {
  const program = names.parseScript(source);
  const isStrict = isStrictScript(program);
  const options = { ...optionsFor(names, state, isStrict), keepsValue: true };
  const body = print(block(rewriteScript(program, options)));
  return `(function (${KERNEL}, ${GAS}, ${EVAL}) { return ${KERNEL}.frozen([(${DATA}, ${SYSTEM}) => { ${directive(isStrict)}let ${VALUE}; ${body} return ${VALUE}; }])[0]; })`;
}

function optionsFor(names: DocumentNames, state: number, isStrict: boolean): RewriteOptions {
  return { names: names.of(state, isStrict), usage: names.usage, isStrict, state };
}

function isStrictScript({ body }: Program): boolean {
  return body.some((node) => node.type === 'ExpressionStatement' && node.directive === 'use strict');
}

function directive(isStrict: boolean): string {
  return isStrict ? '"use strict"; ' : '';
}
