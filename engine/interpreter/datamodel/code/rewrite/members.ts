import type { MemberExpression } from 'acorn';
import type { RewriteContext } from './context.ts';

/** Members that can make properties with getters, setters or attributes. */
const EXOTIC_MEMBERS = new Set([
  ...['defineProperty', 'defineProperties', '__defineGetter__', '__defineSetter__', 'create'],
  ...['getOwnPropertyDescriptors', 'getOwnPropertyDescriptor'],
]);

export function rewriteMember(node: MemberExpression, context: RewriteContext): MemberExpression {
  if (node.object.type === 'Super') context.captureSuper();
  const object = node.object.type === 'Super' ? node.object : context.expression(node.object);
  const { property } = node;
  if (node.computed && property.type !== 'PrivateIdentifier') {
    return { ...node, object, property: context.expression(property) };
  }
  if (property.type === 'Identifier' && EXOTIC_MEMBERS.has(property.name)) {
    context.options.usage.exotic = true;
  }
  return { ...node, object };
}
