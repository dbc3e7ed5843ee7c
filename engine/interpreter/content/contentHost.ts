import type { Json } from '../../ports/index.ts';
import type { DataSession } from '../datamodel/datamodel.ts';
import type { Document, ExtensionElement } from '../document/model.ts';
import type { Effect, SendEffect } from '../effects.ts';
import type { ScxmlEvent } from '../event.ts';
import type { FaultPlace } from './contentFault.ts';

/** What executable content may do to its session: declared here, where it is needed. */
export interface ContentHost {
  readonly document: Document;
  readonly data: DataSession;
  readonly sessionId: string;
  /** Puts an internal event on the internal queue. */
  raise(name: string, data: Json | undefined): void;
  /** Puts a platform event on the internal queue. */
  raisePlatform(name: string, data: Json | undefined, sendid?: string): void;
  /** Turns a fault of the document into its error event; throws what is no fault of the document. */
  fault(fault: unknown, place: FaultPlace): void;
  /** A fresh id, deterministic within the session, e.g. for sendid, request ids, effect keys. */
  nextId(prefix: string): string;
  emit(effect: Effect): void;
  /** Accepts a <send> whose parts are evaluated; a delay arms a timer. */
  send(request: SendRequest): void;
  /** Discards pending sends with the sendid; true when there was one. */
  cancel(sendid: string): boolean;
  parentSession(): { readonly sessionId: string; readonly invokeId: string } | undefined;
  /** Session id of a running invoke. */
  invokedSession(invokeId: string): string | undefined;
  performExtension(module: string, element: ExtensionElement): void;
  /** ORS: does what code asked for by `__Raise` and the like, in its order among the actions. */
  performRealmRequests(): void;
}

export type SendRequest =
  | { readonly to: 'internal'; readonly event: Omit<ScxmlEvent, 'type'> }
  | {
      readonly to: 'self';
      readonly delayMs: number;
      readonly sendid: string;
      readonly event: Omit<ScxmlEvent, 'type'>;
    }
  | { readonly to: 'other'; readonly delayMs: number; readonly sendid: string; readonly effect: SendEffect };
