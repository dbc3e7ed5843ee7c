/** The process of an engine child. startChild.ts implements it; tests use a scripted one. */
export interface ChildProcess {
  /** Sends bytes in order. Never fails: onExit reports the end of a child. */
  send(bytes: Uint8Array): void;
  /** Ends the process at once (SIGKILL). */
  kill(): void;
  /** Undefined on systems without /proc, and after the end of the process. */
  usage(): ChildUsage | undefined;
}

export interface ChildUsage {
  /** Processor time since the start of the process, ms. */
  readonly cpuMs: number;
  readonly rssBytes: number;
}

export interface ChildListener {
  onBytes(bytes: Buffer): void;
  /** Called once, after all bytes. `description` says how the process ended, for the log. */
  onExit(description: string): void;
}

/** Starts a child. A failure to start is an exit. */
export type SpawnChild = (listener: ChildListener) => ChildProcess;

export type DeathReason = 'deadline' | 'memory' | 'crash';
