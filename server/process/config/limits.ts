import { z } from 'zod';
import { DEFAULT_LINEAGE_LIMITS } from '../../../engine/host/index.ts';
import { FILE_LIMITS } from '../../../strategies/files/index.ts';
import { NOTIFICATION_LIMITS } from '../../../strategies/notification/index.ts';
import { STORAGE_LIMITS } from '../../../strategies/storage/index.ts';
import { BAYEUX_DEFAULTS, type BayeuxOptions } from '../../bayeux/index.ts';
import { PUSH_LIMITS } from '../../pushServices/index.ts';

const positive = z.number().int().positive();
/** No proxy waits longer for an answer. */
const MAX_POLL_SECONDS = 3_600;

const rate = (perSecond: number, burst: number) =>
  z
    .strictObject({
      perSecond: z.number().positive().default(perSecond),
      /** Requests that may come at once after a pause. */
      burst: positive.default(burst),
    })
    .prefault({});

/**
 * The section `limits`: how much one address, one user, and all of them together may use. An address is an
 * IPv4 address or an IPv6 network of 64 bits. Loopback and trusted proxies have no limit of an address,
 * because many clients are behind them.
 */
export const limitsSchema = z
  .strictObject({
    connections: z
      .strictObject({
        total: positive.default(10_000),
        ofAddress: positive.default(1_000),
        /** Bytes of the headers of one request. */
        headerBytes: z.number().int().min(4096).default(16_384),
        /** Seconds in which all headers of a request must arrive. */
        headersSeconds: positive.default(20),
        /** Seconds in which a whole request must arrive. */
        requestSeconds: positive.default(60),
      })
      .prefault({}),
    /** Bytes of request bodies in memory. */
    bodies: z
      .strictObject({
        bytes: positive.default(256 * 1024 ** 2),
        bytesOfAddress: positive.default(64 * 1024 ** 2),
      })
      .prefault({}),
    requests: z
      .strictObject({
        ofAddress: rate(500, 2_000),
        ofUser: rate(50, 500),
        /** New chats of Chat V2, open media and e-mails. Each of them starts a session. */
        chatsOfAddress: rate(2, 100),
      })
      .prefault({}),
    metrics: z
      .strictObject({
        /** Virtual queues that get a label of their own in /metrics. */
        queues: positive.default(100),
      })
      .prefault({}),
    openMedia: z
      .strictObject({
        /** Interactions of open media and e-mails that have not ended. */
        open: positive.default(100_000),
      })
      .prefault({}),
    /** CometD. A client is a session of Bayeux; a user may have several. */
    cometd: z
      .strictObject({
        /** How long a connect is held without a message. A proxy may cut a longer one. */
        pollSeconds: positive.max(MAX_POLL_SECONDS).default(BAYEUX_DEFAULTS.timeoutMs / 1000),
        clients: positive.default(BAYEUX_DEFAULTS.maxClients),
        clientsOfAddress: positive.default(BAYEUX_DEFAULTS.maxClientsOfAddress),
        unconnected: positive.default(BAYEUX_DEFAULTS.maxUnconnected),
        unconnectedOfAddress: positive.default(BAYEUX_DEFAULTS.maxUnconnectedOfAddress),
        sockets: positive.default(BAYEUX_DEFAULTS.maxSockets),
        socketsOfAddress: positive.default(BAYEUX_DEFAULTS.maxSocketsOfAddress),
        subscriptionsOfClient: positive.default(BAYEUX_DEFAULTS.maxSubscriptions),
        queuedMessagesOfClient: positive.default(BAYEUX_DEFAULTS.maxQueuedMessages),
        queuedCharsOfClient: positive.default(BAYEUX_DEFAULTS.maxQueuedChars),
        waitingNotificationsOfUser: positive.default(BAYEUX_DEFAULTS.maxWaitingNotifications),
        waitingBytesOfUser: positive.default(BAYEUX_DEFAULTS.maxWaitingBytes),
      })
      .prefault({}),
    /** As LineageLimits. They bound what documents start and send, not what clients do. */
    sessions: z
      .strictObject({
        ofLineage: positive.default(DEFAULT_LINEAGE_LIMITS.ofLineage),
        depth: positive.default(DEFAULT_LINEAGE_LIMITS.depth),
        startsPerSecond: positive.default(DEFAULT_LINEAGE_LIMITS.startsPerSecond),
        eventsPerSecond: positive.default(DEFAULT_LINEAGE_LIMITS.eventsPerSecond),
      })
      .prefault({}),
    /** As NotificationLimits. */
    notifications: z
      .strictObject({
        subscriptions: positive.default(NOTIFICATION_LIMITS.subscriptions),
        subscriptionsOfUser: positive.default(NOTIFICATION_LIMITS.subscriptionsOfUser),
        subscriptionsOfFilter: positive.default(NOTIFICATION_LIMITS.subscriptionsOfFilter),
        deliveriesOfPublish: positive.default(NOTIFICATION_LIMITS.deliveriesOfPublish),
        messageBytes: positive.default(NOTIFICATION_LIMITS.messageBytes),
      })
      .prefault({}),
    /** As PushLimits: of one connection to a push service. */
    push: z
      .strictObject({
        requestSeconds: z.number().positive().default(PUSH_LIMITS.requestSeconds),
        concurrent: positive.default(PUSH_LIMITS.concurrent),
        waiting: positive.default(PUSH_LIMITS.waiting),
        /** Test notifications of one administrator. */
        testsPerMinute: positive.default(20),
      })
      .prefault({}),
    /** As FileLimits: the files of chats. */
    files: z
      .strictObject({
        fileBytes: positive.default(FILE_LIMITS.fileBytes),
        filesOfChat: positive.default(FILE_LIMITS.filesOfChat),
        bytesOfChat: positive.default(FILE_LIMITS.bytesOfChat),
        filesOfUser: positive.default(FILE_LIMITS.filesOfUser),
        bytesOfUser: positive.default(FILE_LIMITS.bytesOfUser),
        files: positive.default(FILE_LIMITS.files),
        bytes: positive.default(FILE_LIMITS.bytes),
        uploads: positive.default(FILE_LIMITS.uploads),
        uploadsOfAddress: positive.default(FILE_LIMITS.uploadsOfAddress),
      })
      .prefault({}),
    /** As StorageLimits. */
    storage: z
      .strictObject({
        areas: positive.default(STORAGE_LIMITS.areas),
        areasOfUser: positive.default(STORAGE_LIMITS.areasOfUser),
        bytes: positive.default(STORAGE_LIMITS.bytes),
        bytesOfUser: positive.default(STORAGE_LIMITS.bytesOfUser),
        /** Seconds that an area of the storage API may live. */
        ttl: positive.default(30 * 86_400),
      })
      .prefault({}),
  })
  .prefault({});

export type Limits = z.infer<typeof limitsSchema>;

/** The limits of the section `cometd`, as Bayeux names them. */
export function bayeuxLimits(limits: Limits['cometd']): Partial<BayeuxOptions> {
  return {
    timeoutMs: limits.pollSeconds * 1000,
    maxClients: limits.clients,
    maxClientsOfAddress: limits.clientsOfAddress,
    maxUnconnected: limits.unconnected,
    maxUnconnectedOfAddress: limits.unconnectedOfAddress,
    maxSockets: limits.sockets,
    maxSocketsOfAddress: limits.socketsOfAddress,
    maxSubscriptions: limits.subscriptionsOfClient,
    maxQueuedMessages: limits.queuedMessagesOfClient,
    maxQueuedChars: limits.queuedCharsOfClient,
    maxWaitingNotifications: limits.waitingNotificationsOfUser,
    maxWaitingBytes: limits.waitingBytesOfUser,
  };
}
