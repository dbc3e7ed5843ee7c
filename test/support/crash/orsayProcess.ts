import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { builtProgram } from '../testBuild.ts';

const { scripts } = createRequire(import.meta.url)('../../../package.json');
/** `node <flags> --import tsx server/main.ts`: as `npm start` does. Tests start the same program built. */
const START: string = scripts.start;
const SOURCE = '--import tsx server/main.ts';
/** The path of that program after `npm run build`. */
const BUILT = 'dist/server/main.js';
const ROOT = fileURLToPath(new URL('../../..', import.meta.url));
/** The server's address for documents, the same in every process. It is dispatched in process. */
export const PUBLIC_URL = 'http://orsay.test';

/** Limit of the stored output. Its end shows why a server failed. */
const MAX_OUTPUT_CHARS = 100_000;
/** Servers that end with this process, also when it fails. */
const RUNNING = new Set<ChildProcess>();
process.on('exit', () => {
  for (const child of RUNNING) child.kill('SIGKILL');
});

/** A server in a process of its own. */
export interface ServerProcess {
  readonly child: ChildProcess;
  /** Resolves with the address it listens on. Rejects with its output when it ends before. */
  readonly ready: Promise<string>;
  /** ms from the start of the process to its first answer. */
  readonly startedAt: number;
  /** SIGKILL; resolves when the process is gone. */
  kill(): Promise<void>;
  /** SIGTERM; resolves with the exit code. */
  stop(): Promise<number | null>;
  /** Resolves when the process has ended by itself. */
  readonly ended: Promise<{ readonly code: number | null; readonly output: string }>;
}

export function startOrsayProcess(
  dataDir: string,
  env: Readonly<Record<string, string>> = {},
  isBuilt = false,
): ServerProcess {
  if (!START.includes(SOURCE)) throw new Error(`Expected '${SOURCE}' in the script start, got '${START}'.`);
  const [, ...command] = START.replace(SOURCE, isBuilt ? BUILT : builtProgram('server/main.ts')).split(' ');
  return startNodeProcess(command, { ...environment(dataDir), ...env });
}

/** Runs a script, with its arguments, that prints `listening on <url>)` when it is ready. */
export function startServerProcess(script: readonly string[]): ServerProcess {
  return startNodeProcess(['--import', 'tsx', ...script]);
}

/** Runs `orsay serve` of a folder in which the package is installed. */
export function startInstalledOrsay(folder: string, dataDir: string): ServerProcess {
  return startProcess([join(folder, 'node_modules/.bin/orsay'), 'serve'], environment(dataDir), folder);
}

/** Runs `npm start` of a checkout. */
export function startCheckout(folder: string, dataDir: string): ServerProcess {
  return startProcess(['npm', 'start'], environment(dataDir), folder);
}

function startNodeProcess(
  command: readonly string[],
  env: Readonly<Record<string, string>> = {},
): ServerProcess {
  return startProcess([process.execPath, ...command], env, ROOT);
}

function environment(dataDir: string): Readonly<Record<string, string>> {
  return {
    PORT: '0',
    ORSAY_BASE_URL: PUBLIC_URL,
    ORSAY_DATA_DIR: dataDir,
    ORSAY_LOG_LEVEL: 'error',
  };
}

function startProcess(
  [program, ...args]: readonly [string, ...string[]],
  env: Readonly<Record<string, string>>,
  cwd: string,
): ServerProcess {
  const child = spawn(program, args, {
    cwd,
    env: { PATH: process.env.PATH ?? '', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  RUNNING.add(child);
  let output = '';
  const keep = (chunk: string): void => {
    output = (output + chunk).slice(-MAX_OUTPUT_CHARS);
  };
  const ended = once(child, 'close').then(([code]) => ({ code: code as number | null, output }));
  void ended.then(() => RUNNING.delete(child));
  const ready = new Promise<string>((resolve, reject) => {
    child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
      keep(chunk);
      const address = /listening on (http:\/\/\S+?)[,)]/.exec(output)?.[1];
      if (address !== undefined) resolve(address);
    });
    child.stderr.setEncoding('utf8').on('data', keep);
    void ended.then(() => reject(new Error(`The server ended before it was ready: ${output}`)));
  });
  // It rejects when the process is killed before it is ready, and nothing may be waiting for it.
  ready.catch(() => {});
  return {
    child,
    ready,
    startedAt: performance.now(),
    ended,
    async kill() {
      child.kill('SIGKILL');
      await ended;
    },
    async stop() {
      child.kill('SIGTERM');
      return (await ended).code;
    },
  };
}
