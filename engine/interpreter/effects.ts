import type { Json } from '../ports/index.ts';

/**
 * A request of a step to its host. The host performs the effects of a step, in order, after the step is
 * durable. `key` is unique within the session, and the same when the step is computed again: the idempotency
 * key of the effect.
 */
export type Effect =
  | SendEffect
  /** Step the session with { kind: 'timer', key } at `dueAt` (ms since epoch). */
  | { readonly kind: 'arm'; readonly key: string; readonly dueAt: number }
  | { readonly kind: 'disarm'; readonly key: string }
  | InvokeEffect
  /** End an invoked session: the invoking session has left the state of the invoke, or has ended. */
  | { readonly kind: 'uninvoke'; readonly key: string; readonly invokeId: string; readonly invokedId: string }
  | ModuleEffect
  | RespondEffect
  | { readonly kind: 'log'; readonly label?: string; readonly text: string; readonly level?: string };

/**
 * An event for another session (the invoking one and invoked ones included) or for an event I/O processor.
 */
export interface SendEffect {
  readonly kind: 'send';
  readonly key: string;
  /** 'scxml' | 'basichttp' | the type as written. */
  readonly type: string;
  /** For scxml: a session id. For basichttp: a URL. */
  readonly target: string;
  readonly event: {
    readonly name: string;
    readonly data?: Json;
    readonly sendid?: string;
    readonly invokeid?: string;
    /** The address for an answer, and its event I/O processor (W3C 5.10.1). */
    readonly origin?: string;
    readonly origintype?: string;
    /** See ScxmlEvent. */
    readonly raw?: string;
    readonly xml?: true;
  };
  /** sendid of the <send>, for the error event when the delivery fails. */
  readonly sendId?: string;
  /** ORS: the location of the <send>, for the same event. */
  readonly place?: { readonly document: string; readonly element: string; readonly linenumber: number };
  /** basichttp: names and values of namelist and params, in order. */
  readonly fields?: readonly (readonly [string, string])[];
  /** basichttp: the body. */
  readonly content?: Json;
}

export interface InvokeEffect {
  readonly kind: 'invoke';
  readonly key: string;
  readonly invokeId: string;
  /**
   * Session id of the invoked session. It is fixed here, so that performing the effect twice starts one
   * session.
   */
  readonly invokedId: string;
  /** 'scxml', or the type as written, which fails with error.communication. */
  readonly type: string;
  /** Absolute URL of the document, or its text. */
  readonly src?: string;
  readonly document?: string;
  /** Base URL of a document that is given as text. */
  readonly baseUrl: string;
  readonly params: { readonly [name: string]: Json | undefined };
}

/** An evaluated element of a Genesys module: `<queue:submit ...>`. */
export interface ModuleEffect {
  readonly kind: 'module';
  readonly key: string;
  /** 'session' | 'queue' | 'interaction' | 'dialog' | 'classification' | ... */
  readonly module: string;
  /** Local name of the element: 'fetch', 'submit', 'redirect' ... */
  readonly action: string;
  /** The generated request id (also assigned to the requestid location). */
  readonly requestId: string;
  /** Values of the attributes. `requestid` is the new id, or the earlier one that the element names. */
  readonly attributes: { readonly [name: string]: Json | undefined };
  readonly params: { readonly [name: string]: Json | undefined };
  readonly content?: Json;
  readonly children: readonly NestedElement[];
}

/** A child element of such an element. */
export interface NestedElement {
  readonly name: string;
  readonly attributes: { readonly [name: string]: Json | undefined };
  readonly params: { readonly [name: string]: Json | undefined };
  readonly children: readonly NestedElement[];
}

/** <ws:response>: the answer to a request of `POST /scxml/session/{sid}/request/{name}`. */
export interface RespondEffect {
  readonly kind: 'respond';
  readonly requestId: string;
  readonly positive: boolean;
  readonly resultCode?: string;
  /** The JSON of the params, or the content unchanged. */
  readonly body: Json;
}
