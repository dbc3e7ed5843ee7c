import type { Json } from '../../ports/index.ts';
import type { DataSession } from '../datamodel/datamodel.ts';
import type { Document, ExtensionElement } from '../document/model.ts';
import type { Effect, SendEffect } from '../effects.ts';
import type { EventFields } from '../event.ts';
import type { FaultLocation } from './contentFault.ts';

/** Everything that executable content does to its session. */
export interface ContentHost {
  readonly document: Document;
  readonly data: DataSession;
  readonly sessionId: string;
  /** Puts an internal event on the internal queue. */
  raise(name: string, data: Json | undefined): void;
  /** Puts a platform event on the internal queue. */
  raisePlatform(name: string, data: Json | undefined, sendid?: string): void;
  /** Raises the error event of a fault. Throws `fault` if it is not a fault of the document. */
  fault(fault: unknown, location: FaultLocation): void;
  /** A new id for a sendid, a request or an effect. The same when the step is computed again. */
  nextId(prefix: string): string;
  emit(effect: Effect): void;
  /** Executes a <send> with evaluated attributes. */
  send(request: SendRequest): void;
  /** Discards the pending sends with the sendid. Returns true when there was one. */
  cancel(sendid: string): boolean;
  parentSession(): { readonly sessionId: string; readonly invokeId: string } | undefined;
  /** Id of the session that was invoked last under the id. Undefined when no invoke with that id runs. */
  invokedSession(invokeId: string): string | undefined;
  performExtension(module: string, element: ExtensionElement): void;
  /** ORS: performs the requests of code (`__Raise`, `__Log` ...), in their order among the actions. */
  performRealmRequests(): void;
}

export type SendRequest =
  | { readonly to: 'internal'; readonly event: EventFields }
  | {
      readonly to: 'self';
      readonly delayMs: number;
      readonly sendid: string;
      readonly event: EventFields;
    }
  | { readonly to: 'other'; readonly delayMs: number; readonly sendid: string; readonly effect: SendEffect };
