import { readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { isScenarioName, readScenario, type ScenarioFile } from '../../engine/scenario/index.ts';
import { wrongUse } from '../commandFault.ts';
import type { CommandIo } from '../commandIo.ts';
import { filesBelow } from '../filesBelow.ts';

/** URLs of the scenario files of paths, sorted in each folder. Rejects with an Error for the user. */
export async function findScenarios(
  { cwd }: CommandIo,
  paths: readonly string[],
): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const source of paths) {
    const path = resolve(cwd, source);
    const facts = await stat(path).catch(() => undefined);
    if (facts === undefined) throw wrongUse(`Expected a file or folder, got none of the name '${source}'.`);
    const names = facts.isDirectory() ? await filesBelow(path, isScenarioName) : [''];
    for (const name of names) found.add(pathToFileURL(join(path, name)).href);
  }
  return [...found];
}

/** Rejects with ScenarioError, and with an Error for the user when the file cannot be read. */
export async function loadScenario(url: string): Promise<ScenarioFile> {
  return readScenario(await readFile(new URL(url), 'utf8'), url);
}
