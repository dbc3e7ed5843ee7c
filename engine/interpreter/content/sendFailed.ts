import { defined } from '../../ports/index.ts';
import type { Dialect } from '../document/model.ts';
import type { SendEffect } from '../effects.ts';
import type { UntypedEvent } from '../event.ts';

/**
 * The event that tells a session that a <send> could not be delivered (W3C C.1: error.communication;
 * ors-dialect 2.6).
 */
export function sendFailed(dialect: Dialect, effect: SendEffect, description?: string): UntypedEvent {
  const name =
    dialect === 'w3c'
      ? 'error.communication'
      : effect.type === 'scxml'
        ? 'error.send.nosuchsession'
        : 'error.send.targetunavailable';
  return {
    name,
    data: {
      ...effect.place,
      target: effect.target,
      description: description ?? `nothing answers at '${effect.target}'`,
    },
    ...defined({ sendid: effect.sendId }),
  };
}
