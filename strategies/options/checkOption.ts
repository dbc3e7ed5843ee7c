import { didYouMean } from '../../engine/ports/index.ts';
import { parseTargetList } from '../targets/index.ts';
import type { OptionType } from './optionRow.ts';
import { CALLBACK_OPTIONS, lookupKeysOf, namesIn, type ServiceOptions } from './options.ts';

/** `$token$`: replaced by the parameter `token` of the request. gms-api 2.6. */
export const TOKEN = /\$([A-Za-z_]\w*)\$/g;
/** Type 'period': a number and a unit. */
export const PERIOD = /^(\d{1,4})([yMwdhm])$/;

/** The faults of the options of a callback service, one sentence each; empty for valid options. */
export function checkOptions(options: ServiceOptions): readonly { name: string; message: string }[] {
  const missing = Object.entries(CALLBACK_OPTIONS)
    .filter(([name, row]) => row.mandatory === true && (options[name] ?? '').trim() === '')
    .map(([name]) => ({ name, message: 'is mandatory for a callback service, and is not set.' }));
  const declared = new Set([...namesIn(options._document_options), ...lookupKeysOf(options)]);
  const unknown = Object.keys(options)
    .filter((name) => !isKnown(name) && !declared.has(name))
    .map((name) => ({ name, message: unknownOption(name) }));
  const wrong = Object.entries(options).flatMap(([name, value]) => {
    const message = checkOption(name, value);
    return message === undefined ? [] : [{ name, message }];
  });
  return [...missing, ...unknown, ...wrong];
}

/** Numbered options (`_bh_regular1`, `_capacity_7`) count as known by their first words. */
const NUMBERED = /^_(bh_regular|bh_add|capacity_|throttle_ttl_|throttle_callbacks_per_service_)\d+$/;

/** Names without an underscore at the beginning are parameters of the document. */
function isKnown(name: string): boolean {
  if (!name.startsWith('_')) return true;
  return Object.hasOwn(CALLBACK_OPTIONS, name) || NUMBERED.test(name);
}

/** A misspelt option would have no effect, and nobody would notice. */
function unknownOption(name: string): string {
  const meant = didYouMean(name, Object.keys(CALLBACK_OPTIONS));
  return `is no option of a callback service.${meant} If the document reads it, list it in _document_options.`;
}

/**
 * A sentence about an invalid value; undefined for a valid one. An empty value means "not set". A value with
 * `$token$` is checked after a request has replaced the token.
 */
export function checkOption(name: string, value: string): string | undefined {
  const row = CALLBACK_OPTIONS[name];
  if (row === undefined || value.trim() === '' || value.search(TOKEN) !== -1) {
    return undefined;
  }
  return typeProblem(row.type, value);
}

/** A sentence about a value that is not of the type; undefined: it is. */
export function typeProblem(type: OptionType, value: string): string | undefined {
  const expected = mismatch(type, value.trim());
  return expected === undefined ? undefined : `expected ${expected}, got '${value}'.`;
}

function mismatch(type: OptionType, value: string): string | undefined {
  if (typeof type !== 'string') {
    return type.includes(value) ? undefined : `one of ${type.join(', ')}`;
  }
  switch (type) {
    case 'boolean':
      return /^(true|false)$/i.test(value) ? undefined : 'true or false';
    case 'integer':
      return /^\d{1,9}$/.test(value) ? undefined : 'a whole number, zero or more';
    case 'limit':
      return /^-?\d{1,9}$/.test(value) ? undefined : 'a whole number';
    case 'url':
      return isHttpUrl(value) ? undefined : 'a URL that begins with http:// or https://';
    case 'urls':
      return value.split(',').every((url) => isHttpUrl(url.trim()))
        ? undefined
        : 'URLs that begin with http:// or https://, separated by commas';
    case 'names':
      return value.split(',').every((name) => /^\s*[A-Za-z_][\w.-]*\s*$/.test(name))
        ? undefined
        : 'names, separated by commas';
    case 'range':
      return /^-?\d+\s*,\s*-?\d+$/.test(value)
        ? undefined
        : "minutes 'from,to' around now, such as '-120,120'";
    case 'period':
      return PERIOD.test(value) ? undefined : "a number and a unit y, M, w, d, h or m, such as '1M'";
    case 'thresholds':
      return /^\s*\d+:\d+\s*(,\s*\d+:\d+\s*)*$/.test(value)
        ? undefined
        : "pairs 'eta:position' separated by commas, such as '0:10,10:5'";
    case 'target':
      return targetMismatch(value);
    case 'object':
      return isJsonObject(value) ? undefined : 'a JSON object';
    case 'string':
      return undefined;
  }
}

function targetMismatch(value: string): string | undefined {
  try {
    parseTargetList(value);
    return undefined;
  } catch (error) {
    return `a target such as 'Billing@Stat_Server.GA' or a JSON array of targets (${(error as Error).message})`;
  }
}

function isJsonObject(value: string): boolean {
  try {
    const parsed: unknown = JSON.parse(value);
    return typeof parsed === 'object' && parsed !== null && !Array.isArray(parsed);
  } catch {
    // Not JSON: the caller reports what it expected.
    return false;
  }
}

function isHttpUrl(value: string): boolean {
  return /^https?:\/\//i.test(value) && URL.canParse(value);
}
