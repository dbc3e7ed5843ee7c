import { type Draft, stateName } from '../document/draft.ts';
import type { EventDescriptor } from '../document/model.ts';

/**
 * Warns of transitions that can never be taken: an earlier transition of the same state, without a condition,
 * takes every event that they wait for (W3C 3.13: the first in document order wins). Returns their numbers.
 */
export function warnShadowed(draft: Draft): ReadonlySet<number> {
  const shadowed = new Set<number>();
  for (const state of draft.states) {
    if (state.kind === 'history') continue;
    const taken = new TakenEvents();
    for (const index of state.transitions) {
      const { events, cond, at } = draft.transitions[index]!;
      if (taken.covers(events)) {
        shadowed.add(index);
        const what = events ? 'the same events' : 'no event';
        const message = `Expected every transition of ${stateName(state)} to be possible, got one after another for ${what} that has no condition.`;
        draft.report('TRANSITION_SHADOWED', at, message);
      } else if (!cond) taken.add(events);
    }
  }
  return shadowed;
}

/** The names that begin with the segments that lead to this node. */
interface NameNode {
  readonly next: Map<string, NameNode>;
  isTaken: boolean;
}

class TakenEvents {
  readonly #names: NameNode = { next: new Map(), isTaken: false };
  #eventless = false;
  #wildcard = false;

  add(events: readonly EventDescriptor[] | undefined): void {
    if (!events) this.#eventless = true;
    for (const { segments, wildcard } of events ?? []) {
      if (wildcard) this.#wildcard = true;
      else this.#nodeOf(segments).isTaken = true;
    }
  }

  covers(events: readonly EventDescriptor[] | undefined): boolean {
    if (!events) return this.#eventless;
    return this.#wildcard || events.every((event) => !event.wildcard && this.#coversName(event.segments));
  }

  #nodeOf(segments: readonly string[]): NameNode {
    let node = this.#names;
    for (const segment of segments) {
      const next = node.next.get(segment) ?? { next: new Map(), isTaken: false };
      node.next.set(segment, next);
      node = next;
    }
    return node;
  }

  /** True if the name, or a name that it begins with, is taken. */
  #coversName(segments: readonly string[]): boolean {
    let node: NameNode | undefined = this.#names;
    for (const segment of segments) {
      node = node.next.get(segment);
      if (node === undefined || node.isTaken) return node !== undefined;
    }
    return false;
  }
}
