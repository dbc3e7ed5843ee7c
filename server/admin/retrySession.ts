import type { Batch } from '../../engine/durable/index.ts';
import { type AdministeredSessions, HostError, type HostErrorCode } from '../../engine/host/index.ts';
import type { SessionId } from '../../engine/ports/index.ts';
import { WireError } from '../errors/index.ts';

/** Restores a session that is set aside. Rejects with a WireError that says why it still cannot be. */
export async function retrySession(
  sessions: Pick<AdministeredSessions, 'retry' | 'query'>,
  sid: SessionId,
  alongside: Batch,
): Promise<void> {
  try {
    await sessions.retry(sid, alongside);
  } catch (error) {
    if (isHostError(error, 'SESSION_NOT_FOUND')) {
      const message = `No session '${sid}' is set aside.`;
      throw new WireError('SESSION_NOT_FOUND', { message, cause: error });
    }
    if (!isHostError(error, 'SESSION_SET_ASIDE')) throw error;
    const { reason = 'no reason is known' } = (await sessions.query(sid)) ?? {};
    const message = `Session '${sid}' still cannot be restored: ${reason}`;
    throw new WireError('SESSION_SET_ASIDE', { message, cause: error });
  }
}

function isHostError(error: unknown, code: HostErrorCode): boolean {
  return error instanceof HostError && error.code === code;
}
