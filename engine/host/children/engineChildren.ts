import { type Log, steadyClock } from '../../ports/index.ts';
import type { HostEngine } from '../index.ts';
import { confinement } from './childConfinement.ts';
import { createChildEngine } from './childEngine.ts';
import type { SpawnChild } from './childProcess.ts';
import { childProgram } from './childProgram.ts';
import { createPool } from './pool.ts';
import { startChild } from './startChild.ts';

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

/** Share of a child's memory that V8 may use for objects; the rest is code, stacks and buffers. */
const HEAP_SHARE = 0.6;

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
    clock: steadyClock,
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
    return startChild(command, pids, listener);
  };
}

function permissionFlag(): string {
  return Number(process.versions.node.split('.')[0]) >= 22 ? '--permission' : '--experimental-permission';
}
