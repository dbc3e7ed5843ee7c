import { isDeepStrictEqual } from 'node:util';
import {
  doneData,
  type Effect,
  type ModuleEffect,
  type SendEffect,
  sendFailed,
  type TimerName,
  type UntypedEvent,
  type WaitingInput,
} from '../interpreter/index.ts';
import { defined } from '../ports/index.ts';
import type { ReplayedStep, SessionReplay } from './replayTrace.ts';

/** A request of a session to a module that has no answer yet. */
export interface WaitingRequest {
  readonly session: string;
  readonly effect: ModuleEffect;
}

/** An event for a session. `otherwise`: see WaitingInput. */
interface Sent extends Pick<WaitingInput, 'otherwise'> {
  readonly to: string;
  readonly event: UntypedEvent;
}

/**
 * Everything that sessions of a trace have sent and that is not taken after so many steps: events from one
 * session to another, delayed events, the ends of invoked sessions, and requests to modules.
 */
export class EventsOnTheWay {
  readonly #replays: ReadonlyMap<string, SessionReplay>;
  #sent: readonly Sent[] = [];
  #requests: readonly WaitingRequest[] = [];
  /** Sessions whose last step left events in their queues. */
  readonly #continued = new Set<string>();
  /** Timers in the order in which they were armed, by session and key, with their places. */
  readonly #armed = new Map<string, number>();

  constructor(replays: readonly SessionReplay[]) {
    this.#replays = new Map(replays.map((replay) => [replay.trace.start.sessionId, replay]));
  }

  took(step: ReplayedStep, replay: SessionReplay): void {
    const { input, outcome, session } = step;
    const invoking = this.#replays.get(replay.trace.start.parent?.sessionId ?? '');
    if (input.kind === 'event') this.#arrived(session, input.event);
    for (const effect of outcome.effects) {
      this.#asked(effect, replay);
      if (effect.kind === 'arm') this.#armed.set(timerText({ session, key: effect.key }), this.#armed.size);
    }
    if (outcome.more) this.#continued.add(session);
    else this.#continued.delete(session);
    const isQuiet = input.kind === 'terminate' && invoking?.hasLeft(session) === true;
    if (outcome.status !== 'running' && invoking !== undefined && !isQuiet) {
      this.#send({ to: invoking.execution.sessionId, event: endEvent(step, replay) });
    }
  }

  /**
   * The inputs that wait for a session, in the order in which they were sent. A session whose first steps are
   * not in the trace may have taken an event in one of these: then only those count that it takes later. A
   * sender is told of its events for sessions that have ended.
   */
  inputsOf(replay: SessionReplay): readonly WaitingInput[] {
    const { sessionId } = replay.execution;
    const inputs: WaitingInput[] = this.#continued.has(sessionId) ? [{ kind: 'continue' }] : [];
    for (const { to, event, otherwise } of this.#sent) {
      const target = this.#replays.get(to);
      if (target === replay) {
        if (isWhole(replay) || willTake(event, replay)) {
          inputs.push({ kind: 'event', event, ...defined({ otherwise }) });
        }
      } else if (otherwise?.session === sessionId && target !== undefined && hasEnded(target)) {
        const { event: error } = otherwise;
        const isOpen = (isWhole(replay) && isWhole(target)) || willTake(error, replay);
        if (isOpen) inputs.push({ kind: 'event', event: error });
      }
    }
    return inputs;
  }

  /** The events that wait for a session that is not in the trace because it had not started. */
  inputsBeforeStart(sessionId: string): readonly WaitingInput[] {
    return this.#sent
      .filter(({ to }) => to === sessionId)
      .map(({ event, otherwise }) => ({ kind: 'event', event, ...defined({ otherwise }) }));
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
      ({ to, event: sent, otherwise }) =>
        (to === session && isDeepStrictEqual(sent, plain)) ||
        (otherwise?.session === session && isDeepStrictEqual(otherwise.event, plain)),
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
    const otherwise = { session, event: plainOf(sendFailed(replay.document.dialect, effect)) };
    this.#send({ to: effect.target, event: sentEvent(effect, replay), otherwise });
  }

  #send({ event, ...sent }: Sent): void {
    this.#sent = [...this.#sent, { ...sent, event: plainOf(event) }];
  }
}

/** Whether the trace has the first steps of the session. */
function isWhole({ trace: { base } }: SessionReplay): boolean {
  return base === undefined;
}

function willTake(event: UntypedEvent, { remaining }: SessionReplay): boolean {
  return remaining.some(
    ({ input }) => input.kind === 'event' && isDeepStrictEqual(plainOf(input.event), event),
  );
}

function hasEnded({ isStarted, execution }: SessionReplay): boolean {
  return isStarted && execution.status !== 'running';
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
