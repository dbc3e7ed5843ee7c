import { elementAt } from './findElements.ts';
import { type NameUses, stateIdsFor } from './findNames.ts';
import type { LanguageFile, Place } from './languageFile.ts';
import { isPrefixed, type Part } from './linkFiles.ts';
import { isNameOfCode, placesOfData } from './renameData.ts';
import { RenameRefused } from './renameRefused.ts';

/** The place that a rename changes at the cursor. Throws RenameRefused. */
export function renamedAt(found: NameUses | undefined): Place {
  if (found?.kind === 'state' || found?.kind === 'data') return found.at;
  const got = found === undefined ? 'something else' : `the ${found.kind} '${found.name}'`;
  throw new RenameRefused(`Expected the id of a state or a <data>, or a name of a script here, got ${got}.`);
}

/** All places of a name, which the new one replaces. Throws RenameRefused. */
export function renameName(
  parts: readonly Part[],
  found: NameUses | undefined,
  newName: string,
): readonly Place[] {
  renamedAt(found);
  if (found!.kind === 'state') return renameState(parts, found!, newName);
  requireFreeName(parts, newName);
  return isOfScripts(found!) ? renameOfScripts(found!) : placesOfData(parts, found!);
}

/** True for a name that scripts declare. */
function isOfScripts({ definitions }: NameUses): boolean {
  return definitions.every(({ part, start }) => isInCode(part.file, start));
}

function isInCode(file: LanguageFile, offset: number): boolean {
  return file.isScript || elementAt(file.scanned, offset)?.local === 'script';
}

function requireFreeName(parts: readonly Part[], newName: string): void {
  if (!isNameOfCode(newName)) {
    throw new RenameRefused(`Expected a name of JavaScript, got '${newName}'.`);
  }
  const isTaken = parts.some(({ file }) => file.data.some(({ name }) => name === newName));
  if (isTaken) throw new RenameRefused(`Expected a name that no code uses, got '${newName}'.`);
}

function renameOfScripts({ definitions, uses }: NameUses): readonly Place[] {
  const places = [...definitions, ...uses];
  const key = places.find(({ file, start, end }) => isKey(file.text, start, end));
  if (key === undefined) return places;
  const { line } = key.file.scanned.file.locate(key.start);
  throw new RenameRefused(
    `Expected a name that is not a key of an object, got one in line ${line} of ${key.file.url.split('/').at(-1)}.`,
  );
}

/** True for the key in `{ name: 1 }` and for `{ name }`, which a rename would change. */
function isKey(text: string, start: number, end: number): boolean {
  const [before, after] = [text.slice(0, start).trimEnd().at(-1), text.slice(end).trimStart().at(0)];
  if (before !== '{' && before !== ',') return false;
  return after === ':' || ((after === ',' || after === '}') && bracketAround(text, start) === '{');
}

function bracketAround(text: string, offset: number): string | undefined {
  let open = 0;
  for (let at = offset - 1; at >= 0; at--) {
    if (')]}'.includes(text[at]!)) open += 1;
    else if ('([{'.includes(text[at]!)) {
      if (open === 0) return text[at];
      open -= 1;
    }
  }
  return undefined;
}

function renameState(parts: readonly Part[], found: NameUses, newId: string): readonly Place[] {
  const { at } = found;
  const { name, definitions, uses } = found;
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
