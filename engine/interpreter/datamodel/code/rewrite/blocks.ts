import type { Statement } from 'acorn';
import { checkBindings, lexicalNames } from '../bindings.ts';
import type { RewriteContext } from './context.ts';
import { rewriteTopFunction } from './declarations.ts';
import { LocalScope } from './localScope.ts';

/** The statements of a block, in a scope of its own. */
export function rewriteBlock(list: readonly Statement[], context: RewriteContext): Statement[] {
  const scope = new LocalScope(context.scope, context.frame);
  bindLexical(list, scope);
  return rewriteList(list, context.inScope(scope));
}

/** Statements that share the scope of the context. */
export function rewriteList(list: readonly Statement[], context: RewriteContext): Statement[] {
  if (context.frame) return list.map((node) => context.statement(node));
  // A function in a block of a script hoists to the variables of the document (ECMAScript annex B.3.3).
  const functions = list.filter((node) => node.type === 'FunctionDeclaration');
  const others = list.filter((node) => node.type !== 'FunctionDeclaration');
  return [
    ...functions.map((node) => rewriteTopFunction(node, context)),
    ...others.map((node) => context.statement(node)),
  ];
}

export function bindLexical(list: readonly Statement[], scope: LocalScope): void {
  const bound = scope.frame ? list : list.filter((node) => node.type !== 'FunctionDeclaration');
  lexicalNames(bound, scope.names);
  checkBindings(scope.names);
}
