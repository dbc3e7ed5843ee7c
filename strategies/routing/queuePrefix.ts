import { createHash } from 'node:crypto';

/** Longest encoded name of a queue in keys; for a longer name, the keys have its hash. */
const MAX_NAME_IN_KEY = 255;
/**
 * Prefix of the keys of records about a queue. In an encoded name two hexadecimal digits follow each
 * '%', so no name has the prefix of a hash.
 */
export function queuePrefix(vq: string): string {
  // The store keeps names as UTF-8 bytes; encodeURIComponent throws on half a surrogate pair.
  const name = encodeURIComponent(Buffer.from(vq).toString());
  return name.length <= MAX_NAME_IN_KEY ? `${name}/` : `%sha256-${hashOf(vq)}/`;
}

function hashOf(vq: string): string {
  return createHash('sha256').update(vq).digest('hex');
}
