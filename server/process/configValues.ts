import { createHmac, randomBytes } from 'node:crypto';
import { applyEdits, modify } from 'jsonc-parser';
import type { Json } from '../../engine/ports/index.ts';
import type { ConfigPart } from '../admin/index.ts';
import type { Config } from './config.ts';

/** The text with this value. Everything outside of the edited object keeps its form. */
export function editText(text: string, path: readonly string[], value: Json | undefined): string {
  const indent = /\n([ \t]+)/.exec(text)?.[1] ?? '  ';
  const insertSpaces = !indent.startsWith('\t');
  const eol = text.includes('\r\n') ? '\r\n' : '\n';
  const formattingOptions = { insertSpaces, tabSize: insertSpaces ? indent.length : 1, eol };
  return applyEdits(text, modify(text, [...path], value, { formattingOptions }));
}

export function isBelow(path: readonly string[], above: readonly string[]): boolean {
  return above.every((name, index) => path[index] === name);
}

export function partOf(whole: Json, path: readonly string[]): ConfigPart {
  const value = valueAt(whole, path);
  return { value, etag: etagOf(value) };
}

export function valueAt(whole: Json, path: readonly string[]): Json | undefined {
  let value: Json | undefined = whole;
  for (const name of path) {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) return undefined;
    value = Object.hasOwn(value, name) ? (value as { readonly [name: string]: Json })[name] : undefined;
  }
  return value;
}

/** Keyed, because a reader who may not see a secret could try guesses with a plain digest. */
const ETAG_KEY = randomBytes(32);

export function etagOf(value: Json | undefined): string {
  const digest = createHmac('sha256', ETAG_KEY)
    .update(JSON.stringify(value ?? null))
    .digest('hex');
  return `"${digest.slice(0, 32)}"`;
}

export function plain(config: Config): Json {
  return JSON.parse(JSON.stringify(config)) as Json;
}
