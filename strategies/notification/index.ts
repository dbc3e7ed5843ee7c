export type { CometChannel, Notice } from './cometChannel.ts';
export type { PostEvent } from './delivery.ts';
export {
  type NotificationDetails,
  type NotificationEvent,
  NotificationType,
  type SubscriptionRequest,
} from './notificationRequests.ts';
export { Notifications } from './notifications.ts';
export { readSubscriptionId, type SubscriptionId } from './subscriptions.ts';
