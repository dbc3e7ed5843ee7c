import type { Json } from '../../engine/ports/index.ts';
import { WireError } from '../errors/index.ts';

export function invalidParameter(name: string, expected: string, got: Json): WireError {
  return new WireError('PARAMETER_INVALID', {
    message: `Expected ${name} to be ${expected}, got '${String(got)}'.`,
  });
}
