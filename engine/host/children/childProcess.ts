/** A child process that runs childSessions, as the machine gives it. */
export interface ChildProcess {
  /**
   * Hands bytes on in order, and calls `sent` when they may be written over; never fails: a child that is gone says so
   * by onExit.
   */
  send(bytes: Uint8Array, sent: () => void): void;
  /** Ends it at once, without a word (SIGKILL). */
  kill(): void;
  /** What it uses; undefined where the machine does not tell. */
  usage(): ChildUsage | undefined;
  /**
   * Number of the call that it is at, or was last: any number, should it be hostile. Undefined where the machine does
   * not tell, and when the child is gone.
   */
  workingAt(): number | undefined;
}

export interface ChildUsage {
  /** Processor time since its start, ms. */
  readonly cpuMs: number;
  readonly rssBytes: number;
}

export interface ChildListener {
  /** They are written over when it has returned. */
  onBytes(bytes: Uint8Array): void;
  /** Once; `description` says how it ended, for the log. */
  onExit(description: string): void;
}

/** Starts a child; a failure to start is an exit. The adapter is engine/host/children/engineChildren.ts. */
export type SpawnChild = (listener: ChildListener) => ChildProcess;

export type DeathReason = 'deadline' | 'memory' | 'crash';
