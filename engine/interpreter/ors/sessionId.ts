import { createHash } from 'node:crypto';
import { ownId, prefixOfId, type SessionId } from '../../ports/index.ts';

const ALPHABET = 'ABCDEFGHIJKLMNOPQRSTUVWXYZ234567';

/**
 * The id of a session that another session starts: 32 upper-case alphanumeric characters (ors-dialect 1). It
 * is derived from the id of the starting session and the key of the effect, so that performing the effect
 * twice starts one session. It has the prefix of that id, because both sessions are of one cell.
 */
export function derivedSessionId(sessionId: string, key: string): SessionId {
  const digest = createHash('sha256').update(`${sessionId}\n${key}`).digest();
  let bits = 0;
  let value = 0;
  let id = '';
  for (const byte of digest) {
    value = (value << 8) | byte;
    bits += 8;
    while (bits >= 5 && id.length < 32) {
      bits -= 5;
      id += ALPHABET[(value >>> bits) & 31];
    }
  }
  return ownId<SessionId>(`${prefixOfId(sessionId)}${id}`);
}
