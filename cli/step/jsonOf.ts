import type { Debugged } from './actions.ts';
import type { Outcome } from './stepSession.ts';

/** The state after a command, for programs. */
export function jsonOf({ stepper, debugger: d }: Debugged, { lines, stop, acted, refused }: Outcome): object {
  return {
    now: stepper.now,
    status: stepper.status,
    configuration: [...stepper.configuration],
    accepts: stepper.accepts(),
    waiting: stepper.waiting,
    timers: stepper.timers,
    open: stepper.open.map(({ requestId, name, effect }) => ({
      requestId,
      name,
      attributes: effect.attributes,
      params: effect.params,
    })),
    lines: acted ? d.lastLines.map(({ session, text, at }) => ({ session, text, at })) : [],
    changes: acted ? d.changes() : [],
    ...(stop && { stop: stop.reason }),
    ...(refused && { refused }),
    ...(lines.length > 0 && { lines }),
  };
}
