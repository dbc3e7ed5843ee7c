import { access, constants } from 'node:fs/promises';
import { createServer } from 'node:net';
import { dirname } from 'node:path';
import { validityProblem } from './certificates.ts';
import { type ChecklistPoint, listenerName } from './checklist.ts';
import { readConfiguredFiles } from './configuredFiles.ts';
import type { Listener } from './httpServer.ts';
import type { Settings } from './settings.ts';

/**
 * The files, addresses and folders that a server with these settings would use. A point is `refused` when the
 * start would fail because of it. Changes nothing. `now`: ms since epoch.
 */
export async function startChecks(settings: Settings, now: number): Promise<readonly ChecklistPoint[]> {
  return [
    ...filePoints(settings, now),
    ...(await Promise.all(settings.listeners.map(addressPoint))).flat(),
    ...(await folderPoints(settings)),
  ];
}

function filePoints(settings: Settings, now: number): readonly ChecklistPoint[] {
  const { all, certificates } = readConfiguredFiles(settings);
  const warnings = new Map(
    certificates
      .filter(({ isUsable }) => isUsable)
      .map(({ path, content }) => [path, validityProblem(content, now)]),
  );
  return all.map(({ setting, path, problem }): ChecklistPoint => {
    if (problem !== undefined) return { name: setting, state: 'refused', text: `${path}: ${problem}` };
    const warning = warnings.get(path);
    return { name: setting, state: warning === undefined ? 'ok' : 'open', text: warning ?? path };
  });
}

/** The port may be in use by the running server itself, so that is no problem here. */
async function addressPoint({ address, port }: Listener): Promise<readonly ChecklistPoint[]> {
  const error = await new Promise<NodeJS.ErrnoException | undefined>((resolve) => {
    const server = createServer();
    server.once('error', resolve);
    server.listen({ host: address, port, exclusive: true }, () => server.close(() => resolve(undefined)));
  });
  if (error === undefined || error.code === 'EADDRINUSE') return [];
  const text = `the server cannot listen there: ${error.message}`;
  return [{ name: listenerName({ address, port }), state: 'refused', text }];
}

async function folderPoints({ dataDir }: Settings): Promise<readonly ChecklistPoint[]> {
  try {
    const folder = await nearestFolder(dataDir);
    await access(folder, constants.R_OK | constants.W_OK | constants.X_OK);
    return [];
  } catch (error) {
    const text = `the server cannot write its data: ${(error as Error).message}`;
    return [{ name: 'ORSAY_DATA_DIR', state: 'refused', text }];
  }
}

/** The folder, or the one in which the first start makes it. */
async function nearestFolder(path: string): Promise<string> {
  try {
    await access(path);
    return path;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'ENOENT' || dirname(path) === path) throw error;
    return nearestFolder(dirname(path));
  }
}
