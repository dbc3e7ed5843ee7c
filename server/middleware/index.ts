export { errorBoundary, replyFailures } from './errorBoundary.ts';
export {
  type EventSource,
  lastEventIdOf,
  openEventStream,
  replyStream,
  type StreamStart,
} from './eventStream.ts';
export {
  creationKeyOf,
  eventIdOf,
  keyOf,
  MAX_IDEMPOTENCY_KEY,
  repeatable,
  replyBatch,
  startIdOf,
} from './idempotencyKey.ts';
export { refuseStarts } from './refuseStarts.ts';
export { refuseUnowned } from './refuseUnowned.ts';
export { refuseWaiting } from './refuseWaiting.ts';
export { durableReplies, gmsHeaders, replyJson } from './replies.ts';
export { replyFile } from './replyFile.ts';
export { requestLog } from './requestLog.ts';
export { RequestRate, RequestRates } from './requestRates.ts';
