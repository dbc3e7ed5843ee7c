import { InvalidArgumentError } from 'commander';

/** A reader of whole numbers of the command line, from 1 to `most`. */
export function readNumberTo(most: number): (text: string) => number {
  return (text) => {
    const number = Number(text);
    if (/^\d+$/.test(text) && number >= 1 && number <= most) return number;
    throw new InvalidArgumentError(`Expected a number from 1 to ${most}, got '${text}'.`);
  };
}
