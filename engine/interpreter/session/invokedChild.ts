import type { Document } from '../document/model.ts';
import type { ScxmlEvent } from '../event.ts';
import type { StepInput } from '../execution.ts';
import type { ChildSnapshot, ChildStart, Receiver, Snapshot } from './contract.ts';
import type { Family } from './family.ts';

/** What the child becomes when its document is there. */
export interface OpenedSession extends Receiver {
  start(): void;
  resume(snapshot: Snapshot): void;
  snapshot(): Snapshot;
  cancel(): void;
}

interface InvokingSession {
  childEnded(id: string, event: Omit<ScxmlEvent, 'type'> | undefined): void;
}

export type OpenChild = (start: { document: Document; child: ChildSnapshot }) => OpenedSession;

/** A session that another one invoked, from the moment of the invoke on: events wait while its document is read. */
export class InvokedChild implements Receiver {
  readonly #parent: InvokingSession;
  readonly #family: Family;
  readonly #start: ChildStart;
  readonly #stored: Snapshot | undefined;
  #waiting: StepInput[];
  #session: OpenedSession | undefined;
  #cancelled = false;

  constructor(parent: InvokingSession, family: Family, child: ChildSnapshot) {
    const { session, waiting, ...start } = child;
    this.#parent = parent;
    this.#family = family;
    this.#start = start;
    this.#stored = session;
    this.#waiting = [...(waiting ?? [])];
  }

  get id(): string {
    return this.#start.id;
  }

  take(input: StepInput): void {
    if (this.#session) this.#session.take(input);
    else this.#waiting.push(input);
  }

  /** Starts it, or brings it back: at once when its document is at hand, else when it was read. */
  open(openChild: OpenChild): void {
    const { source } = this.#start;
    const known = this.#family.ports.documentOf?.(source);
    if (known) {
      this.#begin(known, openChild);
      return;
    }
    const work = this.#family.load(source).then(
      (document) => this.#begin(document, openChild),
      (cause: unknown) => this.#fail(cause),
    );
    this.#family.track(work);
  }

  cancel(): void {
    this.#cancelled = true;
    if (this.#session) this.#session.cancel();
    else this.#leave(undefined);
  }

  snapshot(): ChildSnapshot {
    const session = this.#session?.snapshot() ?? this.#stored;
    return {
      ...this.#start,
      ...(this.#waiting.length > 0 && { waiting: [...this.#waiting] }),
      ...(session && { session }),
    };
  }

  #begin(document: Document, openChild: OpenChild): void {
    if (this.#cancelled) return;
    const { session: stored, ...start } = this.snapshot();
    let session: OpenedSession;
    try {
      session = openChild({ document, child: { ...start, ...(stored && { session: stored }) } });
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

  /** Its document cannot be had, or is another than the one of the snapshot. */
  #fail(cause: unknown): void {
    if (this.#cancelled) return;
    const { invokeId } = this.#start;
    const description = cause instanceof Error ? cause.message : String(cause);
    this.#leave({ name: 'error.communication', invokeid: invokeId, data: { description } });
  }

  #leave(event: Omit<ScxmlEvent, 'type'> | undefined): void {
    this.#family.remove(this.id);
    this.#parent.childEnded(this.id, event);
  }
}
