import { spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import type { Socket } from 'node:net';
import { createChildEngine } from '../../engine/children/childEngine.ts';
import type { ChildUsage, SpawnChild } from '../../engine/children/childProcess.ts';
import { createPool } from '../../engine/children/pool.ts';
import type { HostEngine } from '../../engine/host/hostEngine.ts';
import type { Log } from '../../engine/ports.ts';
import { confinement } from './childConfinement.ts';
import { readChildMark } from './childMark.ts';
import { childProgram } from './childProgram.ts';
import { systemClock } from './systemClock.ts';

export interface EngineChildrenOptions {
  readonly log: Log;
  /** Processes, beside the spare one and the one for suspects. */
  readonly children: number;
  /** ms of a child's time for one step. */
  readonly deadlineMs: number;
  /** Resident memory of one child. */
  readonly memoryMb: number;
}

export interface EngineChildren {
  readonly engine: HostEngine;
  /** Process ids of the children that live. */
  pids(): readonly number[];
  close(): void;
}

/** Read of what a child writes to stderr: V8 says there, behind its last collections, why it gave up. */
const MAX_STDERR_CHARS = 2_000;
/** Share of a child's memory that V8 may use for objects; the rest is code, stacks and buffers. */
const HEAP_SHARE = 0.6;
/** Clock ticks of /proc/<pid>/stat, as Linux gives them on every architecture. */
const TICKS_PER_SECOND = 100;
const PAGE_BYTES = 4096;

/**
 * Engine children as processes. None is started before a session needs one.
 *
 * What holds a child: its own address space, SIGKILL, no environment, Node's permission model (it reads its
 * own program and nothing else, writes nothing, starts nothing), a heap limit, and what childConfinement finds
 * on this machine.
 */
export function openEngineChildren(options: EngineChildrenOptions): EngineChildren {
  const pids = new Set<number>();
  const spawnChild = createSpawn(options, pids);
  const pool = createPool({
    spawn: spawnChild,
    clock: systemClock,
    log: options.log,
    size: options.children,
    limits: { deadlineMs: options.deadlineMs, memoryBytes: options.memoryMb * 1_048_576 },
  });
  return { engine: createChildEngine(pool), pids: () => [...pids], close: () => pool.close() };
}

function createSpawn({ memoryMb, log }: EngineChildrenOptions, pids: Set<number>): SpawnChild {
  let command: readonly string[] | undefined;

  function prepare(): readonly string[] {
    const program = childProgram();
    const confined = confinement(memoryMb);
    log.info({ confinement: confined.names, program }, 'Engine children can start.');
    return [
      ...confined.launcher,
      process.execPath,
      permissionFlag(),
      `--allow-fs-read=${program}`,
      `--max-old-space-size=${Math.round(memoryMb * HEAP_SHARE)}`,
      '--max-semi-space-size=16',
      '--no-addons',
      '--no-warnings',
      '--disallow-code-generation-from-strings',
      program,
    ];
  }

  return (listener) => {
    try {
      command ??= prepare();
    } catch (error) {
      log.error({ err: error }, 'The program of engine children could not be made ready.');
      setImmediate(() => listener.onExit('it has no program'));
      return { send() {}, kill() {}, usage: () => undefined, workingAt: () => undefined };
    }
    const [file = '', ...args] = command;
    const child = spawn(file, args, { env: {}, cwd: '/', stdio: ['ignore', 'ignore', 'pipe', 'pipe'] });
    const { pid } = child;
    if (pid !== undefined) pids.add(pid);
    // Waiting children do not keep the server from ending; unanswered calls are watched by the clock.
    child.unref();
    let complaint = '';
    let hasEnded = false;
    const ended = (how: string): void => {
      if (hasEnded) return;
      hasEnded = true;
      if (pid !== undefined) pids.delete(pid);
      const fatal = /FATAL ERROR: (.*)|^(.*Error\b.{0,300})/m.exec(complaint)?.[0];
      listener.onExit(fatal === undefined ? how : `${how}, ${fatal}`);
    };
    child.stderr?.on('data', (chunk: Buffer) => {
      if (complaint.length < MAX_STDERR_CHARS) complaint += chunk.toString('utf8').slice(0, MAX_STDERR_CHARS);
    });
    child.on('error', (error) => ended(error.message));
    child.on('close', (code, signal) => ended(signal ?? `exit code ${code ?? 'unknown'}`));
    const socket = child.stdio[PARENT_FD] as Socket | null | undefined;
    socket?.on('data', (bytes: Buffer) => listener.onBytes(bytes));
    for (const stream of [socket, child.stderr]) (stream as Socket | null)?.unref();
    // Its exit says so.
    socket?.on('error', () => {});
    return {
      send: (bytes) => void socket?.write(bytes),
      kill() {
        child.kill('SIGKILL');
        socket?.destroy();
      },
      usage: () => (pid === undefined || hasEnded ? undefined : usageOf(pid)),
      workingAt: () => (pid === undefined || hasEnded ? undefined : readChildMark(pid)),
    };
  };
}

const PARENT_FD = 3;

function permissionFlag(): string {
  return Number(process.versions.node.split('.')[0]) >= 22 ? '--permission' : '--experimental-permission';
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
