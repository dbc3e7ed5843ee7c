import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { builtProgram } from './testBuild.ts';

const ROOT = fileURLToPath(new URL('../..', import.meta.url));

/** A process that runs one of the programs under test/support/processes. */
export interface StoreProcess {
  readonly child: ChildProcess;
  readonly lines: string[];
  /** Its lines on stderr. */
  readonly errors: string[];
  /**
   * Resolves with the first line that begins with `start`; rejects when the process ends without such a line.
   */
  line(prefix: string): Promise<string>;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
}

/**
 * Starts a program of test/support/processes. `shell`: commands before it in the same process (limits,
 * traps). `wrapper`: a command that runs it.
 */
export function startStoreProcess(
  program: string,
  args: readonly string[],
  { shell = '', wrapper = '' }: { readonly shell?: string; readonly wrapper?: string } = {},
): StoreProcess {
  const file = builtProgram(`test/support/processes/${program}.ts`);
  const node = [process.execPath, file, ...args].map((word) => `'${word}'`).join(' ');
  const child = spawn('bash', ['-c', `${shell} exec ${wrapper} ${node}`], {
    cwd: ROOT,
    // The coverage of a build is not counted.
    env: { ...process.env, NODE_V8_COVERAGE: '' },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  const lines: string[] = [];
  const errors: string[] = [];
  const waiting = new Set<() => void>();
  let rest = '';
  let ended = false;

  function wake(): void {
    for (const notify of waiting) notify();
  }

  child.stdout!.setEncoding('utf8').on('data', (chunk: string) => {
    const parts = `${rest}${chunk}`.split('\n');
    rest = parts.pop() ?? '';
    lines.push(...parts);
    wake();
  });
  child.stderr!.setEncoding('utf8').on('data', (chunk: string) => errors.push(chunk));
  const closed = once(child, 'close').then(() => {
    ended = true;
    wake();
  });

  return {
    child,
    lines,
    errors,
    async line(prefix) {
      for (;;) {
        const found = lines.find((line) => line.startsWith(prefix));
        if (found !== undefined) return found;
        if (ended) throw new Error(`${program} ended without '${prefix}': ${errors.join('').slice(-2_000)}`);
        await new Promise<void>((resolve) => {
          const notify = (): void => {
            waiting.delete(notify);
            resolve();
          };
          waiting.add(notify);
        });
      }
    },
    async kill() {
      child.kill('SIGKILL');
      await closed;
    },
  };
}
