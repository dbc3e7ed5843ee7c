import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';

/** The command's file. */
export const ORSAY = fileURLToPath(new URL('../../bin/orsay.mjs', import.meta.url));

/** The result of the command. */
export interface OrsayRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/**
 * Runs the command `orsay` in a process of its own until it ends. `env` absent: this process's. `input`: its
 * standard input.
 */
export async function runOrsay(
  args: readonly string[],
  options: {
    readonly cwd?: string;
    readonly env?: Readonly<Record<string, string>>;
    readonly input?: string;
  } = {},
): Promise<OrsayRun> {
  const { input = '', ...spawning } = options;
  const child = spawn(process.execPath, [ORSAY, ...args], spawning);
  child.stdin.end(input);
  let stdout = '';
  let stderr = '';
  child.stdout.on('data', (chunk) => {
    stdout += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    stderr += String(chunk);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stdout, stderr };
}
