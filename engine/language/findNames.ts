import type { LanguageFile, Place } from './languageFile.ts';
import { fullName, type Part } from './linkFiles.ts';
import type { Occurrence } from './occurrences.ts';

/** An occurrence in its file. */
export interface Named extends Place {
  readonly part: Part;
  readonly occurrence: Occurrence;
  /** Its name in the document as a whole. */
  readonly name: string;
}

/** The places where a name is made, and those where it is used, in the order of the files. */
export interface NameUses {
  readonly kind: Occurrence['kind'];
  readonly name: string;
  readonly at: Place;
  readonly definitions: readonly Named[];
  readonly uses: readonly Named[];
}

/** The name at an offset with all of its places in the parts; undefined where there is none. */
export function findName(parts: readonly Part[], file: LanguageFile, offset: number): NameUses | undefined {
  const here = parts.filter((part) => part.file.url === file.url);
  for (const part of here) {
    const occurrence = occurrenceAt(part.file, offset) ?? dataAt(parts, part, offset);
    if (occurrence === undefined) continue;
    const name = fullName(part, occurrence);
    const { kind, start, end, inline } = occurrence;
    const same = placesOf(parts, kind, { file: part.file, inline, isSame: sameAs(occurrence, name) });
    return {
      kind,
      name,
      at: { file: part.file, start, end },
      definitions: same.filter((found) => found.occurrence.role === 'definition'),
      uses: same.filter((found) => found.occurrence.role === 'use'),
    };
  }
  return undefined;
}

/** The places of `kind` that one document has; the names of an inline <scxml> are its own. */
export function placesOf(
  parts: readonly Part[],
  kind: Occurrence['kind'],
  {
    file,
    inline,
    isSame,
  }: {
    readonly file: LanguageFile;
    readonly inline: number;
    readonly isSame: (name: string, occurrence: Occurrence) => boolean;
  },
): readonly Named[] {
  const found = new Map<string, Named>();
  for (const part of parts) {
    if (inline !== -1 && part.file.url !== file.url) continue;
    const occurrences = kind === 'data' ? part.file.data : part.file.names;
    for (const occurrence of occurrences) {
      if (occurrence.kind !== kind || occurrence.inline !== inline) continue;
      const name = fullName(part, occurrence);
      if (!isSame(name, occurrence)) continue;
      const { start, end, role } = occurrence;
      const key = `${part.file.url} ${start} ${role}`;
      if (!found.has(key)) found.set(key, { file: part.file, part, occurrence, name, start, end });
    }
  }
  return [...found.values()];
}

/** The ids of states that a place can name. */
export function stateIdsFor(parts: readonly Part[], file: LanguageFile, inline: number): readonly Named[] {
  return placesOf(parts, 'state', { file, inline, isSame: (_, { role }) => role === 'definition' });
}

function occurrenceAt(file: LanguageFile, offset: number): Occurrence | undefined {
  // The id in done.state.<id> lies inside the name of the event.
  return file.names.filter(({ start, end }) => start <= offset && offset <= end).at(-1);
}

/** A name in code counts only where a <data> has it as id. */
function dataAt(parts: readonly Part[], { file }: Part, offset: number): Occurrence | undefined {
  const found = file.data.find(({ start, end }) => start <= offset && offset <= end);
  if (found === undefined) return undefined;
  const isDefined = parts.some((part) =>
    part.file.data.some(({ role, name }) => role === 'definition' && name === found.name),
  );
  return isDefined ? found : undefined;
}

function sameAs(wanted: Occurrence, name: string): (other: string, occurrence: Occurrence) => boolean {
  if (wanted.kind !== 'event') return (other) => other === name;
  if (wanted.role === 'definition') {
    return (other, { role }) => (role === 'use' ? matches(other, name) : other === name);
  }
  return (other, { role }) => (role === 'use' ? other === name : matches(name, other));
}

/** True when a descriptor takes the event (W3C 3.12.1). */
function matches(descriptor: string, event: string): boolean {
  const start = descriptor.replace(/\.?\*?$/, '');
  return start === '' || event === start || event.startsWith(`${start}.`);
}
