import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { resolve } from 'node:path';
import { PassThrough, Readable } from 'node:stream';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import type { CommandIo } from '../../cli/commandIo.ts';
import { runProgram } from '../../cli/program.ts';
import { systemClock } from '../../engine/ports/index.ts';
import { builtProgram } from './testBuild.ts';

/** The command's file. It compiles the sources, which takes some seconds. */
export const ORSAY = fileURLToPath(new URL('../../bin/orsay.mjs', import.meta.url));

/** The result of the command. */
export interface OrsayRun {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** `cwd` and `env` absent: those of this process. `input`: the standard input. */
export interface OrsayOptions {
  readonly cwd?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly input?: string;
}

/** Runs the command `orsay` in this process: it starts within a millisecond, and its code is measured. */
export async function runOrsay(
  args: readonly string[],
  options: Omit<OrsayOptions, 'input'> & { readonly input?: string | AsyncIterable<string> } & Partial<
      Pick<CommandIo, 'clock' | 'elapsed'>
    > = {},
): Promise<OrsayRun> {
  const { input = '', cwd = process.cwd(), env = process.env, clock = systemClock } = options;
  const { elapsed = () => performance.now() } = options;
  const [stdout, stderr] = [new PassThrough(), new PassThrough()];
  const read = Promise.all([text(stdout), text(stderr)]);
  const stdin = Readable.from(typeof input !== 'string' ? input : input === '' ? [] : [input]);
  const code = await runProgram(args, { stdin, stdout, stderr, cwd: resolve(cwd), env, clock, elapsed });
  stdout.end();
  stderr.end();
  const [out, errors] = await read;
  return { code, stdout: out, stderr: errors };
}

/** Runs the command in a process of its own until it ends. Only what a process does needs this. */
export async function spawnOrsay(
  args: readonly string[],
  options: OrsayOptions & { readonly program?: string } = {},
): Promise<OrsayRun> {
  const { input = '', program = builtProgram('cli/main.ts'), ...spawning } = options;
  const child = spawn(process.execPath, [program, ...args], spawning);
  child.stdin.end(input);
  const read = Promise.all([text(child.stdout), text(child.stderr)]);
  const [code] = (await once(child, 'close')) as [number | null];
  const [stdout, stderr] = await read;
  return { code, stdout, stderr };
}
