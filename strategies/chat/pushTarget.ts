import { NotificationType } from '../notification/index.ts';

/** The types of devices that customers of Chat V2 name. */
export const PUSH_TARGET_TYPES = [
  NotificationType.FCM,
  NotificationType.GCM,
  NotificationType.ANDROID,
  NotificationType.IOS,
  NotificationType.CUSTOM_HTTP,
] as const;

/** The device of a customer of Chat V2. gms-api 7.7. */
export interface PushTarget {
  readonly type: (typeof PUSH_TARGET_TYPES)[number];
  readonly deviceId: string;
  readonly isDebug: boolean;
  /** Absent: the section push. */
  readonly provider?: string;
  readonly language?: string;
  /** A push to customhttp has the whole entry; absent: as the service says. */
  readonly includePayload?: boolean;
  /** A push that failed is repeated: never, or after a time of the configuration. Absent: as other events. */
  readonly resend?: 'never' | 'delayed';
  /** The device also gets what the customer does. */
  readonly isToldOfOwn?: true;
}
