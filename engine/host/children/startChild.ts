import { type ChildProcess as NodeProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import type { Readable } from 'node:stream';
import type { ChildListener, ChildProcess, ChildUsage } from './childProcess.ts';

/** Characters of stderr that are read: V8 writes the reason of its end there, after its last collections. */
const MAX_STDERR_CHARS = 2_000;
/** Clock ticks of /proc/<pid>/stat, the same on every architecture of Linux. */
const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4096;
/** Frames of one macrotask that are copied into one buffer. */
const MAX_COPIED_BYTES = 1_048_576;

/**
 * Runs a command with a socket to this process as its descriptor 3, and nothing else. `pids` has its process
 * id while it lives.
 */
export function startChild(
  command: readonly string[],
  pids: Set<number>,
  listener: ChildListener,
): ChildProcess {
  let started: NodeProcess;
  try {
    started = spawnWithSocket(command);
  } catch (error) {
    // Most failures to start are an event 'error'; some, such as arguments that are too long, are thrown.
    setImmediate(() => listener.onExit((error as Error).message));
    return NO_PROCESS;
  }
  return new StartedChild(started, pids, listener);
}

/** A child that could not be started. */
export const NO_PROCESS: ChildProcess = { send() {}, kill() {}, usage: () => undefined };

function spawnWithSocket([file = '', ...args]: readonly string[]): NodeProcess {
  return spawn(file, args, { env: {}, cwd: '/', stdio: ['ignore', 'ignore', 'pipe', 'pipe'] });
}

class StartedChild implements ChildProcess {
  readonly #process: NodeProcess;
  readonly #socket: Socket;
  readonly #frames: Uint8Array[] = [];
  /** Undefined after its end: the id may belong to another process then. */
  #pid: number | undefined;

  constructor(started: NodeProcess, pids: Set<number>, listener: ChildListener) {
    this.#process = started;
    this.#socket = started.stdio[3] as unknown as Socket;
    const { pid } = started;
    this.#pid = pid;
    if (pid !== undefined) pids.add(pid);
    // An idle child must not prevent the end of the server. The clock of the pool watches children that have
    // requests.
    const stderr = started.stderr as Socket;
    for (const handle of [started, this.#socket, stderr]) handle.unref();
    this.#socket.on('data', (bytes: Buffer) => listener.onBytes(bytes));
    // The exit of the process reports it.
    this.#socket.on('error', () => {});
    this.#socket.on('close', () => started.kill('SIGKILL'));
    started.on('exit', () => {
      this.#pid = undefined;
      if (pid !== undefined) pids.delete(pid);
    });
    const complaint = firstCharsOf(stderr);
    void endOf(started).then((how) => {
      const fatal = /FATAL ERROR: (.*)|^(.*Error\b.{0,300})/m.exec(complaint())?.[0];
      listener.onExit(fatal === undefined ? how : `${how}, ${fatal}`);
    });
  }

  /** Frames that are sent in one macrotask leave together. */
  send(frame: Uint8Array): void {
    if (this.#frames.length === 0) {
      setImmediate(() => this.#write(this.#frames.splice(0)));
    }
    this.#frames.push(frame);
  }

  /** Many short frames are one buffer, which costs less than a list. Long ones are not copied. */
  #write(frames: readonly Uint8Array[]): void {
    const bytes = frames.reduce((sum, { length }) => sum + length, 0);
    if (bytes <= MAX_COPIED_BYTES) {
      this.#socket.write(Buffer.concat(frames));
      return;
    }
    this.#socket.cork();
    for (const frame of frames) this.#socket.write(frame);
    this.#socket.uncork();
  }

  kill(): void {
    this.#process.kill('SIGKILL');
    this.#socket.destroy();
  }

  usage(): ChildUsage | undefined {
    return this.#pid === undefined ? undefined : usageOf(this.#pid);
  }
}

/** Resolves when the process has ended and all its output was read ('close' comes after both). */
function endOf(started: NodeProcess): Promise<string> {
  return new Promise((resolve) => {
    started.on('error', (error) => resolve(error.message));
    started.on('close', (code, signal) => resolve(signal ?? `exit code ${code ?? 'unknown'}`));
  });
}

function firstCharsOf(stream: Readable): () => string {
  let text = '';
  stream.on('data', (chunk: Buffer) => {
    if (text.length < MAX_STDERR_CHARS) text += chunk.toString('utf8').slice(0, MAX_STDERR_CHARS);
  });
  return () => text;
}

/**
 * Undefined where there is no /proc. Field 2 is a name that may contain anything, so fields count from after
 * it.
 */
function usageOf(pid: number): ChildUsage | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    const ticks = Number(fields[11]) + Number(fields[12]);
    return { cpuMs: (ticks * 1000) / TICKS_PER_SECOND, rssBytes: Number(fields[21]) * PAGE_BYTES };
  } catch {
    return undefined;
  }
}
