import type { Writable } from 'node:stream';
import type { Clock } from '../engine/ports/index.ts';

/** ms after which a command that works shows its progress, and ms between two changes of the line. */
const FIRST_MS = 1_000;
const NEXT_MS = 200;
const DEFAULT_COLUMNS = 80;

export interface ProgressParts {
  readonly stderr: Writable & { readonly isTTY?: boolean; readonly columns?: number };
  readonly clock: Clock;
  readonly elapsed: () => number;
  /** Without `--json` and `--quiet`. */
  readonly isWanted: boolean;
}

/** One line on standard error that says what a command does. Only a terminal gets it. */
export class Progress {
  readonly #parts: ProgressParts;
  readonly #isShown: boolean;
  #text = '';
  #begunAt = 0;
  #drawnAt: number | undefined;
  #works = 0;
  #stop: () => void = () => {};

  constructor(parts: ProgressParts) {
    this.#parts = parts;
    this.#isShown = parts.isWanted && parts.stderr.isTTY === true;
  }

  /** Shows the text, and what `show` says later, while the work takes more than a second. */
  async during<T>(text: string, work: () => Promise<T>): Promise<T> {
    if (!this.#isShown) return work();
    const outer = this.#text;
    this.#begin(text);
    try {
      return await work();
    } finally {
      this.#works -= 1;
      this.#text = outer;
      if (this.#works === 0) this.#end();
    }
  }

  /** The present text of the work. */
  show(text: string): void {
    if (!this.#isShown || this.#works === 0) return;
    this.#text = text;
    const { elapsed } = this.#parts;
    if (elapsed() - this.#begunAt < FIRST_MS) return;
    if (this.#drawnAt !== undefined && elapsed() - this.#drawnAt < NEXT_MS) return;
    this.#draw();
  }

  /** Makes room for a line of the command. */
  clear(): void {
    if (this.#drawnAt === undefined) return;
    this.#drawnAt = undefined;
    this.#parts.stderr.write('\r\x1b[K');
  }

  #begin(text: string): void {
    const { clock, elapsed } = this.#parts;
    this.#works += 1;
    this.#text = text;
    if (this.#works > 1) return;
    this.#begunAt = elapsed();
    this.#stop = clock.at(clock.now() + FIRST_MS, () => this.#draw());
  }

  #draw(): void {
    const { stderr, elapsed } = this.#parts;
    this.#drawnAt = elapsed();
    stderr.write(`\r${this.#text.slice(0, (stderr.columns ?? DEFAULT_COLUMNS) - 1)}\x1b[K`);
  }

  #end(): void {
    this.#stop();
    this.clear();
  }
}
