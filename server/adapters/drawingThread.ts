import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { DrawnSources, SourcesToDraw } from '../../engine/draw/index.ts';
import type { Clock } from '../../engine/ports/index.ts';
import { AnsweringThread } from './answeringThread.ts';

/** Documents that may wait for the thread. */
export const MAX_WAITING_DRAWINGS = 20;
/** ms for one drawing. 300 states take some 500 ms. */
export const MAX_DRAWING_MS = 20_000;
/** Characters of a document with its includes. */
export const MAX_DRAWN_CHARS = 4_194_304;
/** Characters of the drawings in memory. */
const MAX_CACHED_CHARS = 16_777_216;
/** ms for which a document that needed too much time or memory is not tried again. */
const REFUSED_FOR_MS = 600_000;
const RESOURCES = { maxOldGenerationSizeMb: 256 };

/** The drawing, or why there is none. */
export type Drawing =
  | {
      readonly kind: 'drawn';
      readonly svg: string;
      /** ChartLayout as JSON. */
      readonly layout: string;
      /** DocumentParts as JSON. */
      readonly parts: string;
    }
  | { readonly kind: 'refused'; readonly message: string };

/** Draws documents in a thread of its own, one after the other, each version once. */
export class DrawingThread {
  readonly #thread: AnsweringThread<SourcesToDraw, DrawnSources>;
  readonly #busy: (message: string) => Error;
  readonly #clock: Clock;
  /** Resolves when the document that came last is drawn. */
  #last: Promise<unknown> = Promise.resolve();
  #waiting = 0;
  #isClosed = false;
  readonly #drawings = new LRUCache<string, Drawing>({
    maxSize: MAX_CACHED_CHARS,
    sizeCalculation: (drawing) =>
      drawing.kind === 'drawn' ? drawing.svg.length + drawing.layout.length + drawing.parts.length : 1_000,
  });

  /** `busy`: the error for a document when too many wait. */
  constructor({ busy, clock }: { readonly busy: (message: string) => Error; readonly clock: Clock }) {
    this.#busy = busy;
    this.#clock = clock;
    this.#thread = new AnsweringThread({
      module: new URL('../../engine/draw/drawThread.mjs', import.meta.url),
      maxWaiting: 1,
      busy: () => busy('Expected one document to draw at one time, got two.'),
      resourceLimits: RESOURCES,
    });
  }

  async drawingOf({ sources, dialect }: SourcesToDraw): Promise<Drawing> {
    const chars = sources.reduce((sum, { text }) => sum + text.length, 0);
    if (chars > MAX_DRAWN_CHARS) {
      const limit = `${MAX_DRAWN_CHARS} characters (MAX_DRAWN_CHARS)`;
      return { kind: 'refused', message: `Expected a document of at most ${limit}, got ${chars}.` };
    }
    const question = {
      sources: sources.map(({ url, text }) => ({ url, text })),
      ...(dialect && { dialect }),
    };
    const key = createHash('sha256').update(JSON.stringify(question)).digest('hex');
    return (
      this.#drawings.get(key) ?? this.#inTurn(() => this.#drawings.get(key) ?? this.#drawn(key, question))
    );
  }

  close(): Promise<void> {
    this.#isClosed = true;
    return this.#thread.close();
  }

  async #inTurn(draw: () => Drawing | Promise<Drawing>): Promise<Drawing> {
    if (this.#waiting >= MAX_WAITING_DRAWINGS) {
      const limit = `MAX_WAITING_DRAWINGS (${MAX_WAITING_DRAWINGS})`;
      throw this.#busy(`Expected at most ${limit} documents to draw at one time, got one more.`);
    }
    this.#waiting += 1;
    const turn = this.#last.then(draw).finally(() => {
      this.#waiting -= 1;
    });
    this.#last = turn.catch(() => {});
    return turn;
  }

  /** A document that needs too much time or memory ends the thread, and is refused for REFUSED_FOR_MS. */
  async #drawn(key: string, question: SourcesToDraw): Promise<Drawing> {
    if (this.#isClosed) throw this.#busy('The server stops.');
    let isLate = false;
    const cancel = this.#clock.at(this.#clock.now() + MAX_DRAWING_MS, () => {
      isLate = true;
      void this.#thread.close();
    });
    try {
      const answer = await this.#thread.ask(question);
      const drawing: Drawing =
        answer.kind === 'drawn'
          ? { ...answer, layout: JSON.stringify(answer.layout), parts: JSON.stringify(answer.parts) }
          : answer;
      this.#drawings.set(key, drawing);
      return drawing;
    } catch (error) {
      const isTooLarge = (error as NodeJS.ErrnoException).code === 'ERR_WORKER_OUT_OF_MEMORY';
      if (!isLate && !isTooLarge) throw error;
      const limit = isLate
        ? `${MAX_DRAWING_MS} ms (MAX_DRAWING_MS)`
        : `${RESOURCES.maxOldGenerationSizeMb} MB of memory`;
      const message = `Expected a document that can be drawn within ${limit}.`;
      const refused: Drawing = { kind: 'refused', message };
      this.#drawings.set(key, refused, { ttl: REFUSED_FOR_MS });
      return refused;
    } finally {
      cancel();
    }
  }
}
