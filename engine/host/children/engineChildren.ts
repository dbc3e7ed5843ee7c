import type { Installation } from '../../interpreter/index.ts';
import { type Log, steadyClock } from '../../ports/index.ts';
import type { HostEngine } from '../index.ts';
import { confinement } from './childConfinement.ts';
import { ChildEngine } from './childEngine.ts';
import { ChildPool } from './childPool.ts';
import type { ChildListener, ChildProcess, DeathReason } from './childProcess.ts';
import { childProgram } from './childProgram.ts';
import { DocumentLoader } from './documentLoader.ts';
import { NO_PROCESS, startChild } from './startChild.ts';

export interface EngineChildrenOptions {
  readonly log: Log;
  /** Processes, beside the spare child, the quarantine child and the two loaders. */
  readonly children: number;
  /** ms of a child's time for one step. */
  readonly deadlineMs: number;
  /** Resident memory of one child. */
  readonly memoryMb: number;
  /** Lists, options and special days that sessions read. */
  readonly installation?: Installation | undefined;
}

/** Share of a child's memory that V8 may use for objects; the rest is code, stacks and buffers. */
const HEAP_SHARE = 0.6;

/**
 * Engine children as processes. None is started before a session needs one.
 *
 * A child is confined by its own address space, SIGKILL, an empty environment, Node's permission model (it
 * reads its own program and nothing else, writes nothing, starts nothing), a heap limit, and the means of
 * this machine that childConfinement.ts finds.
 */
export class EngineChildren {
  readonly engine: HostEngine;
  readonly #pool: ChildPool;
  readonly #pids = new Set<number>();
  readonly #log: Log;
  readonly #memoryMb: number;
  #command: readonly string[] | undefined;

  constructor({ log, children, deadlineMs, memoryMb, installation }: EngineChildrenOptions) {
    this.#log = log;
    this.#memoryMb = memoryMb;
    this.#pool = new ChildPool({
      spawn: (listener) => this.#spawn(listener),
      clock: steadyClock,
      log,
      size: children,
      limits: { deadlineMs, memoryBytes: memoryMb * 1_048_576 },
      installation,
    });
    this.engine = new ChildEngine(this.#pool, new DocumentLoader(this.#pool, deadlineMs));
  }

  /** Process ids of the children that live. */
  pids(): readonly number[] {
    return [...this.#pids];
  }

  /** Children that ended unexpectedly since the start of the process, by the reason. */
  get deaths(): Readonly<Record<DeathReason, number>> {
    return this.#pool.deaths;
  }

  close(): void {
    this.#pool.close();
  }

  #spawn(listener: ChildListener): ChildProcess {
    try {
      this.#command ??= this.#prepare();
    } catch (error) {
      this.#log.error({ err: error }, 'The program of engine children could not be prepared.');
      setImmediate(() => listener.onExit('it has no program'));
      return NO_PROCESS;
    }
    return startChild(this.#command, this.#pids, listener);
  }

  #prepare(): readonly string[] {
    const program = childProgram();
    const { launcher, names } = confinement(this.#memoryMb);
    this.#log.info({ confinement: names, program }, 'Engine children can start.');
    return [
      ...launcher,
      process.execPath,
      permissionFlag(),
      `--allow-fs-read=${program}`,
      `--max-old-space-size=${Math.round(this.#memoryMb * HEAP_SHARE)}`,
      '--max-semi-space-size=16',
      '--no-addons',
      '--no-warnings',
      '--disallow-code-generation-from-strings',
      program,
    ];
  }
}

function permissionFlag(): string {
  return Number(process.versions.node.split('.')[0]) >= 22 ? '--permission' : '--experimental-permission';
}
