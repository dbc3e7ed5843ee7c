import { type Branded, ownId, type SessionId } from '../../engine/ports/index.ts';
import type { InteractionId } from '../ids/index.ts';

/**
 * Id of a virtual interaction: the connection id of a virtual call (16 hex digits), or
 * `submit:session:request`.
 */
export type ConnId = Branded<'ConnId'>;

/** The thing that keeps an agent busy. */
export type SlotHolder = ConnId | InteractionId;

export function submitId(sessionId: SessionId, requestId: string): ConnId {
  return ownId<ConnId>(`submit:${sessionId}:${requestId}`);
}
