import { createHash } from 'node:crypto';
import type { Dialect, Document } from './model.ts';

/** Hex SHA-256 over the dialect and every file; lengths keep neighbouring parts apart. */
export function hashSources(dialect: Dialect, sources: Document['sources']): string {
  const hash = createHash('sha256').update(dialect);
  for (const { url, text } of sources) {
    hash.update(`\n${url.length} ${text.length}\n`).update(url).update(text);
  }
  return hash.digest('hex');
}
