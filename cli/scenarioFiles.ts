import { readdir, readFile, stat } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { readScenario, type ScenarioFile } from '../engine/scenario/index.ts';
import type { CommandIo } from './commandIo.ts';

const SCENARIO_NAME = /\.scenario\.(ya?ml|json)$/;

/** URLs of the scenario files of paths, sorted in each folder. Rejects with an Error for the user. */
export async function findScenarios(
  { cwd }: CommandIo,
  paths: readonly string[],
): Promise<readonly string[]> {
  const found = new Set<string>();
  for (const source of paths) {
    const path = resolve(cwd, source);
    const facts = await stat(path).catch(() => undefined);
    if (facts === undefined) throw new Error(`Expected a file or folder, got none of the name '${source}'.`);
    const names = facts.isDirectory() ? await scenariosIn(path) : [path];
    for (const name of names) found.add(pathToFileURL(name).href);
  }
  return [...found];
}

async function scenariosIn(folder: string): Promise<readonly string[]> {
  const names = await readdir(folder, { recursive: true });
  return names
    .filter((name) => isScenarioName(name) && !/(^|[\\/])node_modules[\\/]/.test(name))
    .sort()
    .map((name) => join(folder, name));
}

export function isScenarioName(name: string): boolean {
  return SCENARIO_NAME.test(name);
}

/** Rejects with ScenarioError, and with an Error for the user when the file cannot be read. */
export async function loadScenario(url: string): Promise<ScenarioFile> {
  return readScenario(await readFile(new URL(url), 'utf8'), url);
}
