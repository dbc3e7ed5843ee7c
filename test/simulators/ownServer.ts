import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { builtProgram } from '../support/testBuild.ts';

/** The unit of times of a process on Linux. */
const MS_OF_TICK = 10;

/** A server in a process of its own, on a free port, with a data directory that is removed at the end. */
export class OwnServer {
  readonly base: string;
  readonly #process: ChildProcess;
  readonly #dataDir: string;

  private constructor(base: string, process: ChildProcess, dataDir: string) {
    this.base = base;
    this.#process = process;
    this.#dataDir = dataDir;
  }

  /** Resolves when the server has printed its address. */
  static async start(): Promise<OwnServer> {
    const dataDir = mkdtempSync(join(tmpdir(), 'orsay-simulation-'));
    const flags = ['--max-semi-space-size=32', builtProgram('server/main.ts')];
    const server = spawn(process.execPath, flags, {
      env: { ...process.env, PORT: '0', ORSAY_DATA_DIR: dataDir, ORSAY_LOG_LEVEL: 'error' },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const base = await new Promise<string>((found, fail) => {
      let printed = '';
      server.stdout.on('data', (chunk: Buffer) => {
        printed += chunk.toString();
        const address = /ready at (http:\S+)/.exec(printed)?.[1];
        if (address) found(address);
      });
      server.once('exit', (code) => fail(new Error(`the server left with ${code} before it was ready`)));
    });
    return new OwnServer(base, server, dataDir);
  }

  /** Milliseconds of processor time so far; undefined where the system does not tell. */
  processorMs(): number | undefined {
    try {
      const text = readFileSync(`/proc/${this.#process.pid}/stat`, 'utf8');
      const [user, system] = text
        .slice(text.lastIndexOf(')') + 2)
        .split(' ')
        .slice(11, 13);
      return (Number(user) + Number(system)) * MS_OF_TICK;
    } catch {
      return undefined;
    }
  }

  /** Resolves when the server has stopped. */
  async stop(): Promise<void> {
    const left = new Promise((done) => this.#process.once('exit', done));
    this.#process.kill('SIGTERM');
    await left;
    rmSync(this.#dataDir, { recursive: true, force: true });
  }
}
