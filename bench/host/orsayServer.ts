import { readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { readConfigFile } from '../../server/configFile.ts';
import { type ServerProcess, startOrsayProcess } from '../../test/support/crash/orsayProcess.ts';

/** The real server, in a process of its own, on the data directory `folder`; `engine` goes over its configuration. */
export async function startOrsay(
  folder: string,
  engine: { readonly sandbox: 'none' | 'uploaded' | 'all' },
): Promise<ServerProcess> {
  await readConfigFile(folder);
  const path = join(folder, 'config.json');
  const config = JSON.parse(readFileSync(path, 'utf8'));
  writeFileSync(path, JSON.stringify({ ...config, engine: { ...config.engine, ...engine } }));
  return startOrsayProcess(folder);
}

/** Anonymous memory of a process in MB: the mapped store is not counted. Linux. */
export function anonymousMb(pid: number): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  return Number(/^RssAnon:\s+(\d+) kB/m.exec(status)?.[1]) / 1_024;
}
