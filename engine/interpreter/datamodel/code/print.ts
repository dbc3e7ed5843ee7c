import type { AnyNode, Literal, TemplateLiteral } from 'acorn';
import type { Generator, State } from 'astring';
import { GENERATOR, generate } from 'astring';
import type { Node as EstreeNode } from 'estree';

/**
 * Text of an AST. Literals are printed from their values, never from the source text: so the code that runs
 * is the code that was parsed and checked, even if V8 would read the source differently.
 */
export function print(node: AnyNode): string {
  // astring's types are those of estree; acorn's differ in optional fields only.
  return generate(node as unknown as EstreeNode, {
    indent: '',
    lineEnd: '\n',
    generator: generator as unknown as Generator,
  });
}

type Print = (this: Record<string, Print>, node: never, state: State) => void;

const generator = {
  ...GENERATOR,
  ParenthesizedExpression(this: Record<string, Print>, node: { expression: { type: string } }, state: State) {
    state.write('(');
    this[node.expression.type]?.(node.expression as never, state);
    state.write(')');
  },
  Literal(this: unknown, node: Literal, state: State) {
    state.write(literalText(node));
  },
  TemplateLiteral(this: Record<string, Print>, node: TemplateLiteral, state: State) {
    state.write('`');
    node.quasis.forEach((quasi, index) => {
      state.write(quasi.value.raw);
      const expression = node.expressions[index];
      if (!expression) return;
      state.write('${');
      this[expression.type]?.(expression as never, state);
      state.write('}');
    });
    state.write('`');
  },
};

function literalText(node: Literal): string {
  if (node.regex) return `/${node.regex.pattern}/${node.regex.flags}`;
  if (node.bigint) return `${node.bigint}n`;
  // JSON would print Infinity, the value of 1e999, as null.
  if (node.value === Number.POSITIVE_INFINITY) return '1e999';
  return JSON.stringify(node.value);
}
