import { sendFailed } from '../content/sendFailed.ts';
import type { Dialect } from '../document/model.ts';
import type { UntypedEvent } from '../event.ts';
import { unsupportedElement } from '../ors/moduleError.ts';
import type { OutwardEffect } from './contract.ts';

/** The event that tells a document that nothing performs an effect (ors-dialect 2.6; W3C C.1). */
export function notPerformed(dialect: Dialect, effect: OutwardEffect): UntypedEvent {
  if (effect.kind === 'send') {
    return sendFailed(dialect, effect, `nothing here sends events of the type '${effect.type}'`);
  }
  return unsupportedElement(effect);
}
