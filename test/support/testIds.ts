import type { Ids } from '../../engine/ports/ids.ts';
import { asId } from './ids.ts';

/**
 * Ids that count: the same in every run. `session()` gives 000...0S1, `uuid()`
 * 00000000-0000-7000-8000-000000000001.
 */
export function createTestIds(): Ids {
  let counter = 0;
  function next(): number {
    counter++;
    return counter;
  }
  return {
    prefix: '',
    session: () => asId(`S${next()}`.padStart(32, '0')),
    uuid: () => `00000000-0000-7000-8000-${String(next()).padStart(12, '0')}`,
    hex: (length) => next().toString(16).padStart(length, '0').slice(-length),
    seed: () => next(),
  };
}
