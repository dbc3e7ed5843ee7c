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
