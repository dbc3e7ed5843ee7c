import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, renameSync, statSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';

const LOCK_FILE = 'orsay.lock';
/** The holder touches its lock so often; only a process on another host needs that, which cannot ask for the pid. */
const HEARTBEAT_MS = 5_000;
/** A lock of another host that was not touched for so long is stale. */
const STALE_AFTER_MS = 20_000;
/** Stale locks taken over in a row before it is given up: others are fighting for the same directory. */
const MAX_TAKEOVERS = 5;

/** Who holds a data directory. */
export interface LockHolder {
  readonly pid: number;
  readonly host: string;
  /** When the process began, as its operating system counts (clock ticks since boot); absent where unknown. */
  readonly processStart?: string;
  /** ISO time at which the lock was taken. */
  readonly since: string;
}

export class DirectoryLockedError extends Error {
  readonly directory: string;
  readonly holder: LockHolder;

  constructor(directory: string, holder: LockHolder) {
    super(
      `The data directory '${directory}' is in use by process ${holder.pid} on ${holder.host} since ${holder.since}. ` +
        'One server process owns a data directory: stop that one, or give this one a directory of its own.',
    );
    this.name = 'DirectoryLockedError';
    this.directory = directory;
    this.holder = holder;
  }
}

/**
 * Takes the lock of a directory or throws DirectoryLockedError. A lock whose process is dead is taken over:
 * it is renamed away first, and only whoever finds in it what it judged stale goes on.
 */
export function lockDirectory(directory: string): { readonly release: () => void } {
  const path = join(directory, LOCK_FILE);
  const own = describeOwnProcess();
  const text = JSON.stringify(own);
  const draft = `${path}.${own.pid}.${randomBytes(4).toString('hex')}`;
  writeFileSync(draft, text);
  try {
    for (let takeover = 0; !tryLink(draft, path); takeover++) {
      const found = readLock(path);
      if (found === undefined) continue;
      if (takeover === MAX_TAKEOVERS || isAlive(found, path))
        throw new DirectoryLockedError(directory, found.holder);
      moveAway(path, `${draft}.stale`, found.text);
    }
  } finally {
    unlinkSync(draft);
  }
  const heartbeat = setInterval(() => touch(path), HEARTBEAT_MS);
  heartbeat.unref();
  return {
    release() {
      clearInterval(heartbeat);
      if (readLock(path)?.text === text) unlinkSync(path);
    },
  };
}

interface FoundLock {
  readonly text: string;
  readonly holder: LockHolder;
}

function describeOwnProcess(): LockHolder {
  const processStart = processStartOf(process.pid);
  return {
    pid: process.pid,
    host: hostname(),
    ...(processStart === undefined ? {} : { processStart }),
    since: new Date().toISOString(),
  };
}

/** link() fails when the name exists and makes the lock appear with its whole content. */
function tryLink(draft: string, path: string): boolean {
  try {
    linkSync(draft, path);
    return true;
  } catch (error) {
    if (codeOf(error) === 'EEXIST') return false;
    throw error;
  }
}

function readLock(path: string): FoundLock | undefined {
  try {
    const text = readFileSync(path, 'utf8');
    return { text, holder: parseHolder(text) };
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return undefined;
    throw error;
  }
}

/** A lock file that is not ours to read (empty after a power cut, say) belongs to no process. */
function parseHolder(text: string): LockHolder {
  try {
    return JSON.parse(text) as LockHolder;
  } catch (error) {
    if (!(error instanceof SyntaxError)) throw error;
    return { pid: 0, host: hostname(), since: 'unknown' };
  }
}

function isAlive({ holder }: FoundLock, path: string): boolean {
  if (holder.host !== hostname()) return wasTouchedLately(path);
  if (holder.pid <= 0 || !processExists(holder.pid)) return false;
  // The pid may have been given to another process since: after a reboot, or in a container, where it is often 1.
  const start = processStartOf(holder.pid);
  return start === undefined || holder.processStart === undefined || start === holder.processStart;
}

function wasTouchedLately(path: string): boolean {
  try {
    return Date.now() - statSync(path).mtimeMs < STALE_AFTER_MS;
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return false;
    throw error;
  }
}

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it exists and belongs to somebody else.
    return codeOf(error) === 'EPERM';
  }
}

/** Boot id and start time of a process on Linux; undefined elsewhere. */
function processStartOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    // The name of the program (field 2) may hold spaces and brackets; field 22 is counted from behind it.
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return ticks === undefined ? undefined : `${boot}/${ticks}`;
  } catch {
    // No /proc: the pid alone has to do.
    return undefined;
  }
}

/** Puts the lock back when it was not the stale one: another process took over in between. */
function moveAway(path: string, aside: string, staleText: string): void {
  try {
    renameSync(path, aside);
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return;
    throw error;
  }
  if (readFileSync(aside, 'utf8') !== staleText) tryLink(aside, path);
  unlinkSync(aside);
}

function touch(path: string): void {
  const now = new Date();
  try {
    utimesSync(path, now, now);
  } catch {
    // The directory is gone or read-only: the database will say so, this is only the sign of life.
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
