import type { SessionId } from '../../engine/ports/index.ts';
import { WireError } from './wireErrors.ts';

/** SESSION_NOT_FOUND for a session of which no trace is kept. */
export function noTrace(sid: SessionId): WireError {
  const message = `There is no trace of session '${sid}': expected one that started on a document of traces.documents, in the last traces.keptDays.`;
  return new WireError('SESSION_NOT_FOUND', { message });
}
