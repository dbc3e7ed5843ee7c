/** Limits and times of the Bayeux layer. Times in milliseconds. */
export interface BayeuxOptions {
  /** How long a `/meta/connect` is held without a message. A client may ask for less. */
  readonly timeoutMs: number;
  /** Advised pause between two connects. */
  readonly intervalMs: number;
  /** A client that makes no connect for this long, plus its advised interval, is removed. */
  readonly maxIntervalMs: number;
  /** A client that makes no connect for this long after its handshake is removed. */
  readonly maxHandshakeIntervalMs: number;
  /** Advised interval for the second and further clients of one browser. */
  readonly multipleClientsIntervalMs: number;
  /** How often a WebSocket is asked whether its client is there. */
  readonly pingMs: number;
  /** Time in which clients close their WebSockets when the server stops. Then they are cut. */
  readonly closeGraceMs: number;
  /** Bytes of a request body, or of a frame of a WebSocket. */
  readonly maxBodyBytes: number;
  readonly maxMessagesPerBody: number;
  readonly maxClients: number;
  readonly maxClientsOfAddress: number;
  /** Clients that made a handshake and no connect yet. Beyond it the oldest of them ends. */
  readonly maxUnconnected: number;
  readonly maxUnconnectedOfAddress: number;
  readonly maxSockets: number;
  readonly maxSocketsOfAddress: number;
  /** Bytes that wait in a WebSocket for a slow client. Beyond it messages wait in the queue of the client. */
  readonly maxBufferedBytes: number;
  /** Messages that wait for one client. Beyond it the oldest is dropped, with a log line. */
  readonly maxQueuedMessages: number;
  /** Characters of these messages. Notifications beyond it wait in the durable queue of their user. */
  readonly maxQueuedChars: number;
  readonly maxSubscriptions: number;
  readonly maxChannelLength: number;
  readonly maxUserLength: number;
  /** Durable notifications that wait for one user. Beyond it the oldest is dropped, with a log line. */
  readonly maxWaitingNotifications: number;
  /** Bytes of the messages of these notifications. */
  readonly maxWaitingBytes: number;
  /** How long a notification waits for its user. */
  readonly notificationTtlMs: number;
  /**
   * Channels on which clients may publish to each other, and patterns to which they may subscribe. Default:
   * none, because GMS only pushes.
   */
  readonly mayPublish: (channel: string) => boolean;
}

/** Timeout and intervals as CometD Java has them, which GMS embedded (gms-api 9). */
export const BAYEUX_DEFAULTS: BayeuxOptions = {
  timeoutMs: 60_000,
  intervalMs: 0,
  maxIntervalMs: 10_000,
  maxHandshakeIntervalMs: 5_000,
  multipleClientsIntervalMs: 2_000,
  pingMs: 25_000,
  closeGraceMs: 1_000,
  maxBodyBytes: 65_536,
  maxMessagesPerBody: 100,
  maxClients: 50_000,
  maxClientsOfAddress: 1_000,
  maxUnconnected: 5_000,
  maxUnconnectedOfAddress: 200,
  maxSockets: 50_000,
  maxSocketsOfAddress: 1_000,
  maxBufferedBytes: 1_048_576,
  maxQueuedMessages: 1_000,
  maxQueuedChars: 262_144,
  maxSubscriptions: 64,
  maxChannelLength: 256,
  maxUserLength: 256,
  maxWaitingNotifications: 1_000,
  maxWaitingBytes: 4_194_304,
  notificationTtlMs: 86_400_000,
  mayPublish: () => false,
};

/** Names of limits in the configuration, for error texts. */
export const LIMIT_NAMES = {
  maxClients: 'limits.cometd.clients',
  maxClientsOfAddress: 'limits.cometd.clientsOfAddress',
  maxUnconnectedOfAddress: 'limits.cometd.unconnectedOfAddress',
  maxSockets: 'limits.cometd.sockets',
  maxSocketsOfAddress: 'limits.cometd.socketsOfAddress',
  maxSubscriptions: 'limits.cometd.subscriptionsOfClient',
} as const satisfies Partial<Record<keyof BayeuxOptions, string>>;
