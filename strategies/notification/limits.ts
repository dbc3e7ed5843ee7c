/** How much subscribers and publishers may use. The names are those of the configuration. */
export interface NotificationLimits {
  /** Subscriptions in all. */
  readonly subscriptions: number;
  /** Subscriptions of one subscriber, and of one device: a user of comet, a URL, a session. */
  readonly subscriptionsOfUser: number;
  /** Subscriptions with one filter. */
  readonly subscriptionsOfFilter: number;
  /** Destinations of one event. */
  readonly deliveriesOfPublish: number;
  /** Bytes of the message of a published event, as JSON. */
  readonly messageBytes: number;
}

export const NOTIFICATION_LIMITS: NotificationLimits = {
  subscriptions: 100_000,
  subscriptionsOfUser: 100,
  subscriptionsOfFilter: 2_000,
  deliveriesOfPublish: 5_000,
  messageBytes: 65_536,
};
