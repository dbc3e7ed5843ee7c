import type { Json } from '../../engine/ports/index.ts';
import { checkOption, TOKEN } from './checkOption.ts';
import { ServiceError } from './errors.ts';
import { CALLBACK_OPTIONS, namesIn, type ServiceOptions } from './options.ts';

/**
 * The options of one use of a service: the configured options, with `$token$` replaced by the request's
 * parameter `token`, overwritten by the options of the request. Options that decide which document runs are
 * never overwritten. With `_overwritable_options`, only the options that it lists are. Throws ServiceError
 * CALLBACK_INVALID. gms-api 2.6, 4.2.
 */
export function mergeOptions(
  configured: ServiceOptions,
  request: Readonly<Record<string, Json>>,
): ServiceOptions {
  const merged: Record<string, string> = {};
  const problems: string[] = [];
  const listed = configured._overwritable_options;
  const overwritable = listed === undefined || listed.trim() === '' ? undefined : namesIn(listed);
  for (const [name, value] of Object.entries(configured)) {
    const given = Object.hasOwn(request, name) ? request[name] : undefined;
    const mayOverwrite =
      CALLBACK_OPTIONS[name]?.fixed !== true && (overwritable === undefined || overwritable.includes(name));
    merged[name] =
      given !== undefined && mayOverwrite ? textOf(given) : substitute(name, value, request, problems);
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
  if (problems.length > 0) {
    throw new ServiceError('CALLBACK_INVALID', `The request cannot be served. ${problems.join(' ')}`);
  }
  return merged;
}

/** A parameter as text: options are text, also when the client sends other JSON. */
export function textOf(value: Json | undefined): string {
  if (value === undefined || value === null) {
    return '';
  }
  return typeof value === 'string' ? value : JSON.stringify(value);
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
