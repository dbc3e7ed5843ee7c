import type { Statement } from 'acorn';
import { checkBindings, constNames, lexicalNames } from '../bindings.ts';
import { flat } from '../build.ts';
import type { RewriteContext } from './context.ts';
import { declareFunction } from './declarations.ts';
import type { LocalScope } from './localScope.ts';
import { makeScope } from './scopeObjects.ts';

/** The statements of a block, in a scope of its own. */
export function rewriteBlock(list: readonly Statement[], context: RewriteContext): Statement[] {
  const scope = context.newScope(list);
  bindLexical(list, scope, context.isStrict);
  return [...makeScope(scope), ...rewriteStatements(list, context.inScope(scope))];
}

/** Statements that share the scope of the context. Functions come first, where they are values. */
export function rewriteStatements(list: readonly Statement[], context: RewriteContext): Statement[] {
  const rewritten = (nodes: readonly Statement[]) =>
    nodes.flatMap((node) => [...context.marks(node), ...flat(context.statement(node))]);
  if (context.frame && !context.usesScopes) return rewritten(list);
  const functions = list.filter((node) => node.type === 'FunctionDeclaration');
  const others = list.filter((node) => node.type !== 'FunctionDeclaration');
  return [...functions.map((node) => declareFunction(node, context)), ...rewritten(others)];
}

/** In sloppy code, a function in a block is bound by the function around it only (annex B.3.3). */
export function bindLexical(list: readonly Statement[], scope: LocalScope, isStrict: boolean): void {
  const bindsFunctions = scope.frame !== undefined && isStrict;
  const bound = bindsFunctions ? list : list.filter((node) => node.type !== 'FunctionDeclaration');
  lexicalNames(bound, scope.names);
  constNames(bound, scope.consts);
  checkBindings(scope.names);
}
