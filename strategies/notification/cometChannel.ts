import type { Batch } from '../../engine/durable/index.ts';
import type { Json } from '../../engine/ports/index.ts';

/** A notification as a CometD client gets it. gms-api 8.4. */
export interface Notice {
  /** 32 hexadecimal digits; the same for every delivery of the event. */
  readonly id: string;
  readonly message: Json;
  readonly tag: string;
}

/** A notice to queue. Without a message: StoredMessages has it. */
export interface QueuedNotice {
  readonly id: string;
  readonly tag: string;
  readonly message?: Json;
  /** Bytes of a message that is not given. */
  readonly bytes?: number;
}

/** Pushes to the CometD clients of a user. */
export interface CometChannel {
  /**
   * Resolves when the notice is durably queued for the user, with a use of its stored message. A client that
   * is connected gets it at once; a client that connects later gets it then, until it expires. `receipt` is
   * part of the commit that queues it.
   */
  deliver(gmsUser: string, notice: QueuedNotice, receipt?: Batch): Promise<void>;
  /** Queues a new notice with the commit that the batch joins; then as deliver. */
  queueBatch(gmsUser: string, notice: QueuedNotice): Batch;
  /** Removes the notices that wait for a user. */
  forgetBatch(gmsUser: string): { readonly batch: Batch; readonly notices: number };
  /** True while a subscribed client of this user is connected, or was connected within maxInterval. */
  isActive(gmsUser: string): boolean;
}
