export type { CometChannel, QueuedNotice } from './cometChannel.ts';
export type { PostEvent } from './delivery.ts';
export { NOTIFICATION_LIMITS } from './limits.ts';
export type { MessageTexts } from './localizedMessages.ts';
export {
  type ConfiguredConnection,
  type DevicePush,
  MobilePush,
  NO_PUSH,
  PLAIN_TYPES,
  PUSH_SERVICES,
  type PushConnection,
  type PushResult,
  type PushService,
  type PushSettings,
  pushServiceOf,
} from './mobilePush.ts';
export {
  MediaType,
  messageText,
  type NotificationDetails,
  type NotificationEvent,
  NotificationType,
  readSubscriptionId,
  type SubscriptionId,
  type SubscriptionRequest,
} from './notificationRequests.ts';
export { Notifications } from './notifications.ts';
export { type PushOptions, type PushSections, pushOptionProblem } from './pushOptions.ts';
export { messageBytes, StoredMessages } from './storedMessages.ts';
export { sendTestPush, type TestPush } from './testPush.ts';
