import type { Json } from '../../engine/ports/index.ts';
import { WireError } from '../errors/index.ts';

export function invalidParameter(name: string, expected: string, got: Json): WireError {
  const shown = typeof got === 'string' ? got : JSON.stringify(got);
  return new WireError('PARAMETER_INVALID', {
    message: `Expected ${name} to be ${expected}, got '${shown.slice(0, 80)}'.`,
  });
}
