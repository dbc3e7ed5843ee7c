export type { CometChannel, QueuedNotice } from './cometChannel.ts';
export { ENABLED_TYPES, isEnabledType, type PostEvent } from './delivery.ts';
export { NOTIFICATION_LIMITS } from './limits.ts';
export {
  type NotificationDetails,
  type NotificationEvent,
  NotificationType,
  type SubscriptionRequest,
} from './notificationRequests.ts';
export { Notifications } from './notifications.ts';
export { messageBytes, StoredMessages } from './storedMessages.ts';
export { readSubscriptionId, type SubscriptionId } from './subscriptions.ts';
