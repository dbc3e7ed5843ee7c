/** Events as the interpreter sees them. W3C SCXML 5.10.1 (_event) and ORS "SCXML Event Extensions". */

import type { Json } from '../ports/index.ts';

export const EventType = { PLATFORM: 'platform', INTERNAL: 'internal', EXTERNAL: 'external' } as const;
export type EventType = (typeof EventType)[keyof typeof EventType];

export interface ScxmlEvent {
  readonly name: string;
  readonly type: EventType;
  /** Value of `_event.data`. Absent: undefined. */
  readonly data?: Json;
  readonly sendid?: string;
  readonly origin?: string;
  readonly origintype?: string;
  readonly invokeid?: string;
  /**
   * The message as the event I/O processor received it (`_event.raw`), if it holds more than the other
   * fields.
   */
  readonly raw?: string;
  /** `data` is the text of an XML element. Document code gets it as a DOM (W3C SCXML B.2.1). */
  readonly xml?: true;
  /** Facts that the ORS modules apply before the event is processed. Documents never see them. */
  readonly facts?: Json;
}

/** An event without its type, as it comes from outside. */
export type UntypedEvent = Omit<ScxmlEvent, 'type'>;

/** The same, where absent fields may also be undefined. */
export type EventFields = { readonly [K in keyof UntypedEvent]: UntypedEvent[K] | undefined } & {
  readonly name: string;
};

/** The event with a type, and with the known fields only; those that it does not have are undefined. */
export function eventOf(type: EventType, event: EventFields): ScxmlEvent {
  // Written out, and not as a spread, which costs more than all the rest of a short step.
  const { name, data, sendid, origin, origintype, invokeid, raw, xml, facts } = event;
  return { name, type, data, sendid, origin, origintype, invokeid, raw, xml, facts } as ScxmlEvent;
}
