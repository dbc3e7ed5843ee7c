import { randomBytes } from 'node:crypto';
import { linkSync, readFileSync, renameSync, statSync, unlinkSync, utimesSync, writeFileSync } from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { defined } from '../../ports/index.ts';

const LOCK_FILE = 'orsay.lock';
/**
 * Interval at which the holder touches its lock, for processes on other hosts, which cannot check its pid.
 */
const HEARTBEAT_MS = 5_000;
/** A lock of another host is stale when it was not touched for this long. */
const STALE_AFTER_MS = 20_000;
/** Limit of stale locks taken over in a row. Beyond it, other processes compete for the same directory. */
const MAX_TAKEOVERS = 5;

/** The process that holds a data directory. */
export interface LockHolder {
  readonly pid: number;
  readonly host: string;
  /** Boot id and start of the process in clock ticks since boot; absent where unknown. */
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
 * Takes the lock of a directory or throws DirectoryLockedError. The lock of a dead process is taken over: it
 * is renamed first, and then read again, so that only one of several processes takes it over.
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
      if (takeover === MAX_TAKEOVERS || isAlive(found, path)) {
        throw new DirectoryLockedError(directory, found.holder);
      }
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
    ...defined({ processStart }),
    since: new Date().toISOString(),
  };
}

/** link() fails when the name exists, and creates the lock with its whole content at once. */
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

/** A lock file that is no JSON (empty after a power failure, for example) belongs to no process. */
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
  // The pid may belong to another process now: after a reboot, or in a container, where it is often 1.
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
    // EPERM: the process exists and belongs to another user.
    return codeOf(error) === 'EPERM';
  }
}

/** Boot id and start time of a process on Linux; undefined elsewhere. */
function processStartOf(pid: number): string | undefined {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    // Field 2, the name of the program, may contain spaces and brackets, so field 22 is counted from its end.
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return ticks === undefined ? undefined : `${boot}/${ticks}`;
  } catch {
    // Without /proc, only the pid is checked.
    return undefined;
  }
}

/** Puts the lock back when it is not the stale one, because another process took it over in between. */
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
    // The directory is gone or read-only: the next write to the store reports it.
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
