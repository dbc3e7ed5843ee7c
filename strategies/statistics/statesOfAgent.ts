import type { AgentId } from '../ids/index.ts';
import type { Action } from './actions.ts';
import { agentObject } from './facts.ts';
import type { History } from './history.ts';
import { MINUTE_MS, MINUTES_KEPT_MS } from './historyTables.ts';
import type { Tally } from './tally.ts';

/** busy: has an interaction, an offer or a reservation, whatever the state is. */
export type ShownState = 'loggedOut' | 'notReady' | 'ready' | 'afterWork' | 'busy';

/** Times are ms since epoch. */
interface Span {
  readonly from: number;
  readonly to: number;
  readonly state: ShownState;
}

/** One span after the other. */
export interface StatesOfAgent {
  readonly from: number;
  readonly to: number;
  readonly states: readonly Span[];
}

/** The actions of an agent, the one that says most first. */
const STATES: readonly (readonly [Action, ShownState])[] = [
  ['Busy', 'busy'],
  ['AfterCallWork', 'afterWork'],
  ['NotReadyForNextCall', 'notReady'],
  ['WaitForNextCall', 'ready'],
];
const HALF = MINUTE_MS / 2;

/** The states of an agent by whole minutes: each has the first state of STATES that took half of it. */
export function statesSince(
  history: History,
  { agentId, from, now }: { readonly agentId: AgentId; readonly from: number; readonly now: number },
): StatesOfAgent {
  const object = agentObject(agentId);
  const begin = Math.max(from, Math.ceil((now - MINUTES_KEPT_MS) / MINUTE_MS) * MINUTE_MS);
  const buckets = new Map(history.minutes(object, begin).map(({ start, bucket }) => [start, bucket]));
  // The numbers of the actions that go on are known for now, so the minutes are read backwards.
  const levels = new Map(STATES.map(([action]) => [action, history.level(object, action).count]));
  const spans: Span[] = [];
  const last = Math.floor(now / MINUTE_MS) * MINUTE_MS;
  for (let start = last; start >= begin; start -= MINUTE_MS) {
    const bucket = buckets.get(start);
    const to = Math.min(start + MINUTE_MS, now);
    let state: ShownState = 'loggedOut';
    for (const [action, shown] of STATES.toReversed()) {
      const level = levels.get(action)!;
      const tally = bucket?.[action];
      const before = level - (tally?.begun ?? 0) + (tally?.count ?? 0);
      levels.set(action, before);
      if (timeWithin(tally, { before, ms: to - start }) >= Math.min(HALF, (to - start) / 2) && to > start) {
        state = shown;
      }
    }
    const later = spans.at(-1);
    if (later?.state === state) spans[spans.length - 1] = { ...later, from: start };
    else if (to > start) spans.push({ state, from: start, to });
  }
  return { from: begin, to: now, states: spans.reverse() };
}

/** ms of the actions within the first `ms` of a minute, at whose beginning `before` of them went on. */
function timeWithin(
  tally: Tally | undefined,
  { before, ms }: { readonly before: number; readonly ms: number },
): number {
  const { begun = 0, begunAt = 0, count = 0, endedAt = 0 } = tally ?? {};
  return before * ms + (begun * ms - begunAt) - (count * ms - endedAt);
}
