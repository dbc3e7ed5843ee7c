export { type AfterWorkSettings, MAX_NOTES_LENGTH, type Outcome } from './afterWork.ts';
export {
  INTERACTION,
  type Interaction,
  type InteractionRecord,
  parseInteractionId,
} from './interactionRecord.ts';
export { Interactions } from './interactions.ts';
export { Offers } from './offers.ts';
export type { QueueApplication } from './queueEntry.ts';
