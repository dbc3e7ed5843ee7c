export type { CometChannel, Notice } from './cometChannel.ts';
export { createNotifications } from './createNotifications.ts';
export type { NotificationErrorCode } from './errors.ts';
export {
  type NotificationDetails,
  type NotificationEvent,
  type Notifications,
  type NotificationTask,
  NotificationType,
  type SubscriptionRequest,
} from './notifications.ts';
