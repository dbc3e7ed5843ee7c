import { InvalidArgumentError } from 'commander';
import { parseDelay } from '../engine/interpreter/index.ts';

/** A time of the command line, in ms. */
export function readTime(text: string): number {
  const milliseconds = parseDelay(text);
  if (milliseconds === undefined) {
    throw new InvalidArgumentError(`Expected a time such as 10s, 200ms or 5m, got '${text}'.`);
  }
  return milliseconds;
}
