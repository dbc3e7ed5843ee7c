import type { Json } from '../../engine/ports/index.ts';
import { WireError } from '../errors/index.ts';

export function invalidParameter(name: string, expected: string, got: Json): WireError {
  const shown = typeof got === 'string' ? got : JSON.stringify(got);
  return new WireError('PARAMETER_INVALID', {
    message: `Expected ${name} to be ${expected}, got '${shown.slice(0, 80)}'.`,
  });
}

/** The name of a new part of the configuration. Objects of JavaScript have `__proto__` already. */
export function requireName(name: string): void {
  if (name !== '__proto__') return;
  throw new WireError('PARAMETER_INVALID', { message: "expected another name than '__proto__'" });
}

/** 400 with each problem of a part. `field`: its path in the part, with dots; '' is the part itself. */
export function partRefused(
  problems: readonly { readonly field: string; readonly message: string }[],
): WireError {
  return new WireError('PARAMETER_INVALID', {
    message: problems
      .map(({ field, message }) => (field === '' ? message : `${field}: ${message}`))
      .join('\n'),
    details: { problems: problems.map((problem) => ({ ...problem })) },
  });
}
