import { randomUUID } from 'node:crypto';
import {
  closeSync,
  constants,
  fstatSync,
  ftruncateSync,
  futimesSync,
  openSync,
  readFileSync,
  statSync,
  unlinkSync,
  writeSync,
} from 'node:fs';
import { hostname } from 'node:os';
import { join } from 'node:path';
import { defined } from '../../ports/index.ts';
import { tryOsLock } from './osLock.ts';

const LOCK_FILE = 'orsay.lock';
/**
 * Interval at which the holder touches its lock, for processes on other hosts, which cannot check its pid.
 */
const HEARTBEAT_MS = 5_000;
/** A lock of another host is stale when it was not touched for this long. */
const STALE_AFTER_MS = 20_000;
/** Limit of lock files that are removed by others while this process takes them. */
const MAX_ATTEMPTS = 5;

/** The process that holds a data directory. */
export interface LockHolder {
  readonly pid: number;
  readonly host: string;
  /** Boot id and start of the process in clock ticks since boot; absent where unknown. */
  readonly processStart?: string;
  /** Boot id of the machine, if the holder has a lock of the operating system. */
  readonly lockedOn?: string;
  /** ISO time at which the lock was taken. */
  readonly since: string;
  /** Different for each lock. */
  readonly token?: string;
}

const UNKNOWN_HOLDER: LockHolder = { pid: 0, host: 'an unknown host', since: 'unknown' };

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

/** Another process has taken the directory, or the lock file was removed or replaced. */
export class DirectoryLockLostError extends Error {
  constructor(directory: string) {
    super(
      `The data directory '${directory}' no longer belongs to this process: its lock file was taken, replaced or removed. ` +
        'Nothing is written any more. Stop this process.',
    );
    this.name = 'DirectoryLockLostError';
  }
}

/** The lock of a directory, held by this process. */
export interface DirectoryLock {
  /** Throws DirectoryLockLostError when this process no longer has the lock. Takes microseconds. */
  confirm(): void;
  release(): void;
}

/**
 * Takes the lock of a directory or throws DirectoryLockedError. There are two locks on one file. The lock of
 * the operating system holds on one machine, over containers, and ends with the process. The content of the
 * file, which the holder touches at intervals, holds on filesystems of several machines, where locks of the
 * operating system may not reach. `lost` gets the error when the lock is lost.
 */
export function lockDirectory(directory: string, lost: (error: Error) => void = () => {}): DirectoryLock {
  const path = join(directory, LOCK_FILE);
  for (let attempt = 0; ; attempt++) {
    const file = openSync(path, constants.O_RDWR | constants.O_CREAT, 0o600);
    try {
      const found = readLock(path);
      const isTaken = tryOsLock !== undefined && !tryOsLock(file);
      if (isTaken || (found !== undefined && isAlive(found, path))) {
        throw new DirectoryLockedError(directory, found?.holder ?? UNKNOWN_HOLDER);
      }
      // The file may have been removed by its holder in between.
      if (fstatSync(file).ino === inodeOf(path)) return new HeldLock({ directory, path, file, lost });
      if (attempt === MAX_ATTEMPTS) throw new DirectoryLockedError(directory, UNKNOWN_HOLDER);
      closeSync(file);
    } catch (error) {
      closeSync(file);
      throw error;
    }
  }
}

interface HeldLockDeps {
  readonly directory: string;
  readonly path: string;
  /** The open lock file. */
  readonly file: number;
  readonly lost: (error: Error) => void;
}

class HeldLock implements DirectoryLock {
  readonly #deps: HeldLockDeps;
  readonly #text = JSON.stringify(describeOwnProcess());
  readonly #inode: number;
  readonly #heartbeat: NodeJS.Timeout;
  /** Time of the last change of the file by this process, as the filesystem has it. */
  #touchedAt = 0;
  #lost: DirectoryLockLostError | undefined;

  constructor(deps: HeldLockDeps) {
    this.#deps = deps;
    const { file } = deps;
    // In this order, so that a full disk has the block of the lock before.
    writeSync(file, this.#text, 0);
    ftruncateSync(file, Buffer.byteLength(this.#text));
    const { ino, mtimeMs } = fstatSync(file);
    this.#inode = ino;
    this.#touchedAt = mtimeMs;
    this.#heartbeat = setInterval(() => this.#touch(), HEARTBEAT_MS);
    this.#heartbeat.unref();
  }

  confirm(): void {
    if (this.#lost !== undefined) throw this.#lost;
    const { path, directory, lost } = this.#deps;
    const found = statSync(path, { throwIfNoEntry: false });
    if (found?.ino === this.#inode && found.mtimeMs === this.#touchedAt) return;
    if (found?.ino === this.#inode && readLock(path)?.text === this.#text) {
      this.#touchedAt = found.mtimeMs;
      return;
    }
    this.#lost = new DirectoryLockLostError(directory);
    lost(this.#lost);
    throw this.#lost;
  }

  release(): void {
    clearInterval(this.#heartbeat);
    const { path, file } = this.#deps;
    if (readLock(path)?.text === this.#text) unlinkSync(path);
    closeSync(file);
  }

  #touch(): void {
    try {
      this.confirm();
      const now = new Date();
      futimesSync(this.#deps.file, now, now);
      this.#touchedAt = fstatSync(this.#deps.file).mtimeMs;
    } catch {
      // The lock is lost, or the disk fails: the next write to the store reports it.
    }
  }
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
    ...defined({ processStart, lockedOn: tryOsLock === undefined ? undefined : bootId() }),
    since: new Date().toISOString(),
    token: randomUUID(),
  };
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

/** Called with the lock of the operating system, where there is one. */
function isAlive({ holder, text }: FoundLock, path: string): boolean {
  // Nobody has written to the new file yet.
  if (text === '') return false;
  // On this machine, the lock of the operating system would be taken.
  if (holder.lockedOn !== undefined && holder.lockedOn === bootId()) return false;
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
    const boot = bootId();
    if (boot === undefined) return undefined;
    // Field 2, the name of the program, may contain spaces and brackets, so field 22 is counted from its end.
    const ticks = stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19];
    return ticks === undefined ? undefined : `${boot}/${ticks}`;
  } catch {
    // Without /proc, only the pid is checked.
    return undefined;
  }
}

function inodeOf(path: string): number | undefined {
  return statSync(path, { throwIfNoEntry: false })?.ino;
}

/** Differs for each boot of each machine; the same in all containers of a machine. */
function bootId(): string | undefined {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
  } catch {
    // Not Linux.
    return undefined;
  }
}

function codeOf(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error ? String(error.code) : undefined;
}
