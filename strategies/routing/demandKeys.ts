import { recentEntries } from '../../engine/ports/index.ts';
import type { Demand } from './demandClass.ts';
import { RoutingError } from './errors.ts';
import { formatSkillExpression } from './skillExpression.ts';
import { parseTargets, type Target } from './target.ts';

/** Target strings whose canonical form is kept. */
export const MAX_KNOWN_TARGETS = 4_096;

interface CanonicalTarget {
  readonly key: string;
  readonly target: Target;
}

/** Gives demands that the same agents match the same key. */
export class DemandKeys {
  readonly #known = recentEntries<string, readonly CanonicalTarget[]>(MAX_KNOWN_TARGETS);

  of(media: string, texts: readonly string[]): { readonly key: string; readonly demand: Demand } {
    const byKey = new Map(
      texts.flatMap((text) => this.#canonical(text)).map(({ key, target }) => [key, target]),
    );
    const keys = [...byKey.keys()].sort();
    return {
      key: JSON.stringify([media, ...keys]),
      demand: { media, targets: keys.map((key) => byKey.get(key)!) },
    };
  }

  #canonical(text: string): readonly CanonicalTarget[] {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const found = parseOrNone(text).map((target) => ({ key: keyOf(target), target }));
    this.#known.set(text, found);
    return found;
  }
}

/** No target for a text that an earlier version took and this one does not: its call waits for no agent. */
function parseOrNone(text: string): readonly Target[] {
  try {
    return parseTargets(text);
  } catch (error) {
    if (error instanceof RoutingError) return [];
    throw error;
  }
}

/** The parts of a target that decide who matches; not its weight and its server. */
function keyOf({ threshold, name, type, skills }: Target): string {
  return JSON.stringify([
    threshold ?? null,
    name,
    type,
    skills === undefined ? null : formatSkillExpression(skills.expression),
  ]);
}
