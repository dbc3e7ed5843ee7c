import type { EventObject } from 'xstate';
import { type ScxmlEvent, toJson } from '../index.ts';

/** The event of a due timer; no document can name it. */
export const TIMER = 'xstate.scxml.timer';

/**
 * An event of an SCXML actor: `type` is its name, and `data` its data; without `data` whatever else it has is.
 * `scxml` holds further fields of `_event`.
 */
export interface ScxmlActorEvent extends EventObject {
  readonly data?: unknown;
  readonly scxml?: Pick<ScxmlEvent, 'sendid' | 'origin' | 'origintype' | 'invokeid'>;
  readonly [field: string]: unknown;
}

export function toScxmlEvent(event: ScxmlActorEvent): Omit<ScxmlEvent, 'type'> {
  const { type: name, data: given, scxml, ...others } = event;
  const value = given === undefined && Object.keys(others).length > 0 ? others : given;
  const data = toJson(value, `the data of event '${name}'`);
  return { name, ...(data !== undefined && { data }), ...scxml };
}

export function toActorEvent({ name, data, ...others }: Omit<ScxmlEvent, 'type'>): ScxmlActorEvent {
  const { sendid, origin, origintype, invokeid } = others;
  const scxml = {
    ...(sendid !== undefined && { sendid }),
    ...(origin !== undefined && { origin }),
    ...(origintype !== undefined && { origintype }),
    ...(invokeid !== undefined && { invokeid }),
  };
  return {
    type: name,
    ...(data !== undefined && { data }),
    ...(Object.keys(scxml).length > 0 && { scxml }),
  };
}
