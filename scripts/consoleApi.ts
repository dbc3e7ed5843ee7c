import { execFileSync } from 'node:child_process';
import { resolve } from 'node:path';
import type { z } from 'zod';
import { jsonSchemaOf, type Part } from '../server/openapi/jsonSchema.ts';
import type { Operation } from '../server/openapi/operation.ts';
import { API_DESCRIPTIONS } from '../server/process/apiDescriptions.ts';

const HEAD = `// Generated from the descriptions of the routes by \`npm run console:api\`. Do not edit.

/** The routes of the server: the parameters of each path, its query, its body, and its reply. */
export interface Operations {
`;

const ROOT = resolve(import.meta.dirname, '..');
const BIOME = resolve(ROOT, 'node_modules/@biomejs/biome/bin/biome');
export const CONSOLE_API_FILE = resolve(ROOT, 'console/api/operations.ts');

/**
 * The text of CONSOLE_API_FILE, as the formatter writes it: the routes of the server as types, from the
 * descriptions that tests hold true.
 */
export function consoleApiText(): string {
  const rows = API_DESCRIPTIONS.flatMap(({ operations }) => Object.entries(operations))
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(([name, operation]) => rowOf(name, operation));
  const input = `${HEAD}${rows.join('\n')}\n}\n`;
  const format = [BIOME, 'format', `--stdin-file-path=${CONSOLE_API_FILE}`];
  return execFileSync(process.execPath, format, { cwd: ROOT, input, encoding: 'utf8' });
}

function rowOf(name: string, operation: Operation): string {
  const parameters = [...name.matchAll(/:(\w+)/g)].map(([, parameter]) => `readonly ${parameter}: string`);
  const query = Object.keys(operation.query ?? {}).map((field) => `readonly ${nameOf(field)}: string`);
  const { body } = operation;
  return [
    `  ${textOf(name)}: {`,
    `    readonly path: ${objectOf(parameters)};`,
    `    readonly query: ${objectOf(query)};`,
    `    readonly body: ${body === undefined ? 'undefined' : typeOf(jsonSchemaOf(body.schema, 'input'))};`,
    `    readonly reply: ${replyOf(operation)};`,
    '  };',
  ].join('\n');
}

/** The reply of the first status of a success, in its own type and as JSON. */
function replyOf({ replies }: Operation): string {
  const [, reply] = Object.entries(replies).find(([status]) => Number(status) < 300) ?? [];
  const schemas: readonly (z.ZodType | undefined)[] = [reply?.schema, reply?.others?.['application/json']];
  const types = schemas
    .flatMap((schema) => schema ?? [])
    .map((schema) => typeOf(jsonSchemaOf(schema, 'output')));
  return types.length === 0 ? 'undefined' : unionOf(types);
}

/** A JSON Schema as a type of TypeScript. */
function typeOf(schema: Part, root: Part = schema): string {
  const { $ref: reference, enum: values, const: value, anyOf, oneOf, allOf, type } = schema;
  if (typeof reference === 'string') return typeOf(resolved(reference, root, schema), root);
  if (Array.isArray(values)) return unionOf(values.map(textOf));
  if (value !== undefined) return textOf(value);
  const parts = (anyOf ?? oneOf) as readonly Part[] | undefined;
  if (parts !== undefined) return unionOf(parts.map((part) => typeOf(part, root)));
  if (Array.isArray(allOf)) return allOf.map((part: Part) => `(${typeOf(part, root)})`).join(' & ');
  if (Array.isArray(type)) return unionOf(type.map((one) => typeOf({ ...schema, type: one }, root)));
  return simpleTypeOf(schema, root);
}

function simpleTypeOf(schema: Part, root: Part): string {
  switch (schema.type) {
    case 'string':
      return 'string';
    case 'number':
    case 'integer':
      return 'number';
    case 'boolean':
      return 'boolean';
    case 'null':
      return 'null';
    case 'array':
      return arrayOf(schema, root);
    case 'object':
      return recordOf(schema, root);
    default:
      return 'unknown';
  }
}

function arrayOf({ items, prefixItems }: Part, root: Part): string {
  if (Array.isArray(prefixItems)) {
    return `readonly [${prefixItems.map((item: Part) => typeOf(item, root)).join(', ')}]`;
  }
  return `readonly (${typeOf((items ?? {}) as Part, root)})[]`;
}

function recordOf(
  { properties = {}, required = [], additionalProperties: others }: Part,
  root: Part,
): string {
  const fields = Object.entries(properties as Record<string, Part>).map(
    ([name, part]) =>
      `readonly ${nameOf(name)}${(required as readonly string[]).includes(name) ? '' : '?'}: ${typeOf(part, root)}`,
  );
  if (others === undefined || others === false) return objectOf(fields);
  const isTyped = typeof others === 'object' && Object.keys(others as object).length > 0;
  const record = `Readonly<Record<string, ${isTyped ? typeOf(others as Part, root) : 'unknown'}>>`;
  return fields.length === 0 ? record : `${objectOf(fields)} & ${record}`;
}

/** A schema that refers to itself is any value from the second time on. */
function resolved(reference: string, root: Part, { seen }: Part): Part {
  const found = reference
    .split('/')
    .slice(1)
    .reduce<unknown>((part, key) => (part as Part | undefined)?.[key], root) as Part | undefined;
  return found === undefined || found === root || seen === true ? {} : { ...found, seen: true };
}

function objectOf(fields: readonly string[]): string {
  return fields.length === 0 ? 'Readonly<Record<never, never>>' : `{ ${fields.join('; ')} }`;
}

function unionOf(types: readonly string[]): string {
  return [...new Set(types)].map((type) => (type.includes('&') ? `(${type})` : type)).join(' | ');
}

function nameOf(name: string): string {
  return /^[A-Za-z_$][\w$]*$/.test(name) ? name : textOf(name);
}

function textOf(value: unknown): string {
  return typeof value === 'string'
    ? `'${value.replaceAll('\\', '\\\\').replaceAll("'", "\\'")}'`
    : JSON.stringify(value);
}
