import { EXIT, type Exit } from './exit.ts';

/**
 * Prints each point of the checklist of docs/security.md, for the configuration that a server with this
 * environment would have. FAILED when a point is open, NOT_LOADED when the configuration cannot be read.
 */
export async function checkConfigCommand(env: NodeJS.ProcessEnv): Promise<Exit> {
  // Only this command and `serve` load the server.
  const { checklist, readSettings } = await import('../server/process/index.ts');
  const settings = await readSettings(env).catch((error: Error) => error);
  if (settings instanceof Error) {
    process.stderr.write(`${settings.message}\n`);
    return EXIT.NOT_LOADED;
  }
  const points = checklist(settings);
  const width = Math.max(...points.map(({ name }) => name.length));
  for (const { name, state, text } of points) {
    process.stdout.write(`${state.padEnd(8)} ${name.padEnd(width)}  ${text}\n`);
  }
  return points.every(({ state }) => state === 'ok') ? EXIT.OK : EXIT.FAILED;
}
