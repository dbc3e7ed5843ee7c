import { createHash } from 'node:crypto';
import { LRUCache } from 'lru-cache';
import { parseTargets, type Target, TargetError, targetKey } from '../targets/index.ts';
import type { Demand } from './demandClass.ts';

/** Longest key that is kept as it is: each waiting call may be routable in a class of its own. */
const MAX_KEY_CHARS = 255;

/** Target strings whose canonical form is kept, in characters of the strings: some 15 bytes each. */
export const MAX_KNOWN_TARGET_CHARS = 1_000_000;

interface CanonicalTarget {
  readonly key: string;
  readonly target: Target;
}

/** A demand, and its key: demands that the same agents match at the same times have the same key. */
export interface KeyedDemand {
  readonly key: string;
  readonly demand: Demand;
}

/** Gives demands their keys. */
export class DemandKeys {
  readonly #known = new LRUCache<string, readonly CanonicalTarget[]>({
    maxSize: MAX_KNOWN_TARGET_CHARS,
    sizeCalculation: (_, text) => text.length + 1,
  });

  /** `tenant` counts where a threshold asks for a queue. */
  of({ media, tenant, targets }: CallDemand): KeyedDemand {
    return keyed(
      media,
      tenant,
      targets.flatMap((text) => this.#canonical(text)),
    );
  }

  #canonical(text: string): readonly CanonicalTarget[] {
    const known = this.#known.get(text);
    if (known !== undefined) return known;
    const found = parseOrNone(text).map((target) => ({ key: targetKey(target), target }));
    this.#known.set(text, found);
    return found;
  }
}

/** The fields of a call that decide who may take it. */
export interface CallDemand {
  readonly media: string;
  readonly tenant: string;
  /** Target strings in use. */
  readonly targets: readonly string[];
}

/** The demand with only some of its targets. */
export function narrowed({ media, tenant, targets }: Demand, keep: (target: Target) => boolean): KeyedDemand {
  return keyed(
    media,
    tenant,
    targets.filter(keep).map((target) => ({ key: targetKey(target), target })),
  );
}

function keyed(media: string, tenant: string, canonical: readonly CanonicalTarget[]): KeyedDemand {
  const byKey = new Map(canonical.map(({ key, target }) => [key, target]));
  const keys = [...byKey.keys()].sort();
  const targets = keys.map((key) => byKey.get(key)!);
  const isOfTenant = targets.some(({ condition }) => condition?.isOfTenant);
  return {
    key: shortKey(JSON.stringify(isOfTenant ? [media, { tenant }, ...keys] : [media, ...keys])),
    demand: { media, tenant, targets },
  };
}

function shortKey(key: string): string {
  return key.length <= MAX_KEY_CHARS ? key : createHash('sha256').update(key).digest('hex');
}

/** No target for a text that an earlier version took and this one does not: its call waits for no agent. */
function parseOrNone(text: string): readonly Target[] {
  try {
    return parseTargets(text);
  } catch (error) {
    if (error instanceof TargetError) return [];
    throw error;
  }
}
