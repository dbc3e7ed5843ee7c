import type { Draft } from '../document/draft.ts';
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
        const message = `Expected every transition of '${state.id}' to be possible, got one after another for ${what} that has no condition.`;
        draft.report('TRANSITION_SHADOWED', at, message);
      } else if (!cond) taken.add(events);
    }
  }
  return shadowed;
}

class TakenEvents {
  readonly #names = new Set<string>();
  #eventless = false;
  #wildcard = false;

  add(events: readonly EventDescriptor[] | undefined): void {
    if (!events) this.#eventless = true;
    for (const { segments, wildcard } of events ?? []) {
      if (wildcard) this.#wildcard = true;
      else this.#names.add(segments.join('.'));
    }
  }

  covers(events: readonly EventDescriptor[] | undefined): boolean {
    if (!events) return this.#eventless;
    return this.#wildcard || events.every((event) => !event.wildcard && this.#coversName(event.segments));
  }

  #coversName(segments: readonly string[]): boolean {
    if (this.#names.size === 0) return false;
    return segments.some((_, index) => this.#names.has(segments.slice(0, index + 1).join('.')));
  }
}
