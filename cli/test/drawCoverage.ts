import { mkdir, writeFile } from 'node:fs/promises';
import { basename, join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { DocumentCoverage } from '../../engine/documentCoverage/index.ts';
import type { Document } from '../../engine/interpreter/index.ts';
import { type CommandIo, pathOf, printNote } from '../commandIo.ts';

/** Draws each document into the folder, with the states and transitions that were passed. */
export async function drawCoverage(
  io: CommandIo,
  folder: string,
  documents: readonly DocumentCoverage[],
): Promise<void> {
  // Only this needs the libraries of drawings.
  const { drawDocument } = await import('../../engine/draw/index.ts');
  await mkdir(folder, { recursive: true });
  const names = new Set<string>();
  for (const { document, states, transitions } of documents) {
    const path = join(folder, nameOf(document.url, names));
    const overlay = {
      active: new Set<number>(),
      visited: passed(states),
      taken: takenIn(document, states, transitions),
    };
    await writeFile(path, drawDocument(document, overlay));
    printNote(
      io,
      `${pathOf(io, pathToFileURL(path).href)}: the parts of ${pathOf(io, document.url)} that the scenarios passed`,
    );
  }
}

/** The transitions that were taken, and <initial> of each state that was entered, which no record tells. */
function takenIn(
  document: Document,
  states: DocumentCoverage['states'],
  transitions: DocumentCoverage['transitions'],
): ReadonlySet<number> {
  const initials = [0, ...passed(states)].map((index) => document.states[index]!.initial ?? -1);
  return new Set([...passed(transitions), ...initials]);
}

function passed(counts: ReadonlyMap<number, number>): ReadonlySet<number> {
  return new Set([...counts].filter(([, count]) => count > 0).map(([index]) => index));
}

/** 'order.svg'; another document of the same name gets 'order-2.svg'. */
function nameOf(url: string, taken: Set<string>): string {
  const base = basename(decodeURIComponent(new URL(url).pathname)).replace(/\.\w+$/, '') || 'document';
  for (let number = 1; ; number++) {
    const name = `${base}${number === 1 ? '' : `-${number}`}.svg`;
    if (taken.has(name)) continue;
    taken.add(name);
    return name;
  }
}
