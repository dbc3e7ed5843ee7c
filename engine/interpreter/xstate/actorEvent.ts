import type { EventObject } from 'xstate';
import { defined } from '../../ports/index.ts';
import { type ScxmlEvent, toJson, type UntypedEvent } from '../index.ts';

/** Type of the event of a due timer. No document can use this name. */
export const TIMER = 'xstate.scxml.timer';

/**
 * An event of an SCXML actor. `type` is its name. Its data are `data`, or all other fields when there is no
 * `data`. `scxml` has further fields of `_event`.
 */
export interface ScxmlActorEvent extends EventObject {
  readonly data?: unknown;
  readonly scxml?: Pick<ScxmlEvent, 'sendid' | 'origin' | 'origintype' | 'invokeid'>;
  readonly [field: string]: unknown;
}

export function toScxmlEvent(event: ScxmlActorEvent): UntypedEvent {
  const { type: name, data: given, scxml, ...others } = event;
  const value = given === undefined && Object.keys(others).length > 0 ? others : given;
  const data = toJson(value, `the data of event '${name}'`);
  return { name, ...defined({ data }), ...scxml };
}

export function toActorEvent({ name, data, ...others }: UntypedEvent): ScxmlActorEvent {
  const { sendid, origin, origintype, invokeid } = others;
  const scxml = defined({ sendid, origin, origintype, invokeid });
  return { type: name, ...defined({ data, scxml: Object.keys(scxml).length > 0 ? scxml : undefined }) };
}
