import type { Json } from '../../ports/index.ts';
import type { Dialect } from '../index.ts';

const PATH = /^(?:[A-Za-z_$][\w$]*)(?:\.[A-Za-z_$][\w$]*|\[\d+\])*$/;
const ORS_DATA = '_data.';

/**
 * The value of a path such as `_data.order.items[0]` or, in the W3C dialect, `order.total`. An expression
 * needs a compilation of its document, a path does not. Undefined: it is no such path, or has no value.
 */
export function valueAtPath(data: Json, path: string, dialect: Dialect): Json | undefined {
  const isOfData = path.startsWith(ORS_DATA);
  // Without the prefix, an ORS document may mean a variable of a script.
  if (!PATH.test(path) || (dialect === 'ors' && !isOfData)) return undefined;
  const names = (isOfData ? path.slice(ORS_DATA.length) : path).match(/[\w$]+/g) ?? [];
  let value: Json | undefined = data;
  for (const name of names) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, name)) return undefined;
    value = (value as { readonly [name: string]: Json })[name];
  }
  return value;
}
