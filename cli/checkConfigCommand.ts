import { resolve } from 'node:path';
import { wrongUse } from './commandFault.ts';
import { type CommandIo, printResult } from './commandIo.ts';
import { EXIT, type Exit } from './exit.ts';

/**
 * Prints each point of the checklist of docs/security.md, for the configuration that a server with this
 * environment would have, and then what the start of that server would refuse. FAILED when a point is not ok,
 * WRONG_USE when the configuration cannot be read.
 */
export async function checkConfigCommand(io: CommandIo): Promise<Exit> {
  // Only this command and `serve` load the server.
  const { checklist, readSettings, startChecks } = await import('../server/process/index.ts');
  const dataDir = resolve(io.cwd, io.env.ORSAY_DATA_DIR ?? 'data');
  const settings = await readSettings({ ...io.env, ORSAY_DATA_DIR: dataDir }).catch((error: Error) => error);
  if (settings instanceof Error) {
    throw wrongUse(settings.message, { cause: settings });
  }
  const points = [...checklist(settings), ...(await startChecks(settings, io.clock.now()))];
  const width = Math.max(...points.map(({ name }) => name.length));
  printResult(io, points, () =>
    points.map(({ name, state, text }) => `${state.padEnd(8)} ${name.padEnd(width)}  ${text}`).join('\n'),
  );
  return points.every(({ state }) => state === 'ok') ? EXIT.OK : EXIT.FAILED;
}
