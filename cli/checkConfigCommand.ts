import { resolve } from 'node:path';
import { type CommandIo, print, printError } from './commandIo.ts';
import { EXIT, type Exit } from './exit.ts';

/**
 * Prints each point of the checklist of docs/security.md, for the configuration that a server with this
 * environment would have, and then what the start of that server would refuse. FAILED when a point is not ok,
 * NOT_LOADED when the configuration cannot be read.
 */
export async function checkConfigCommand(io: CommandIo): Promise<Exit> {
  // Only this command and `serve` load the server.
  const { checklist, readSettings, startChecks } = await import('../server/process/index.ts');
  const dataDir = resolve(io.cwd, io.env.ORSAY_DATA_DIR ?? 'data');
  const settings = await readSettings({ ...io.env, ORSAY_DATA_DIR: dataDir }).catch((error: Error) => error);
  if (settings instanceof Error) {
    printError(io, settings.message);
    return EXIT.NOT_LOADED;
  }
  const points = [...checklist(settings), ...(await startChecks(settings, io.clock.now()))];
  const width = Math.max(...points.map(({ name }) => name.length));
  for (const { name, state, text } of points) {
    print(io, `${state.padEnd(8)} ${name.padEnd(width)}  ${text}`);
  }
  return points.every(({ state }) => state === 'ok') ? EXIT.OK : EXIT.FAILED;
}
