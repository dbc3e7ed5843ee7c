import { defined } from '../../ports/index.ts';
import type { Document } from '../document/model.ts';
import type { InvokeEffect } from '../effects.ts';
import type { UntypedEvent } from '../event.ts';
import type { InvokedSnapshot, InvokedStart, Receiver, Snapshot, WaitingInput } from './contract.ts';
import type { Family } from './family.ts';

/** How the session of an invoke starts. */
export function invokedStart(effect: InvokeEffect): InvokedStart {
  const { invokedId: id, invokeId, params, src = '', document: text, baseUrl } = effect;
  return {
    id,
    invokeId,
    params,
    source: text === undefined ? { kind: 'url', url: src } : { kind: 'text', text, baseUrl },
  };
}

/** The session that an invoke starts when its document is read. */
export interface OpenedSession extends Receiver {
  start(): void;
  resume(snapshot: Snapshot): void;
  snapshot(): Snapshot;
  cancel(): void;
}

/** The parts of the invoking session that its invoked sessions need. */
export interface InvokingSession {
  /** Makes the session, new or from its snapshot. Throws when it cannot be restored. */
  openInvoked(document: Document, start: InvokedStart, stored: Snapshot | undefined): OpenedSession;
  /** The invoked session ended, or could not start. `event`: the event for the invoking session. */
  invokedEnded(id: string, event: UntypedEvent | undefined): void;
}

/**
 * A session that another session invoked. It exists from the invoke on: inputs wait while its document is
 * read.
 */
export class InvokedSession implements Receiver {
  readonly #invoking: InvokingSession;
  readonly #family: Family;
  readonly #start: InvokedStart;
  readonly #stored: Snapshot | undefined;
  #waiting: WaitingInput[];
  #session: OpenedSession | undefined;
  #isCancelled = false;

  constructor(invoking: InvokingSession, family: Family, invoked: InvokedSnapshot) {
    const { session, waiting, ...start } = invoked;
    this.#invoking = invoking;
    this.#family = family;
    this.#start = start;
    this.#stored = session;
    this.#waiting = [...(waiting ?? [])];
  }

  get id(): string {
    return this.#start.id;
  }

  get invokeId(): string {
    return this.#start.invokeId;
  }

  /** Undefined while its document is read. */
  get session(): OpenedSession | undefined {
    return this.#session;
  }

  take(input: WaitingInput): void {
    if (this.#session) this.#session.take(input);
    else this.#waiting.push(input);
  }

  /** Starts or resumes the session: at once when its document is loaded, otherwise when it is read. */
  open(): void {
    const { source } = this.#start;
    const known = this.#family.ports.documentOf?.(source);
    if (known) {
      this.#begin(known);
      return;
    }
    const work = this.#family.load(source).then(
      (document) => this.#begin(document),
      (cause: unknown) => this.#fail(cause),
    );
    this.#family.track(work);
  }

  cancel(): void {
    this.#isCancelled = true;
    if (this.#session) this.#session.cancel();
    else this.#end(undefined);
  }

  snapshot(): InvokedSnapshot {
    const waiting = this.#waiting.length > 0 ? [...this.#waiting] : undefined;
    const session = this.#session?.snapshot() ?? this.#stored;
    return { ...this.#start, ...defined({ waiting, session }) };
  }

  #begin(document: Document): void {
    if (this.#isCancelled) return;
    const stored = this.#stored;
    let session: OpenedSession;
    try {
      session = this.#invoking.openInvoked(document, this.#start, stored);
    } catch (cause) {
      this.#fail(cause);
      return;
    }
    this.#session = session;
    if (stored) session.resume(stored);
    else session.start();
    const waiting = this.#waiting;
    this.#waiting = [];
    for (const input of waiting) session.take(input);
  }

  /** The document cannot be read, or the snapshot belongs to another one. */
  #fail(cause: unknown): void {
    if (this.#isCancelled) return;
    const { invokeId } = this.#start;
    const description = cause instanceof Error ? cause.message : String(cause);
    this.#end({ name: 'error.communication', invokeid: invokeId, data: { description } });
  }

  #end(event: UntypedEvent | undefined): void {
    this.#family.remove(this.id);
    this.#invoking.invokedEnded(this.id, event);
    this.#family.tellUntaken(this.#waiting);
  }
}
