import { type NameUses, stateIdsFor } from './findNames.ts';
import type { LanguageFile, Place } from './languageFile.ts';
import { isPrefixed, type Part } from './linkFiles.ts';

/** A rename that is not possible; the message is for the editor. */
export class RenameRefused extends Error {}

/** The place that a rename changes at the cursor. Throws RenameRefused. */
export function renamedAt(found: NameUses | undefined): Place {
  if (found?.kind === 'state') return found.at;
  const got = found === undefined ? 'something else' : `the ${found.kind} '${found.name}'`;
  throw new RenameRefused(`Expected the id of a state here, got ${got}.`);
}

/** All places of a state's id, which the new one replaces. Throws RenameRefused. */
export function renameState(
  parts: readonly Part[],
  found: NameUses | undefined,
  newId: string,
): readonly Place[] {
  const at = renamedAt(found);
  const { name, definitions, uses } = found!;
  if (!/^[^\s#<>&"'][^\s<>&"']*$/.test(newId)) {
    const expected = "an id without whitespace, quotes, '<', '>' and '&' that does not begin with '#'";
    throw new RenameRefused(`Expected ${expected}, got '${newId}'.`);
  }
  const [definition] = definitions;
  if (definition === undefined) throw new RenameRefused(`Expected a state '${name}', got none.`);
  const places = [...definitions, ...uses];
  const prefixed = places.find(({ part, occurrence }) => isPrefixed(part, occurrence));
  if (prefixed) {
    const got = `'${prefixed.occurrence.name}', which an include with resolveid makes '${name}'`;
    throw new RenameRefused(`Expected an id that is written as it is, got ${got}.`);
  }
  if (isTaken(parts, at.file, definition.occurrence.inline, newId)) {
    throw new RenameRefused(`Expected an id that no state has, got '${newId}'.`);
  }
  return places;
}

function isTaken(parts: readonly Part[], file: LanguageFile, inline: number, id: string): boolean {
  return stateIdsFor(parts, file, inline).some(({ name }) => name === id);
}
