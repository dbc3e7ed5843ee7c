export { type AfterWorkSettings, MAX_NOTES_LENGTH, type Outcome } from './afterWork.ts';
export type { AgentRequest, TransferTarget } from './conferences.ts';
export {
  agentsOf,
  INTERACTION,
  type Interaction,
  type InteractionRecord,
  parseInteractionId,
  servesCustomer,
} from './interactionRecord.ts';
export { Interactions } from './interactions.ts';
export { Offers } from './offers.ts';
export type { QueueApplication } from './queueEntry.ts';
