import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { Low } from 'lowdb';
import { JSONFile } from 'lowdb/node';
import { type Config, ConfigError, initialConfig, parseConfig } from './config.ts';

/**
 * Reads config.json of the data directory; the first start writes it. A person edits the file, so it is
 * checked whole: rejects with ConfigError naming every problem.
 */
export async function readConfigFile(dataDir: string): Promise<Config> {
  await mkdir(dataDir, { recursive: true });
  const path = join(dataDir, 'config.json');
  // Not lowdb's preset: that one keeps everything in memory when NODE_ENV is 'test'.
  const adapter = new JSONFile<unknown>(path);
  const present = await adapter.read().catch((cause: unknown) => {
    throw new ConfigError(path, [`(file): not JSON: ${(cause as Error).message}`]);
  });
  const file = new Low<unknown>(adapter, present ?? initialConfig());
  if (present === null) {
    await file.write();
  }
  return parseConfig(file.data, path);
}
