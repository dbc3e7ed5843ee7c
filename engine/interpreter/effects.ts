import type { Json } from '../ports/index.ts';

/**
 * What a step asks the host to do once the step is durable, in this order. `key` is unique within the
 * session and the same when the step is computed again: the idempotency key of the effect.
 */
export type Effect =
  | SendEffect
  /** Wake the session with { kind: 'timer', key } at `dueAt` (ms since epoch). */
  | { readonly kind: 'arm'; readonly key: string; readonly dueAt: number }
  | { readonly kind: 'disarm'; readonly key: string }
  | InvokeEffect
  /** End the child session of an invoke (its parent left the state, or ended). */
  | { readonly kind: 'uninvoke'; readonly key: string; readonly invokeId: string; readonly childId: string }
  | ModuleEffect
  | RespondEffect
  | { readonly kind: 'log'; readonly label?: string; readonly text: string; readonly level?: string };

/** An event for somebody else: another session, the parent, a child, or an event I/O processor. */
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
    /** Where an answer can be sent, and by which processor (W3C 5.10.1). */
    readonly origin?: string;
    readonly origintype?: string;
    /** See ScxmlEvent. */
    readonly raw?: string;
    readonly xml?: true;
  };
  /** sendid of the <send>, quoted in error.communication when the delivery fails. */
  readonly sendId?: string;
  /** ORS: where the <send> stands, quoted with it. */
  readonly place?: { readonly document: string; readonly element: string; readonly linenumber: number };
  /** basichttp: fields from namelist and params, in order, as strings; content as body. */
  readonly fields?: readonly (readonly [string, string])[];
  readonly content?: Json;
}

export interface InvokeEffect {
  readonly kind: 'invoke';
  readonly key: string;
  readonly invokeId: string;
  /** Session id of the child, fixed here so that performing twice starts one child. */
  readonly childId: string;
  /** 'scxml', or the type as written (which then fails with error.communication). */
  readonly type: string;
  /** Absolute URL of the child document, or its text. */
  readonly src?: string;
  readonly document?: string;
  /** Base URL for a document given as text. */
  readonly baseUrl: string;
  readonly params: { readonly [name: string]: Json | undefined };
}

/** An element of a Genesys module, evaluated: `<queue:submit ...>`. */
export interface ModuleEffect {
  readonly kind: 'module';
  readonly key: string;
  /** 'session' | 'queue' | 'interaction' | 'dialog' | 'classification' | ... */
  readonly module: string;
  /** Local name of the element: 'fetch', 'submit', 'redirect' ... */
  readonly action: string;
  /** The generated request id (also assigned to the requestid location). */
  readonly requestId: string;
  /** Values of the attributes, evaluated; a `requestid` attribute that refers to an earlier request is its value. */
  readonly attributes: { readonly [name: string]: Json | undefined };
  readonly params: { readonly [name: string]: Json | undefined };
  readonly content?: Json;
  readonly children: readonly ModuleChild[];
}

export interface ModuleChild {
  readonly name: string;
  readonly attributes: { readonly [name: string]: Json | undefined };
  readonly params: { readonly [name: string]: Json | undefined };
  readonly children: readonly ModuleChild[];
}

/** <ws:response>: the answer to a request of `POST /scxml/session/{sid}/request/{name}`. */
export interface RespondEffect {
  readonly kind: 'respond';
  readonly requestId: string;
  readonly positive: boolean;
  readonly resultCode?: string;
  /** The JSON of the params, or the content as it is. */
  readonly body: Json;
}
