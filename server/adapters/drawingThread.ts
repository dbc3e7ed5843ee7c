import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { DrawnSources, SourcesToDraw } from '../../engine/draw/index.ts';
import type { Clock } from '../../engine/ports/index.ts';
import { BoundedThread } from './boundedThread.ts';

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
  readonly #thread: BoundedThread<SourcesToDraw, DrawnSources>;
  readonly #drawings = new LRUCache<string, Drawing>({
    maxSize: MAX_CACHED_CHARS,
    sizeCalculation: (drawing) =>
      drawing.kind === 'drawn' ? drawing.svg.length + drawing.layout.length + drawing.parts.length : 1_000,
  });
  /** Drawings that wait, or are made. */
  readonly #pending = new Map<string, Promise<Drawing>>();

  /** `busy`: the error for a document when too many wait. */
  constructor({ busy, clock }: { readonly busy: (message: string) => Error; readonly clock: Clock }) {
    this.#thread = new BoundedThread({
      module: new URL('../../engine/draw/drawThread.mjs', import.meta.url),
      limits: {
        waiting: { name: 'MAX_WAITING_DRAWINGS', max: MAX_WAITING_DRAWINGS, of: 'documents to draw' },
        time: { name: 'MAX_DRAWING_MS', max: MAX_DRAWING_MS },
        memoryMb: 256,
      },
      busy,
      clock,
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
    const known = this.#drawings.get(key) ?? this.#pending.get(key);
    if (known !== undefined) return known;
    const pending = this.#drawn(key, question).finally(() => this.#pending.delete(key));
    this.#pending.set(key, pending);
    return pending;
  }

  close(): Promise<void> {
    return this.#thread.close();
  }

  /** A document that needs too much is refused for REFUSED_FOR_MS. */
  async #drawn(key: string, question: SourcesToDraw): Promise<Drawing> {
    const drawn = await this.#thread.ask(question);
    if ('exceeded' in drawn) {
      const message = `Expected a document that can be drawn within ${drawn.exceeded}.`;
      const refused: Drawing = { kind: 'refused', message };
      this.#drawings.set(key, refused, { ttl: REFUSED_FOR_MS });
      return refused;
    }
    const { answer } = drawn;
    const drawing: Drawing =
      answer.kind === 'drawn'
        ? { ...answer, layout: JSON.stringify(answer.layout), parts: JSON.stringify(answer.parts) }
        : answer;
    this.#drawings.set(key, drawing);
    return drawing;
  }
}
