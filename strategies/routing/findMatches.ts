import type { Durable } from '../../engine/durable/index.ts';
import { ownId } from '../../engine/ports/index.ts';
import type { FreeAgent } from './agentRecord.ts';
import type { ConnId } from './callIds.ts';
import { readExcluded } from './excludedAgents.ts';
import { type Match, matchCalls, type WaitingCall } from './matchCalls.ts';
import { compareCalls } from './priority.ts';
import { matchesTarget, parseTargets, type Target } from './target.ts';
import { targetsOf } from './targetList.ts';
import { type RoutableEntry, readCall, routableEntries } from './virtualInteraction.ts';
import { viewRoute } from './waitForTarget.ts';

/**
 * Matches free agents with routable calls. Reads nothing while no agent is free. Otherwise reads the short
 * entries of all routable calls. Reads a call itself only if a free agent could take it, in the order of the
 * queue, until every agent is taken.
 */
export function findMatches(durable: Durable, free: readonly FreeAgent[], now: number): readonly Match[] {
  if (free.length === 0) return [];
  const isWanted = createEntryFilter(free);
  const entries = [...routableEntries(durable)].filter(({ value }) => isWanted(value));
  entries.sort((a, b) => compareCalls(a.value, b.value, now));
  return matchCalls(waitingCalls(durable, entries), free, now);
}

/** Tells whether at least one of the agents could take the call of an entry. */
function createEntryFilter(free: readonly FreeAgent[]): (entry: RoutableEntry) => boolean {
  const known = new Map<string, boolean>();
  return ({ media, targets }) => {
    const key = JSON.stringify([media, targets]);
    const answer =
      known.get(key) ??
      isMet(
        free,
        media,
        targets.flatMap((text) => parseTargets(text)),
      );
    known.set(key, answer);
    return answer;
  };
}

function isMet(free: readonly FreeAgent[], media: string, targets: readonly Target[]): boolean {
  return free.some(
    ({ record }) => record.media.includes(media) && targets.some((target) => matchesTarget(target, record)),
  );
}

function* waitingCalls(
  durable: Durable,
  entries: readonly { readonly key: string }[],
): Generator<WaitingCall> {
  for (const { key } of entries) {
    const call = readCall(durable, ownId<ConnId>(key));
    if (call === undefined) continue;
    const { context } = viewRoute(call.snapshot);
    const targets = targetsOf(context.steps, context.active);
    const { owner } = call;
    yield {
      id: call.id,
      media: call.media,
      targets,
      tried: context.tried,
      ...(owner.kind === 'submit' && {
        order: owner.order,
        excluded: readExcluded(durable, owner.interactionId),
      }),
    };
  }
}
