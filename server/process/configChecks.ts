import { isDeepStrictEqual } from 'node:util';
import type { Json } from '../../engine/ports/index.ts';
import { withoutSecrets } from '../../strategies/options/index.ts';
import type { ChangeConditions, ConfigPart } from '../admin/index.ts';
import { WireError } from '../errors/index.ts';
import type { Config, ConfigProblem } from './config.ts';
import { isBelow, valueAt } from './configValues.ts';

/** Otherwise nobody could undo the change; and without any user administration would be open to everybody. */
export function requireAdministrator(before: Config, after: Config): void {
  const hasUsers = Object.keys(after.users ?? {}).length > 0;
  if (hasAdministrator(after) || (!hasUsers && !hasAdministrator(before))) return;
  throw new WireError('CONFLICT', {
    message: 'Expected a user with the role administrator to remain in the configuration, got none.',
  });
}

function hasAdministrator({ administrator, users = {}, security }: Config): boolean {
  if (administrator !== undefined || security?.identityProvider !== undefined) return true;
  return Object.values(users).some(({ role }) => role === 'administrator');
}

export function requireConditions(
  { value, etag }: ConfigPart,
  { ifMatch, ifNoneMatch }: ChangeConditions,
  path: readonly string[],
): void {
  const name = path.join('.');
  const present = value === undefined ? 'it does not exist' : `its ETag is ${etag}`;
  if (ifMatch !== undefined && (value === undefined || !names(ifMatch, etag))) {
    const message = `Expected If-Match to name the present '${name}' (${present}), got ${ifMatch.slice(0, 80)}.`;
    throw new WireError('PRECONDITION_FAILED', { message });
  }
  if (ifNoneMatch !== undefined && value !== undefined && names(ifNoneMatch, etag)) {
    const message = `Expected '${name}' to differ from If-None-Match: ${ifNoneMatch.slice(0, 80)} (${present}).`;
    throw new WireError('PRECONDITION_FAILED', { message });
  }
}

/** A section may be the path of another file, which the server reads and does not write. */
export function requireOwnContent(content: Json, path: readonly string[]): void {
  const above = valueAt(content, path.slice(0, -1));
  if (typeof above !== 'string') return;
  throw new WireError('CONFLICT', {
    message: `Expected '${path[0]}' to be an object in the configuration file, got the path of another file: '${above}'. Change that file; it is read at the next start.`,
  });
}

/** A name that the file has twice, or that no object can have, would leave the earlier value. */
export function requireTaken(
  contents: readonly Json[],
  path: readonly string[],
  value: Json | undefined,
): void {
  const isTaken = (content: Json): boolean => isDeepStrictEqual(valueAt(content, path) ?? {}, value ?? {});
  if (contents.every(isTaken)) return;
  throw new WireError('CONFLICT', {
    message: `Expected '${path.join('.')}' to be a name that the file can have, and has once.`,
  });
}

/** RFC 9110, 13.1. */
function names(header: string, etag: string): boolean {
  return header.split(',').some((one) => one.trim() === '*' || one.trim() === etag);
}

export function problemIn(
  problem: ConfigProblem,
  path: readonly string[],
  value: Json | undefined,
): { readonly field: string; readonly message: string } {
  const within = problem.path.slice(path.length);
  const field = within.join('.');
  const given = value === undefined ? undefined : valueAt(value, within);
  const saysIt =
    /\b(got|received)\b/.test(problem.message) || !/^(expected|Invalid option)/.test(problem.message);
  if (saysIt || given === undefined || within.length === 0) return { field, message: problem.message };
  return {
    field,
    message: `${problem.message}, got ${JSON.stringify(withoutSecrets(given, within.at(-1))).slice(0, 80)}`,
  };
}

/** The names at which two values differ, without those at or below the path. */
export function differences(
  { from, to }: { readonly from: Json | undefined; readonly to: Json | undefined },
  at: readonly string[],
  path: readonly string[],
): readonly string[] {
  if (isBelow(at, path) || isDeepStrictEqual(from, to)) return [];
  const [before, after] = [from, to].map((value) => (value ?? {}) as { readonly [name: string]: Json });
  return [...new Set([...Object.keys(before!), ...Object.keys(after!)])].flatMap((name) => {
    const [below, pair] = [[...at, name], { from: before![name], to: after![name] }];
    if (isBelow(path, below)) return differences(pair, below, path);
    return isDeepStrictEqual(pair.from, pair.to) ? [] : [below.join('.')];
  });
}
