import type { Batch } from '../../engine/durable/index.ts';
import type { Json } from '../../engine/ports/index.ts';

/** What a client receives on `/_genesys`. gms-api 8.4. */
export interface Notice {
  /** 32 hexadecimal digits, the same however often the event is delivered. */
  readonly id: string;
  readonly message: Json;
  readonly tag: string;
}

/** Pushes to the CometD clients of a user. */
export interface CometChannel {
  /**
   * Resolves when the notice is durably queued for the user: a client that is there gets it at once, one
   * that comes later gets it then, until its time to live is over. `receipt` is part of the commit that queues it.
   */
  deliver(gmsUser: string, notice: Notice, receipt?: Batch): Promise<void>;
  /** True while a client of this user is connected (or was within maxInterval) and subscribed. */
  isActive(gmsUser: string): boolean;
}
