import { isDeepStrictEqual } from 'node:util';
import type { Json } from '../../engine/ports/index.ts';
import { withoutSecrets } from '../../strategies/options/index.ts';

/** Names that one entry of the audit log shows. */
const MAX_SHOWN_NAMES = 50;
/** Characters of a value that an entry shows. */
const MAX_SHOWN_CHARS = 80;

type JsonObject = { readonly [name: string]: Json };

/** The names that differ between two objects, with both values, for the audit log. */
export function detailsOfChange(before: Json | undefined, after: Json | undefined): JsonObject {
  if (after === undefined) return {};
  const [from, to] = [fieldsOf(before), fieldsOf(after)];
  const names = [...new Set([...Object.keys(from), ...Object.keys(to)])].filter(
    (name) => !isDeepStrictEqual(valueIn(from, name), valueIn(to, name)),
  );
  const changes = names
    .slice(0, MAX_SHOWN_NAMES)
    .map((name): [string, Json] => [
      name.slice(0, MAX_SHOWN_CHARS),
      { from: shown(name, valueIn(from, name)), to: shown(name, valueIn(to, name)) },
    ]);
  const more = names.length - changes.length;
  return {
    ...(before === undefined && { created: true }),
    changes: Object.fromEntries(changes),
    ...(more > 0 && { more }),
  };
}

function fieldsOf(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

function valueIn(fields: JsonObject, name: string): Json | undefined {
  return Object.hasOwn(fields, name) ? fields[name] : undefined;
}

/** Null: not set. Secrets are left out. */
function shown(name: string, value: Json | undefined): Json {
  if (value === undefined) return null;
  const plain = withoutSecrets(value, name);
  return (typeof plain === 'string' ? plain : JSON.stringify(plain)).slice(0, MAX_SHOWN_CHARS);
}
