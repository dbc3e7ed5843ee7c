import { InvalidArgumentError } from 'commander';

/** Reads `name=value` of an option that may be repeated. */
export function nameAndValue(
  text: string,
  known: { readonly [name: string]: string },
): { readonly [name: string]: string } {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError(`Expected name=value, got '${text}'.`);
  return { ...known, [text.slice(0, at)]: text.slice(at + 1) };
}
