export { createInteractions } from './createInteractions.ts';
export type { InteractionErrorCode } from './errors.ts';
export type { Interaction, Interactions } from './interactions.ts';
export type { QueueApplication } from './queueEntry.ts';
