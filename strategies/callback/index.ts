export { accessRequest, poolOf } from './accessRequest.ts';
export { announcing } from './announcing.ts';
export type { AvailabilityQuery } from './availability.ts';
export { Calendars, calendarKind, calendarProblems } from './calendars.ts';
export { type Cancellation, MAX_CANCELLED, type QueuesQuery } from './callbackAdministration.ts';
export { checkOption, checkOptions } from './checkOption.ts';
export { documentProblem, type Templates } from './entryDocument.ts';
export { ServiceError } from './errors.ts';
export {
  BUILTIN_SERVICES,
  ineffectiveOptions,
  initialChatDelayOptions,
  initialChatImmediateOptions,
  isBuiltin,
  isCallbackService,
  type ServiceOptions,
} from './options.ts';
export {
  type CallbackState,
  CHAT_POLL,
  chatRefusal,
  isCallbackState,
  parseCallbackId,
  parseServiceId,
  type ServiceInstance,
} from './serviceInstance.ts';
export type {
  CreatedService,
  CreateService,
  CustomerProperty,
  FindServices,
  OptionSender,
  ServiceChange,
  ServiceUse,
} from './serviceRequests.ts';
export { Services } from './services.ts';
export type { TimeSlot } from './timeSlots.ts';
export { VisibleServices } from './visibleServices.ts';
