import {
  type InvokedSnapshot,
  type InvokeEffect,
  invokedStart,
  pendingTimers,
  type Snapshot,
} from '../interpreter/index.ts';
import { type Stepper, type StepperOptions, stepper } from '../interpreter/stepper/index.ts';
import { defined } from '../ports/index.ts';
import type { FamilyTrace } from './contract.ts';
import { EventsOnTheWay } from './eventsOnTheWay.ts';
import { openReplays, replaySteps, type SessionReplay } from './replayTrace.ts';

export interface ForkOptions extends Pick<StepperOptions, 'script'> {
  /** Steps of all sessions before the fork; absent: all of the trace. */
  readonly steps?: number;
  /**
   * Told once of each document of an invoke that is not in the trace, because no session of it had started at
   * the export. The invoke fails in the fork.
   */
  readonly onMissing?: (url: string) => void;
}

/**
 * A stepper that goes on where the first session of a trace was after so many steps of all its sessions; by
 * default after all. The sessions that it invoked go on with it. Events that were on their way between two
 * sessions wait for them, and requests without an answer are open. Rejects with ReplayDiffers.
 */
export async function stepperAfter(
  trace: FamilyTrace,
  { steps = Number.POSITIVE_INFINITY, onMissing, ...options }: ForkOptions = {},
): Promise<Stepper> {
  const replays = await openReplays(trace);
  const root = replays.find(({ trace: { start } }) => start.sessionId === trace.root);
  if (root === undefined) throw new Error(`Expected session ${trace.root} in the trace.`);
  let now = root.trace.start.startedAt;
  let taken = 0;
  const onTheWay = new EventsOnTheWay(replays);
  for (const step of steps > 0 ? replaySteps(replays) : []) {
    onTheWay.took(step, step.replay);
    now = step.at;
    taken += 1;
    if (taken >= steps) break;
  }
  const { installation } = trace;
  const known = new Set(trace.sessions.map(({ start }) => start.sessionId));
  // A session that the export left out may have started.
  const unstarted = (replay: SessionReplay) => (trace.leftOut === undefined ? replay.unstarted(known) : []);
  const from = snapshotOf(root, { replays, onTheWay, unstarted, now });
  const seeds = new Map(trace.sessions.map(({ start }) => [start.sessionId, start.options.seed]));
  const missing = new Set<string>();
  const { seed, params, baseUrl, limits } = root.trace.start.options;
  return stepper(root.document, {
    ...options,
    id: trace.root,
    seed,
    now,
    fetchText: async (url) => {
      const text = textIn(trace, url);
      if (text !== undefined) return text;
      if (!missing.has(url.href)) onMissing?.(url.href);
      missing.add(url.href);
      throw new Error(`${url.href} is not in the trace`);
    },
    ...defined({
      params,
      baseUrl,
      limits,
      installation,
      seeds,
      requests: onTheWay.requests,
      from: from && { ...from, timerOrder: onTheWay.inOrder(pendingTimers(from)) },
    }),
  });
}

function textIn({ documents }: FamilyTrace, url: URL): string | undefined {
  return documents.flatMap(({ sources }) => sources).find((one) => one.url === url.href)?.text;
}

/** The sessions of a trace, and the events between them. */
interface Moment {
  readonly replays: readonly SessionReplay[];
  readonly onTheWay: EventsOnTheWay;
  /** The invokes of a session whose sessions had not started when the trace was exported. */
  readonly unstarted: (replay: SessionReplay) => readonly InvokeEffect[];
  /** ms since epoch. */
  readonly now: number;
}

/** A session with those that it invoked, between two steps. Undefined: it has taken no step. */
function snapshotOf(replay: SessionReplay, moment: Moment): Snapshot | undefined {
  if (!replay.isStarted) return undefined;
  const { options } = replay.trace.start;
  const execution = replay.execution.snapshot();
  const snapshot: Snapshot = { version: 2, seed: options.seed, execution };
  const pending = pendingTimers(snapshot);
  const timers = Object.fromEntries(
    pending.flatMap(({ key, dueAt }) => (dueAt > moment.now ? [[key, dueAt] as const] : [])),
  );
  // They fire before events come that others with the same due time cause.
  const due = moment.onTheWay
    .inOrder(pending.filter(({ dueAt }) => dueAt <= moment.now))
    .map(({ key }) => ({ kind: 'timer', key }) as const);
  const invoked = [
    ...moment.replays
      .filter((child) => replay.invokes(child))
      .map((child) => invokedSnapshot(child, replay, moment)),
    ...moment.unstarted(replay).map((effect) => ({
      ...invokedStart(effect),
      waiting: moment.onTheWay.inputsBeforeStart(effect.invokedId),
    })),
  ];
  return { ...snapshot, timers, invoked, inbox: [...due, ...moment.onTheWay.inputsOf(replay)] };
}

function invokedSnapshot(child: SessionReplay, replay: SessionReplay, moment: Moment): InvokedSnapshot {
  const { sessionId: id, parent, options } = child.trace.start;
  const { url, sources } = child.document;
  const session = snapshotOf(child, moment);
  return {
    id,
    invokeId: parent?.invokeId ?? '',
    params: options.params ?? {},
    source:
      url === replay.document.url
        ? { kind: 'text', text: sources[0]?.text ?? '', baseUrl: url }
        : { kind: 'url', url },
    ...(session === undefined ? { waiting: moment.onTheWay.inputsOf(child) } : { session }),
  };
}
