export { type AfterWorkSettings, MAX_NOTES_LENGTH, type Outcome } from './afterWork.ts';
export { type Interaction, parseInteractionId } from './interactionRecord.ts';
export { Interactions } from './interactions.ts';
export { Offers } from './offers.ts';
export type { QueueApplication } from './queueEntry.ts';
