import type { AnyNode, Identifier, Token } from 'acorn';
import { ancestor } from 'acorn-walk';
import type { Document, Expression } from '../../document/model.ts';
import {
  CodeError,
  parseExpression,
  parseExpressionOrScript,
  parseScript,
  withoutParentheses,
} from './parseCode.ts';

/**
 * Words of code that may reach a function without its name: eval, and `caller`, a property of sloppy
 * functions. Code that composes the word `caller` at run time is not found: properties that it adds to
 * functions are not in snapshots.
 */
const REACHES_FUNCTIONS = /\b(?:eval|caller)\b/;
/** Text that may have one of the words. A unicode escape may spell it. */
const MAY_REACH = /\b(?:eval|caller)\b|\\u/;

/**
 * Names of the functions at the top of scripts that code only calls. No code has such a function as a value,
 * so its prototype never changes, and snapshots need not read it. V8 makes a prototype when it is first read:
 * a session of chat-delay.scxml would take 27 KB of memory instead of 10 KB. A name in doubt is not in the
 * set.
 */
export function onlyCalledFunctions(document: Document): ReadonlySet<string> {
  if (document.expressions.some((expression) => reachesFunctions(expression, document))) return new Set();
  const declared = new Set<string>();
  const excluded = new Set(document.data.map(({ id }) => id));
  let reachesAll = false;

  function addName(node: AnyNode, _state: unknown, ancestors: readonly AnyNode[]): void {
    const { name } = node as Identifier;
    // `arguments.callee` is the function.
    if (name === 'arguments') reachesAll = true;
    if (isCallee(ancestors)) return;
    if (isTopFunction(ancestors) && !declared.has(name)) declared.add(name);
    else excluded.add(name);
  }

  const visitors = {
    // The walker's names for an identifier that is read, and for one that is bound or assigned.
    Identifier: addName,
    VariablePattern: addName,
    // `this` may be the object with the variables.
    ThisExpression: () => {
      reachesAll = true;
    },
  };
  for (const expression of document.expressions) {
    const tree = treeOf(expression, document);
    if (tree) ancestor(tree, visitors as Parameters<typeof ancestor>[1]);
  }
  return reachesAll ? new Set() : new Set([...declared].filter((name) => !excluded.has(name)));
}

/** True when a name, a string or a regular expression has one of the words, but not for comments. */
function reachesFunctions(expression: Expression, document: Document): boolean {
  if (!MAY_REACH.test(expression.source)) return false;
  const tokens: Token[] = [];
  treeOf(expression, document, tokens);
  return tokens.some((token) => REACHES_FUNCTIONS.test(textOfToken(token)));
}

/** Names and strings have their escapes replaced. A regular expression is an object with its pattern. */
function textOfToken(token: Token): string {
  const value = 'value' in token ? token.value : undefined;
  if (typeof value === 'string') return value;
  return value instanceof Object && 'pattern' in value ? String(value.pattern) : '';
}

/** Undefined for code that does not parse, which never runs. `tokens` gets what the parser reads. */
function treeOf({ kind, source }: Expression, { dialect }: Document, tokens?: Token[]): AnyNode | undefined {
  try {
    if (kind === 'script') return parseScript(source, tokens);
    return dialect === 'ors' ? parseExpressionOrScript(source, tokens) : parseExpression(source, tokens);
  } catch (error) {
    if (error instanceof CodeError) return undefined;
    throw error;
  }
}

/** True for the name of a function that is called. The last of the ancestors is the identifier itself. */
function isCallee(ancestors: readonly AnyNode[]): boolean {
  const name = ancestors.at(-1)!;
  const parent = ancestors.findLast((node) => node !== name && node.type !== 'ParenthesizedExpression');
  if (parent?.type === 'CallExpression') {
    return parent.callee.type !== 'Super' && withoutParentheses(parent.callee) === name;
  }
  return parent?.type === 'TaggedTemplateExpression' && withoutParentheses(parent.tag) === name;
}

/**
 * True for the name of a function declared outside of functions. Not for a generator: its results have its
 * prototype.
 */
function isTopFunction(ancestors: readonly AnyNode[]): boolean {
  const name = ancestors.at(-1)!;
  const functions = ancestors.filter((node) => 'params' in node || node.type === 'ClassBody');
  const [only] = functions;
  return (
    functions.length === 1 && only?.type === 'FunctionDeclaration' && only.id === name && !only.generator
  );
}
