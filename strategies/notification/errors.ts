import { asGiven, codedError } from '../../engine/ports/index.ts';

const MESSAGES = {
  SUBSCRIPTION_INVALID: asGiven,
  EVENT_INVALID: asGiven,
  TYPE_NOT_ENABLED: asGiven,
  DELIVERY_FAILED: asGiven,
  QUOTA_EXCEEDED: asGiven,
};

type NotificationErrorCode = keyof typeof MESSAGES;

declare module '../../engine/ports/codedError.ts' {
  interface ErrorCodes extends Record<NotificationErrorCode, true> {}
}

/** A fault of the caller, or of a receiver. The message names the expected and the actual value. */
export class NotificationError extends codedError('NotificationError', MESSAGES) {}
