import type { AnyNode, CallExpression, Identifier } from 'acorn';
import { ancestor } from 'acorn-walk';
import { patternNames } from '../datamodel/code/bindings.ts';

/** A name that code uses and does not declare. */
export interface FreeName {
  readonly name: string;
  /** Index in the code's source. */
  readonly index: number;
}

/**
 * The names in a piece of code. A block counts as part of its function, so a name is declared rather than
 * free.
 */
export interface CodeNames {
  /** Declared outside of functions: var, let, const, function, class. */
  readonly declared: ReadonlySet<string>;
  readonly read: readonly FreeName[];
  /** Assigned: the assignment declares a name that is undeclared. */
  readonly assigned: ReadonlySet<string>;
  /** Operands of typeof: the code expects that they may be undeclared. */
  readonly probed: ReadonlySet<string>;
  /** Properties of `_data`. */
  readonly dataRead: readonly FreeName[];
  readonly dataWritten: ReadonlySet<string>;
  /** First arguments of `__Raise`. */
  readonly raised: readonly AnyNode[];
}

type Scope = Set<string>;
/** The walker has names of its own for identifiers in patterns, which are not in its types. */
type Visitors = Record<string, (node: AnyNode, state: unknown, ancestors: AnyNode[]) => void>;
type FunctionNode = Extract<
  AnyNode,
  { type: 'FunctionDeclaration' | 'FunctionExpression' | 'ArrowFunctionExpression' }
>;

export function namesOf(root: AnyNode): CodeNames {
  const scopes = declaredByFunction(root);
  const names = {
    declared: scopes.get(root)!,
    read: [] as FreeName[],
    assigned: new Set<string>(),
    probed: new Set<string>(),
    dataRead: [] as FreeName[],
    dataWritten: new Set<string>(),
    raised: [] as AnyNode[],
  };
  const isFree = (name: string, ancestors: readonly AnyNode[]): boolean =>
    !ancestors.some((node) => scopes.get(node)?.has(name) || node.type === 'WithStatement');
  const visitors: Visitors = {
    Identifier(node, _state, ancestors) {
      const { name, start } = node as Identifier;
      if (!isFree(name, ancestors)) return;
      const parent = ancestors.at(-2);
      if (parent?.type === 'UnaryExpression' && parent.operator === 'typeof') names.probed.add(name);
      else names.read.push({ name, index: start });
    },
    // The target of an assignment.
    VariablePattern(node, _state, ancestors) {
      const { name } = node as Identifier;
      if (isFree(name, ancestors)) names.assigned.add(name);
    },
    MemberExpression(node, _state, ancestors) {
      const property = dataProperty(node);
      if (property === undefined || !isFree('_data', ancestors)) return;
      if (isTarget(node, ancestors.at(-2))) names.dataWritten.add(property);
      else names.dataRead.push({ name: property, index: node.start });
    },
    CallExpression(node) {
      const { callee, arguments: given } = node as CallExpression;
      if (callee.type === 'Identifier' && callee.name === '__Raise' && given[0]) names.raised.push(given[0]);
    },
  };
  ancestor(root, visitors as Parameters<typeof ancestor>[1]);
  return names;
}

/** The property x of `_data.x` and `_data['x']`; undefined for anything else. */
export function dataProperty(node: AnyNode): string | undefined {
  if (node.type !== 'MemberExpression') return undefined;
  if (node.object.type !== 'Identifier' || node.object.name !== '_data') return undefined;
  if (!node.computed) return node.property.type === 'Identifier' ? node.property.name : undefined;
  if (node.property.type !== 'Literal') return undefined;
  return typeof node.property.value === 'string' ? node.property.value : undefined;
}

function isTarget(node: AnyNode, parent: AnyNode | undefined): boolean {
  if (parent?.type === 'AssignmentExpression') return parent.left === node;
  return parent?.type === 'UpdateExpression' && parent.argument === node;
}

/** The names that each function binds, and those that the code itself binds. */
function declaredByFunction(root: AnyNode): Map<AnyNode, Scope> {
  const scopes = new Map<AnyNode, Scope>([[root, new Set()]]);
  const scopeOf = (node: AnyNode): Scope => {
    const known = scopes.get(node);
    if (known) return known;
    const made: Scope = new Set();
    scopes.set(node, made);
    return made;
  };
  const around = (ancestors: readonly AnyNode[]): Scope => {
    const outer = ancestors.slice(0, -1).findLast((node) => isFunction(node));
    return scopeOf(outer ?? root);
  };
  const onFunction = (node: FunctionNode, ancestors: readonly AnyNode[]): void => {
    const own = scopeOf(node);
    own.add('arguments');
    for (const parameter of node.params) patternNames(parameter, own);
    if (!node.id) return;
    if (node.type === 'FunctionDeclaration') around(ancestors).add(node.id.name);
    else own.add(node.id.name);
  };
  ancestor(root, {
    Function: (node, _state, ancestors) => onFunction(node as FunctionNode, ancestors),
    VariableDeclaration(node, _state, ancestors) {
      for (const { id } of node.declarations) patternNames(id, around(ancestors));
    },
    Class({ id }, _state, ancestors) {
      if (id) around(ancestors).add(id.name);
    },
    CatchClause({ param }, _state, ancestors) {
      if (param) patternNames(param, around(ancestors));
    },
  });
  return scopes;
}

function isFunction(node: AnyNode): node is FunctionNode {
  return (
    node.type === 'FunctionDeclaration' ||
    node.type === 'FunctionExpression' ||
    node.type === 'ArrowFunctionExpression'
  );
}
