import type { Json } from '../../engine/ports/index.ts';

const PATH = /^[A-Za-z_$][\w$]*(\.[A-Za-z_$][\w$]*|\[\d+\])*$/;

/** A name of the data with fields and list items, such as `_data.items[0].price`. */
export function isPathExpression(expression: string): boolean {
  return PATH.test(expression);
}

/** The value of such an expression in the data of a session. Undefined: there is none. */
export function valueAt(data: Json, expression: string): Json | undefined {
  const names = expression.match(/[\w$]+/g) ?? [];
  // Documents of the ORS dialect call their data _data.
  const path = names[0] === '_data' ? names.slice(1) : names;
  return path.reduce<Json | undefined>(
    (value, name) =>
      typeof value === 'object' && value !== null && Object.hasOwn(value, name)
        ? (value as { readonly [name: string]: Json })[name]
        : undefined,
    data,
  );
}
