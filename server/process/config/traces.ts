import { z } from 'zod';
import type { TraceBounds } from '../../../engine/host/index.ts';

const DAY_MS = 24 * 3_600_000;
/** Documents of the list. */
const MAX_TRACED_DOCUMENTS = 1_000;
const MAX_URL_CHARS = 8_192;

/** The section `traces`: the documents whose sessions are traced, and how much of a trace is kept. */
export const tracesSchema = z
  .strictObject({
    /** URLs; one that ends in * stands for all that begin so. */
    documents: z.array(z.string().min(1).max(MAX_URL_CHARS)).max(MAX_TRACED_DOCUMENTS).default([]),
    /** Steps of one session. When it has more, the older half goes. */
    maxSteps: z.number().int().min(10).max(100_000).default(1_000),
    maxBytes: z.number().int().min(10_000).max(100_000_000).default(1_048_576),
    /** Days after the last step. */
    keptDays: z.number().min(0.001).max(400).default(7),
  })
  .prefault({});

export type TracesConfig = z.infer<typeof tracesSchema>;

export function traceBounds({ maxSteps, maxBytes, keptDays }: TracesConfig): TraceBounds {
  return { maxSteps, maxBytes, keptMs: keptDays * DAY_MS };
}

export function isTraced({ documents }: TracesConfig, src: string): boolean {
  return documents.some((url) => (url.endsWith('*') ? src.startsWith(url.slice(0, -1)) : src === url));
}
