import { type Branded, readId } from '../../engine/ports/index.ts';

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
