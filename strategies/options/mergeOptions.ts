import { type Json, textOf } from '../../engine/ports/index.ts';
import { checkOption, TOKEN } from './checkOption.ts';
import { firstSet, type GlobalOptions } from './limitOptions.ts';
import { CALLBACK_OPTIONS, lookupKeysOf, namesIn, type ServiceOptions } from './options.ts';

/** The kind of a request's sender, which decides the options that it may set. */
export type OptionSender = 'customer' | 'platform';

/**
 * Splits the names of a request into those that count, and options of the service that its sender may not
 * set. The configured value of such an option stays (gms-api 2.6). Nobody sets options that decide which
 * document runs. A customer sets lookup keys, and the options that `_overwritable_options` lists; without it,
 * the options that the vendor documents as parameters of requests.
 */
export function permittedFields(
  configured: ServiceOptions,
  request: Readonly<Record<string, Json>>,
  sender: OptionSender,
): { readonly fields: Readonly<Record<string, Json>>; readonly ignored: readonly string[] } {
  const ignored = Object.keys(request).filter((name) => !isPermitted(name, configured, sender));
  if (ignored.length === 0) return { fields: request, ignored };
  const names = new Set(ignored);
  return {
    fields: Object.fromEntries(Object.entries(request).filter(([name]) => !names.has(name))),
    ignored,
  };
}

function isPermitted(name: string, configured: ServiceOptions, sender: OptionSender): boolean {
  const isConfigured = Object.hasOwn(configured, name);
  const row = CALLBACK_OPTIONS[name];
  // A document is chosen by configured options, so another fixed name is a property like any other.
  if (row?.fixed === true) return !isConfigured;
  if (row?.prevails === true && (configured[name] ?? '').trim() !== '') return false;
  if (sender === 'platform' || (row === undefined && !isConfigured)) return true;
  if (lookupKeysOf(configured).includes(name)) return true;
  const listed = namesIn(configured._overwritable_options);
  if (listed.length > 0) return listed.includes(name);
  return row?.client === true;
}

/**
 * The options of a service with the defaults of its template. A value of the service counts first, then one
 * of the section `callback`, then the default of the template.
 */
export function withDefaults(
  options: ServiceOptions,
  { defaults, globals }: { readonly defaults: ServiceOptions; readonly globals: GlobalOptions },
): ServiceOptions {
  const missing = Object.entries(defaults).filter(
    ([name]) => firstSet(options[name], globals[name], globals[name.replace(/^_/, '')]) === undefined,
  );
  return missing.length === 0 ? options : { ...options, ...Object.fromEntries(missing) };
}

/**
 * The options of one use of a service: the configured options, with `$token$` replaced by the request's
 * parameter `token`, overwritten by the permitted fields of the request. gms-api 2.6, 4.2.
 */
export function mergeOptions(
  configured: ServiceOptions,
  request: Readonly<Record<string, Json>>,
): {
  readonly options: ServiceOptions;
  /** Sentences about values that cannot be used; empty: the options are valid. */
  readonly problems: readonly string[];
} {
  const merged: Record<string, string> = {};
  const problems: string[] = [];
  for (const [name, value] of Object.entries(configured)) {
    const given = Object.hasOwn(request, name) ? request[name] : undefined;
    merged[name] = given === undefined ? substitute(name, value, request, problems) : textOf(given);
    const problem = checkOption(name, merged[name]);
    if (problem !== undefined) {
      problems.push(`${name}: ${problem}`);
    }
  }
  for (const [name, value] of Object.entries(request)) {
    const problem = Object.hasOwn(configured, name) ? undefined : checkOption(name, textOf(value));
    if (problem !== undefined) {
      problems.push(`${name}: ${problem}`);
    }
  }
  return { options: merged, problems };
}

function substitute(
  name: string,
  value: string,
  request: Readonly<Record<string, Json>>,
  problems: string[],
): string {
  return value.replace(TOKEN, (whole, token: string) => {
    if (Object.hasOwn(request, token)) {
      return textOf(request[token]);
    }
    problems.push(
      `${name}: its value '${value}' needs the parameter '${token}', which the request does not have.`,
    );
    return whole;
  });
}
