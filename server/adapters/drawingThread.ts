import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import type { DrawnSources, SourcesToDraw } from '../../engine/draw/index.ts';
import { AnsweringThread } from './answeringThread.ts';

/** Documents that may wait for the thread. */
export const MAX_WAITING_DRAWINGS = 20;
/** ms for one drawing. 300 states take some 500 ms. */
export const MAX_DRAWING_MS = 20_000;
/** Characters of a document with its includes. */
export const MAX_DRAWN_CHARS = 4_194_304;
/** Characters of the drawings in memory. */
const MAX_CACHED_CHARS = 16_777_216;
const RESOURCES = { maxOldGenerationSizeMb: 256 };

/** The drawing, or why there is none. */
export type Drawing =
  | { readonly kind: 'drawn'; readonly svg: string; readonly layout: string }
  | { readonly kind: 'refused'; readonly message: string };

/** Draws documents in a thread of its own, each version once. */
export class DrawingThread {
  readonly #thread: AnsweringThread<SourcesToDraw, DrawnSources>;
  readonly #drawings = new LRUCache<string, Drawing>({
    maxSize: MAX_CACHED_CHARS,
    sizeCalculation: (drawing) =>
      drawing.kind === 'drawn' ? drawing.svg.length + drawing.layout.length : 1_000,
  });

  /** `busy`: the error for a document when too many wait. */
  constructor({ busy }: { readonly busy: (message: string) => Error }) {
    const limit = `MAX_WAITING_DRAWINGS (${MAX_WAITING_DRAWINGS})`;
    this.#thread = new AnsweringThread({
      module: new URL('../../engine/draw/drawThread.mjs', import.meta.url),
      maxWaiting: MAX_WAITING_DRAWINGS,
      busy: () => busy(`Expected at most ${limit} documents to draw at one time, got one more.`),
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
    const known = this.#drawings.get(key) ?? (await this.#drawn(question));
    this.#drawings.set(key, known);
    return known;
  }

  close(): Promise<void> {
    return this.#thread.close();
  }

  /** A thread that is too slow, or needs too much memory, ends with its documents. */
  async #drawn(question: SourcesToDraw): Promise<Drawing> {
    const late = setTimeout(() => void this.#thread.close(), MAX_DRAWING_MS);
    try {
      const answer = await this.#thread.ask(question);
      return answer.kind === 'drawn' ? { ...answer, layout: JSON.stringify(answer.layout) } : answer;
    } finally {
      clearTimeout(late);
    }
  }
}
