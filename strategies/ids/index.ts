import { type Branded, type Ids, ownId, readId } from '../../engine/ports/index.ts';

/*
 * The ids that requests name begin with Ids.prefix: instances, interactions, storage areas, calls,
 * subscriptions. The default cell has none.
 */

/** Id of a service instance, a callback among them: `<node>-<UUID>`. */
export type ServiceId = Branded<'ServiceId'>;

/** Id of an interaction: 16 upper-case alphanumeric characters. A chat has the id of its interaction. */
export type InteractionId = Branded<'InteractionId'>;

/** Id of an agent, chosen by the client that creates the agent. */
export type AgentId = Branded<'AgentId'>;

/** Id of a storage area: a UUID. A service's user data is such an area. */
export type StorageId = Branded<'StorageId'>;

/** A service's id in a request that only mentions the service. Undefined: no id. */
export const readServiceId = (raw: unknown): ServiceId | undefined => readId<ServiceId>(raw);

/** Attempts to draw an id that no other interaction has. */
const MAX_ID_DRAWS = 10;

/** A new id of an interaction that is not taken. */
export function newInteractionId(ids: Ids, isTaken: (id: InteractionId) => boolean): InteractionId {
  for (let draw = 0; draw < MAX_ID_DRAWS; draw += 1) {
    const id = ownId<InteractionId>(`${ids.prefix}${ids.session().slice(-16)}`);
    if (!isTaken(id)) return id;
  }
  throw new Error(`MAX_ID_DRAWS: no free id in ${MAX_ID_DRAWS} draws; the Ids port repeats itself.`);
}
