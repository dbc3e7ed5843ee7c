export { announcing } from './announcing.ts';
export { type Cancellation, MAX_CANCELLED, type QueuesQuery } from './callbackAdministration.ts';
export { documentProblem, type Templates } from './entryDocument.ts';
export { Services } from './services.ts';
export { VisibleServices } from './visibleServices.ts';
