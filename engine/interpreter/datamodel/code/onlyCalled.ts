import type { AnyNode, Identifier } from 'acorn';
import { ancestor } from 'acorn-walk';
import type { Document, Expression } from '../../document/model.ts';
import { CodeError, parseExpression, parseScript, withoutParentheses } from './parseCode.ts';

/**
 * Code that may get at a function without its name: by eval, or by `caller`, a property of sloppy functions. A unicode
 * escape may spell either word. Code that makes up the word `caller` at run time is not seen: what it adds to functions
 * is not in snapshots.
 */
const REACHES_FUNCTIONS = /\b(?:eval|caller)\b|\\u/;

/**
 * Names of the functions at the top of scripts that code only ever calls. No code has such a function as a value, so
 * its prototype is as it was made, and snapshots do not check it: V8 makes a prototype when it is first read, and
 * chat-delay.scxml would take 27 KB for a session in memory instead of 10 KB. A name in doubt is not in the set.
 */
export function onlyCalledFunctions(document: Document): ReadonlySet<string> {
  if (document.expressions.some(({ source }) => REACHES_FUNCTIONS.test(source))) return new Set();
  const declared = new Set<string>();
  const excluded = new Set(document.data.map(({ id }) => id));
  let reachesAll = false;

  function addName(node: AnyNode, _state: unknown, ancestors: readonly AnyNode[]): void {
    const { name } = node as Identifier;
    // It has the function as `callee`.
    if (name === 'arguments') reachesAll = true;
    if (isCallee(ancestors)) return;
    if (isTopFunction(ancestors) && !declared.has(name)) declared.add(name);
    else excluded.add(name);
  }

  const visitors = {
    // The walker's names for an identifier that is read, and for one that is bound or assigned.
    Identifier: addName,
    VariablePattern: addName,
    // It may be the object that holds the variables.
    ThisExpression: () => {
      reachesAll = true;
    },
  };
  for (const expression of document.expressions) {
    const tree = treeOf(expression);
    if (tree) ancestor(tree, visitors as Parameters<typeof ancestor>[1]);
  }
  return reachesAll ? new Set() : new Set([...declared].filter((name) => !excluded.has(name)));
}

/** Undefined for code that does not parse: it never runs. */
function treeOf({ kind, source }: Expression): AnyNode | undefined {
  try {
    return kind === 'script' ? parseScript(source) : parseExpression(source);
  } catch (error) {
    if (error instanceof CodeError) return undefined;
    throw error;
  }
}

/** The last of the ancestors is the identifier itself. */
function isCallee(ancestors: readonly AnyNode[]): boolean {
  const name = ancestors.at(-1)!;
  const parent = ancestors.findLast((node) => node !== name && node.type !== 'ParenthesizedExpression');
  if (parent?.type === 'CallExpression') {
    return parent.callee.type !== 'Super' && withoutParentheses(parent.callee) === name;
  }
  return parent?.type === 'TaggedTemplateExpression' && withoutParentheses(parent.tag) === name;
}

/** A generator is none: what it returns has its prototype. */
function isTopFunction(ancestors: readonly AnyNode[]): boolean {
  const name = ancestors.at(-1)!;
  const functions = ancestors.filter((node) => 'params' in node || node.type === 'ClassBody');
  const [only] = functions;
  return (
    functions.length === 1 && only?.type === 'FunctionDeclaration' && only.id === name && !only.generator
  );
}
