import type { AssignmentProperty, Identifier, Pattern } from 'acorn';
import { CodeError } from '../parseCode.ts';
import type { RewriteContext, Visitors } from './context.ts';
import { rewriteMember } from './members.ts';
import { heldVariable } from './scopeObjects.ts';

/** Targets of assignments, and what declarations, parameters and catch bind. */
export const PATTERNS: Visitors<Pattern, Pattern> = {
  Identifier: rewriteTarget,
  MemberExpression: rewriteMember,
  ObjectPattern: (node, context) => ({
    ...node,
    properties: node.properties.map((property) =>
      property.type === 'RestElement'
        ? { ...property, argument: context.pattern(property.argument) }
        : rewriteProperty(property, context),
    ),
  }),
  ArrayPattern: (node, context) => ({
    ...node,
    elements: node.elements.map((element) => element && context.pattern(element)),
  }),
  RestElement: (node, context) => ({ ...node, argument: context.pattern(node.argument) }),
  AssignmentPattern: (node, context) => ({
    ...node,
    left: context.pattern(node.left),
    right: context.expression(node.right),
  }),
};

function rewriteTarget(node: Identifier, context: RewriteContext): Pattern {
  const { isLocal, withObjects, holding } = context.resolve(node.name);
  if (withObjects.length > 0) {
    throw new CodeError('Destructuring and for-in targets inside with are not available');
  }
  if (holding) return heldVariable(holding, node.name);
  return isLocal ? node : context.options.names.assign(node.name);
}

function rewriteProperty(node: AssignmentProperty, context: RewriteContext): AssignmentProperty {
  return {
    ...node,
    key: node.computed ? context.expression(node.key) : node.key,
    shorthand: false,
    value: context.pattern(node.value),
  };
}
