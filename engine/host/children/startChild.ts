import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { readChildMark } from './childMark.ts';
import type { ChildListener, ChildProcess, ChildUsage } from './childProcess.ts';
import { type SocketPair, socketPair } from './socketPair.ts';

/** Read of what a child writes to stderr: V8 says there, behind its last collections, why it gave up. */
const MAX_STDERR_CHARS = 2_000;
/** Clock ticks of /proc/<pid>/stat, as Linux gives them on every architecture. */
const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4096;

/** Runs a command with a socket to us as its descriptor 3, and nothing else. `pids` has its process id while it lives. */
export function startChild(
  command: readonly string[],
  pids: Set<number>,
  listener: ChildListener,
): ChildProcess {
  let child: ReturnType<typeof spawn> | undefined;
  /** Of a child that runs. */
  let pid: number | undefined;
  let socket: Socket | undefined;
  let isKilled = false;

  /** How it ended, when all that it said was heard. */
  async function run(): Promise<string> {
    const { ours, theirs } = await socketPair((bytes) => listener.onBytes(bytes));
    if (isKilled) {
      ours.destroy();
      theirs.destroy();
      return 'SIGKILL';
    }
    socket = ours;
    const started = startWith(command, { ours, theirs });
    child = started;
    ({ pid } = started);
    if (pid !== undefined) pids.add(pid);
    // Waiting children do not keep the server from ending; unanswered calls are watched by the clock.
    for (const one of [started, ours, started.stderr as Socket | null]) one?.unref();
    const complaint = heard(started.stderr);
    const closed = new Promise((resolve) => {
      ours.on('close', resolve);
    });
    // Its exit says so.
    ours.on('error', () => {});
    ours.on('close', () => started.kill('SIGKILL'));
    ours.resume();
    // Its id may be another's then.
    started.on('exit', () => {
      if (pid !== undefined) pids.delete(pid);
      pid = undefined;
    });
    const how = await new Promise<string>((resolve) => {
      started.on('error', (error) => resolve(error.message));
      started.on('close', (code, signal) => resolve(signal ?? `exit code ${code ?? 'unknown'}`));
    });
    await closed;
    const fatal = /FATAL ERROR: (.*)|^(.*Error\b.{0,300})/m.exec(complaint())?.[0];
    return fatal === undefined ? how : `${how}, ${fatal}`;
  }

  void run()
    .catch((error: Error) => error.message)
    .then((how) => listener.onExit(how));

  return {
    send: (bytes, isSent) => void socket?.write(bytes, isSent),
    kill() {
      isKilled = true;
      child?.kill('SIGKILL');
      socket?.destroy();
    },
    usage: () => (pid === undefined ? undefined : usageOf(pid)),
    workingAt: () => (pid === undefined ? undefined : readChildMark(pid)),
  };
}

/** Throws, and leaves nothing open, where the system starts no process; but most reasons for that are an event 'error'. */
function startWith([file = '', ...args]: readonly string[], { ours, theirs }: SocketPair) {
  try {
    return spawn(file, args, { env: {}, cwd: '/', stdio: ['ignore', 'ignore', 'pipe', theirs] });
  } catch (error) {
    ours.destroy();
    throw error;
  } finally {
    theirs.destroy();
  }
}

/** The first of what a stream says, as it is by then. */
function heard(stream: NodeJS.ReadableStream | null): () => string {
  let text = '';
  stream?.on('data', (chunk: Buffer) => {
    if (text.length < MAX_STDERR_CHARS) text += chunk.toString('utf8').slice(0, MAX_STDERR_CHARS);
  });
  return () => text;
}

/** Undefined where there is no /proc. Of the name in field 2 anything may be expected, so fields count from behind it. */
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
