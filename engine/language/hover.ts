import { factsOf, moduleOf, refusalOf, ruleOf, XINCLUDE_NAMESPACE } from '../interpreter/index.ts';
import { dialectOf } from './dialectOf.ts';
import { elementAt } from './findElements.ts';
import { findName, type NameUses } from './findNames.ts';
import type { LanguageFile, Place } from './languageFile.ts';
import type { Part } from './linkFiles.ts';
import { isScxmlElement } from './occurrences.ts';
import type { ScannedElement } from './scanXml.ts';
import { ORS_BASELINE, ORS_CORE, ORS_INCLUDES, ORS_SECTIONS, SECTIONS } from './sections.ts';

export interface Hover extends Place {
  /** Markdown. */
  readonly text: string;
}

/** The description of an element, or the places of a name. */
export function hoverAt(parts: readonly Part[], file: LanguageFile, offset: number): Hover | undefined {
  const found = findName(parts, file, offset);
  if (found !== undefined) return { ...found.at, text: nameText(found) };
  const element = elementAt(file.scanned, offset) ?? elementAt(file.scanned, offset + 1);
  if (element === undefined) return undefined;
  const end = element.offset + 1 + element.name.length;
  if (offset > end) return undefined;
  const text = elementText(element, parts, file);
  return text === undefined ? undefined : { file, start: element.offset, end, text };
}

function nameText({ kind, name, definitions, uses }: NameUses): string {
  const [made, used] = kind === 'event' ? ['senders', 'transitions'] : ['definitions', 'uses'];
  const [first] = definitions;
  const at = first === undefined ? '' : `, first in line ${lineOf(first)} of ${nameOfFile(first.file.url)}`;
  return `${kind} \`${name}\`: ${definitions.length} ${made}${at}; ${uses.length} ${used}`;
}

function lineOf({ file, start }: Place): number {
  return file.scanned.file.locate(start).line;
}

function nameOfFile(url: string): string {
  return url.slice(url.lastIndexOf('/') + 1);
}

function elementText(
  element: ScannedElement,
  parts: readonly Part[],
  file: LanguageFile,
): string | undefined {
  if (element.uri === XINCLUDE_NAMESPACE) return `\`<${element.name}>\` — ${ORS_INCLUDES}`;
  const module = moduleOf(element.uri);
  if (module !== undefined) return moduleText(element, module);
  if (!isScxmlElement(element)) return undefined;
  const dialect = dialectOf(parts, file);
  const rule = ruleOf(element.local, dialect);
  if (rule === undefined) return undefined;
  const [section, purpose] = SECTIONS.get(element.local) ?? [];
  const attributes = [...rule.attributes, ...((dialect === 'ors' ? rule.ors : undefined) ?? [])];
  const recommendation = section && `[SCXML ${section}](https://www.w3.org/TR/scxml/#${element.local})`;
  const places = [recommendation, dialect === 'ors' ? ORS_CORE : undefined];
  return [
    `\`<${element.local}>\` — ${places.filter(Boolean).join(', ')}`,
    purpose,
    listOf('Attributes', attributes),
  ]
    .filter(Boolean)
    .join('\n\n');
}

function moduleText({ name, local }: ScannedElement, module: string): string {
  const facts = factsOf(module, local);
  const refusal = refusalOf(module, local);
  const section = ORS_SECTIONS.get(module) ?? ORS_BASELINE;
  const without = Object.entries({ ...facts?.unused, ...facts?.refused });
  return [
    `\`<${name}>\` — ${section}`,
    refusal && `It leads to its error event: ${refusal}.`,
    listOf('Attributes', facts?.attributes ?? []),
    ...without.map(([attribute, reason]) => `Not \`${attribute}\`: ${reason}.`),
  ]
    .filter(Boolean)
    .join('\n\n');
}

function listOf(title: string, names: readonly string[]): string {
  return names.length === 0 ? '' : `${title}: ${names.map((name) => `\`${name}\``).join(', ')}`;
}
