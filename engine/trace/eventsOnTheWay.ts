import { isDeepStrictEqual } from 'node:util';
import {
  doneData,
  type Effect,
  type ModuleEffect,
  type SendEffect,
  type StepInput,
  type TimerName,
  type UntypedEvent,
} from '../interpreter/index.ts';
import { defined } from '../ports/index.ts';
import type { ReplayedStep, SessionReplay } from './replayTrace.ts';

/** A request of a session to a module that has no answer yet. */
export interface WaitingRequest {
  readonly session: string;
  readonly effect: ModuleEffect;
}

/**
 * Everything that sessions of a trace have sent and that is not taken after so many steps: events from one
 * session to another, delayed events, the ends of invoked sessions, and requests to modules.
 */
export class EventsOnTheWay {
  #sent: readonly { readonly to: string; readonly event: UntypedEvent }[] = [];
  #requests: readonly WaitingRequest[] = [];
  /** Sessions whose last step left events in their queues. */
  readonly #continued = new Set<string>();
  /** Timers in the order in which they were armed, by session and key, with their places. */
  readonly #armed = new Map<string, number>();

  /** `invoking`: the session that invoked the one which took the step. */
  took(step: ReplayedStep, replay: SessionReplay, invoking: SessionReplay | undefined): void {
    const { input, outcome, session } = step;
    if (input.kind === 'event') this.#arrived(session, input.event);
    for (const effect of outcome.effects) {
      this.#asked(effect, replay);
      if (effect.kind === 'arm') this.#armed.set(timerText({ session, key: effect.key }), this.#armed.size);
    }
    if (outcome.more) this.#continued.add(session);
    else this.#continued.delete(session);
    const isQuiet = input.kind === 'terminate' && invoking?.hasLeft(session) === true;
    if (outcome.status !== 'running' && invoking !== undefined && !isQuiet) {
      this.#send(invoking.execution.sessionId, endEvent(step, replay));
    }
  }

  /**
   * The inputs that wait for a session, in the order in which they were sent. A session whose first steps are
   * not in the trace may have taken an event in one of these: then only those count that it takes later.
   */
  inputsOf({ execution: { sessionId }, trace: { base }, remaining }: SessionReplay): readonly StepInput[] {
    const later =
      base && remaining.flatMap(({ input }) => (input.kind === 'event' ? [plainOf(input.event)] : []));
    const inputs: StepInput[] = this.#continued.has(sessionId) ? [{ kind: 'continue' }] : [];
    for (const { to, event } of this.#sent) {
      const isOpen = later === undefined || later.some((one) => isDeepStrictEqual(one, event));
      if (to === sessionId && isOpen) inputs.push({ kind: 'event', event });
    }
    return inputs;
  }

  /**
   * The timers in the order in which they were armed. A trace does not say it of the timers in the base of a
   * session: they are first.
   */
  inOrder(timers: readonly TimerName[]): readonly TimerName[] {
    const placeOf = (timer: TimerName): number => this.#armed.get(timerText(timer)) ?? -1;
    return timers.map(({ session, key }) => ({ session, key })).sort((a, b) => placeOf(a) - placeOf(b));
  }

  get requests(): readonly WaitingRequest[] {
    return this.#requests;
  }

  #arrived(session: string, event: UntypedEvent): void {
    const plain = plainOf(event);
    const index = this.#sent.findIndex(
      ({ to, event: sent }) => to === session && isDeepStrictEqual(sent, plain),
    );
    if (index >= 0) this.#sent = this.#sent.toSpliced(index, 1);
    const { data } = event;
    const answered =
      typeof data === 'object' && data !== null && 'requestid' in data ? data.requestid : undefined;
    this.#requests = this.#requests.filter(({ effect }) => effect.requestId !== answered);
  }

  #asked(effect: Effect, replay: SessionReplay): void {
    const session = replay.execution.sessionId;
    if (effect.kind === 'module') this.#requests = [...this.#requests, { session, effect }];
    if (effect.kind !== 'send' || effect.type !== 'scxml') return;
    this.#send(effect.target, sentEvent(effect, replay));
  }

  #send(to: string, event: UntypedEvent): void {
    this.#sent = [...this.#sent, { to, event: plainOf(event) }];
  }
}

/** W3C 6.4: every event from an invoked session to the session that invoked it has the id of the invoke. */
function sentEvent({ event, target }: SendEffect, { trace }: SessionReplay): UntypedEvent {
  const { parent } = trace.start;
  if (event.invokeid !== undefined || parent?.sessionId !== target) return event;
  return { ...event, invokeid: parent.invokeId };
}

function endEvent({ outcome, session }: ReplayedStep, { document, trace }: SessionReplay): UntypedEvent {
  const { status, donedata, reason } = outcome;
  const invokeid = trace.start.parent?.invokeId ?? '';
  if (status === 'completed') {
    const data = doneData(document.dialect, donedata, { sessionId: session });
    return { name: `done.invoke.${invokeid}`, invokeid, ...defined({ data }) };
  }
  const description = `the invoked session ${session} ${status}: ${reason ?? 'no reason given'}`;
  return { name: 'error.communication', invokeid, data: { description } };
}

function timerText({ session, key }: TimerName): string {
  return JSON.stringify([session, key]);
}

/** Without fields that are undefined, as a trace has it. */
function plainOf(event: UntypedEvent): UntypedEvent {
  return JSON.parse(JSON.stringify(event)) as UntypedEvent;
}
