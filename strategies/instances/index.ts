export { Bookings } from './bookings.ts';
export { ServiceError } from './errors.ts';
export { findInstances } from './findInstances.ts';
export { INSTANCES, InstanceTable } from './instanceTable.ts';
export { countCallbacks } from './migrateInstances.ts';
export {
  type AccessBooking,
  CallbackReason,
  CallbackState,
  CHAT_POLL,
  chatRefusal,
  isCallbackState,
  isOpen,
  isWaiting,
  noSuchCallback,
  type PoolHealth,
  parseCallbackId,
  parseServiceId,
  SESSION_EVENTS,
  type ServiceInstance,
  type SessionEvent,
} from './serviceInstance.ts';
export type {
  CreatedService,
  CreateService,
  CustomerProperty,
  FindServices,
  ServiceChange,
  ServiceUse,
} from './serviceRequests.ts';
