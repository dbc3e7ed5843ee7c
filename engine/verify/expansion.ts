import { aftermath, missingAtEnd } from './aftermath.ts';
import { type CanonicalText, documentText, outsideText } from './canonical.ts';
import type { Found } from './findings.ts';
import { doubleTimers, judgeTrial } from './judge.ts';
import type { Model } from './model.ts';
import { type Move, movesOf, sentBy } from './moves.ts';
import type { Outside } from './outside.ts';
import type { Node } from './packing.ts';
import type { Reached } from './reached.ts';
import { type ArmedTimer, timersOf } from './timers.ts';
import { type Act, SESSION_ID, type Trial, Trials } from './trial.ts';
import { Watches } from './watches.ts';
import { START_ZONE, type Zone } from './zone.ts';

/** A move from a state, and where it leads. */
export interface Taken {
  readonly found: readonly Found[];
  /** The state after the move. Undefined: the session has ended, or cannot go on. */
  readonly node: Node | undefined;
  /** The state after the move, as text. */
  readonly text: CanonicalText;
  /** Number of the events of the move that came before the session ended. */
  readonly delivered: number;
}

/** Takes moves of a document, and judges each. */
export class Expansion {
  readonly model: Model;
  readonly #reached: Reached;
  readonly #trials: Trials;
  readonly watches: Watches;

  constructor(model: Model, reached: Reached) {
    this.model = model;
    this.#reached = reached;
    this.#trials = new Trials(model);
    this.watches = new Watches(model.document, model.surroundings.properties);
  }

  /** `start`: number of the set of start parameters. */
  start(start: number): Taken {
    const params = this.model.surroundings.starts[start]!;
    const act = { kind: 'start', params } as const;
    return this.#take({ outside: this.model.outside, zone: START_ZONE, timers: [], act });
  }

  moves({ snapshot, outside, dueFirst }: Node): readonly Move[] {
    const configuration = snapshot.execution.configuration as readonly string[];
    return movesOf(this.model, { outside, dueFirst }, (event) => this.model.accepts(event, configuration));
  }

  /** Undefined: no time is left for the move, because a timer is always due before. */
  take(node: Node, move: Move, atMs?: number): Taken | undefined {
    const { snapshot, outside } = node;
    const zone = move.kind === 'timer' ? node.zone.until(move.key) : node.zone.wait();
    if (!zone) return undefined;
    const sent = sentBy(this.model, outside, move, SESSION_ID);
    return this.#take({
      snapshot,
      zone,
      outside: sent.outside,
      timers: timersOf(snapshot),
      act: actOf(move, sent.events),
      ...(atMs !== undefined && { atMs }),
    });
  }

  textOf(node: Node): CanonicalText {
    const parts = { model: this.model, ...node, elapsedMs: node.zone.elapsed };
    return { ...documentText(parts), outside: outsideText(node.outside) };
  }

  /** The findings in a state that nothing leaves. */
  deadEnd({ snapshot, outside }: Node): readonly Found[] {
    const configuration = snapshot.execution.configuration as readonly string[];
    const { states, stateById } = this.model.document;
    const at = states[stateById.get(configuration.at(-1) ?? '') ?? 0]?.at;
    const message = `nothing leaves the states ${configuration.join(' ')}`;
    const found: Found = { kind: 'deadEnd', key: configuration.join(' '), message, ...(at && { at }) };
    const unanswered: readonly Found[] =
      outside.asked.length === 0
        ? []
        : [{ kind: 'unanswered', key: 'deadEnd', message: `${message}, and a request has no answer` }];
    return [found, ...unanswered, ...this.watches.missed(outside.watches, 'stuck')];
  }

  #take({
    snapshot,
    zone,
    outside,
    timers,
    act,
    atMs = zone.elapsed,
  }: {
    readonly snapshot?: Node['snapshot'];
    readonly zone: Zone;
    readonly outside: Outside;
    readonly timers: readonly ArmedTimer[];
    readonly act: Act;
    /** Time since the start. Absent: the least that is possible. */
    readonly atMs?: number;
  }): Taken {
    const trial = this.#trials.run(snapshot, act, atMs);
    const { delivered } = trial;
    this.#reached.add(trial.records);
    const fired = act.kind === 'timer' ? timers.find(({ key }) => key === act.key)?.event : undefined;
    const after = aftermath(this.model, outside, trial.effects);
    const found = [...judgeTrial(trial, fired), ...after.found];
    const { snapshot: stored, status } = trial;
    if (status !== 'running' || stored === undefined) {
      const missing = status === 'running' ? [] : missingAtEnd(this.model, after.outside);
      const watched = this.watches.after(after.outside.watches, trial);
      return {
        found: [...found, ...watched.found, ...missing],
        node: undefined,
        text: endText(trial),
        delivered,
      };
    }
    const afterwards = timersOf(stored);
    const next = zoneAfter(zone, afterwards, trial.now);
    const dueFirst = next.timers.filter((key) => next.until(key) !== undefined);
    const parts = { model: this.model, snapshot: stored, outside: after.outside, dueFirst, elapsedMs: atMs };
    const text = documentText(parts);
    const watched = this.watches.after(after.outside.watches, trial, text.document);
    const node: Node = {
      snapshot: stored,
      zone: next,
      outside: { ...after.outside, watches: watched.watches },
      dueFirst,
    };
    return {
      found: [...found, ...watched.found, ...doubleTimers(timers, afterwards)],
      node,
      text: { ...text, outside: outsideText(node.outside) },
      delivered,
    };
  }
}

function actOf(move: Move, events: Extract<Act, { kind: 'events' }>['events']): Act {
  if (move.kind === 'timer') return { kind: 'timer', key: move.key };
  return move.kind === 'terminate' ? { kind: 'terminate' } : { kind: 'events', events };
}

/** The zone with the timers that a move has armed, and without those that it has disarmed. */
function zoneAfter(zone: Zone, timers: readonly ArmedTimer[], now: number): Zone {
  const armed = new Set(timers.map(({ key }) => key));
  const left = zone.without(new Set(zone.timers.filter((key) => !armed.has(key))));
  const known = new Set(left.timers);
  return timers
    .filter(({ key }) => !known.has(key))
    .reduce((after, { key, dueAt }) => after.arm(key, Math.max(0, dueAt - now)), left);
}

function endText({ status, configuration, reason = '' }: Trial): CanonicalText {
  return { document: `${status} ${configuration.join()} ${reason}`, outside: '', forgotten: [] };
}
