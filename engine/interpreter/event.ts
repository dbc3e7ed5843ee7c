/** Events as the interpreter sees them. W3C SCXML 5.10.1 (_event) and ORS "SCXML Event Extensions". */

import type { Json } from '../ports/index.ts';

export const EventType = { PLATFORM: 'platform', INTERNAL: 'internal', EXTERNAL: 'external' } as const;
export type EventType = (typeof EventType)[keyof typeof EventType];

export interface ScxmlEvent {
  readonly name: string;
  readonly type: EventType;
  /** Value of `_event.data`; absent means undefined. */
  readonly data?: Json;
  readonly sendid?: string;
  readonly origin?: string;
  readonly origintype?: string;
  readonly invokeid?: string;
  /** The message as the event I/O processor got it (`_event.raw`), where it says more than the fields do. */
  readonly raw?: string;
  /** `data` is the text of an XML element, which document code gets as a DOM (W3C SCXML B.2.1). */
  readonly xml?: true;
  /** Platform facts that the ORS modules apply before the event is processed (never visible to documents). */
  readonly facts?: Json;
}
