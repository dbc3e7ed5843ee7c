import type { InProcessSession } from '../index.ts';
import type { SteppedChild } from './contract.ts';
import { openData } from './openData.ts';

/** The present state of an invoked session. `now`: the time of the virtual clock, in ms since epoch. */
export function childView(session: InProcessSession, now: () => number): SteppedChild {
  const { id, document, status, configuration } = session;
  return {
    id,
    status,
    configuration,
    data: session.data(),
    stateIds: document.stateById.keys(),
    get: (source) => {
      const stored = {
        document,
        sessionId: id,
        configuration: [...configuration],
        snapshot: session.snapshot().execution,
      };
      const { data, slot } = openData(stored, { source, kind: 'value', now: now() });
      return data.value(slot);
    },
  };
}
