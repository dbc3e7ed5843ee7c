import type { Json } from '../../engine/ports/index.ts';
import type { EndedBy } from './chatRecord.ts';

/**
 * Why a party left, as clients read it in `eventAttributes` of the entry. REMOVED: by another party. SERVER:
 * by the server, as when the document ended the chat. INACTIVE: nobody said anything for too long. gms-api
 * 7.5.
 */
export const QuitReason = { REMOVED: '4', SERVER: '5', INACTIVE: '7' } as const;
export type QuitReason = (typeof QuitReason)[keyof typeof QuitReason];

/** Why the customer left when a chat ended. Undefined where clients read no reason. */
export function quitReasonOf(by: EndedBy): QuitReason | undefined {
  switch (by) {
    case 'agent':
    case 'supervisor':
      return QuitReason.REMOVED;
    case 'document':
      return QuitReason.SERVER;
    case 'idle':
      return QuitReason.INACTIVE;
    case 'customer':
    case 'timeout':
      return undefined;
  }
}

export function quitAttributes(reason: QuitReason | undefined): {
  readonly eventAttributes?: { readonly [name: string]: Json };
} {
  return reason === undefined ? {} : { eventAttributes: { GCTI_SYSTEM: { 'quit-reason-code': reason } } };
}
