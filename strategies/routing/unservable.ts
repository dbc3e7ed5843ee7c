import type { Log } from '../../engine/ports/index.ts';
import { formatTarget, matchesTarget, type Target, TargetType, targetLabel } from '../targets/index.ts';
import type { AgentRecord } from './agentRecord.ts';
import type { Demand } from './demandClass.ts';

/** Targets that a report explains. */
const MAX_EXPLAINED_TARGETS = 5;
/** Characters of the targets in a log line. */
export const MAX_LOGGED_TARGET_CHARS = 1_000;
/** Characters of a name or an expression in an explanation. */
const MAX_LABEL_CHARS = 200;

/**
 * Whether the agents could take a call, if all of them were free. A threshold needs that many agents who
 * match its target.
 */
export function isServable(
  { media, targets }: Pick<Demand, 'media' | 'targets'>,
  agents: readonly AgentRecord[],
): boolean {
  const able = agents.filter((agent) => agent.media.includes(media));
  return targets.some((target) => reaches(target, able));
}

/** The things that the agents lack for a call that isServable() refuses, as the end of a sentence. */
export function explainUnservable({ media, targets }: Demand, agents: readonly AgentRecord[]): string {
  if (agents.length === 0) return 'no agent is configured';
  const able = agents.filter((agent) => agent.media.includes(media));
  if (able.length === 0) return `no agent has the medium '${media}'`;
  const explained = targets
    .slice(0, MAX_EXPLAINED_TARGETS)
    .map((target) => explainTarget(target, { media, agents, able }));
  const left = targets.length - explained.length;
  return [...explained, ...(left > 0 ? [`${left} more targets match no agent`] : [])].join('; ');
}

/** A call or submit that waits though no agent can take it. */
export interface UnservableCall {
  readonly connId: string;
  /** Name of its queue. */
  readonly vq: string;
  readonly media: string;
  /** Target strings. */
  readonly targets: readonly string[];
  readonly missing: string;
}

/** Neither the data of the call nor its customer are in the line. */
export function warnUnservable(log: Log, { connId, vq, media, targets, missing }: UnservableCall): void {
  const target = cut(targets.join(','), MAX_LOGGED_TARGET_CHARS);
  log.warn(
    { connId, vq: cut(vq, MAX_LABEL_CHARS), media, target, missing: cut(missing, MAX_LOGGED_TARGET_CHARS) },
    'A call waits that no configured agent can take.',
  );
}

function reaches(target: Target, able: readonly AgentRecord[]): boolean {
  const { threshold = 0 } = target;
  const wanted = Math.max(1, threshold);
  let found = 0;
  for (const agent of able) {
    if (matchesTarget(target, agent)) found += 1;
    if (found >= wanted) return true;
  }
  return false;
}

function explainTarget(
  target: Target,
  staff: {
    readonly media: string;
    readonly agents: readonly AgentRecord[];
    /** Those who have the medium. */
    readonly able: readonly AgentRecord[];
  },
): string {
  const { media, agents, able } = staff;
  const shown = cut(formatTarget(target), MAX_LABEL_CHARS);
  const count = able.filter((agent) => matchesTarget(target, agent)).length;
  if (count > 0) {
    return `${shown} has the threshold ${target.threshold}, and matches only ${count} of the agents`;
  }
  if (agents.some((agent) => matchesTarget(target, agent))) {
    return `no agent of ${shown} has the medium '${media}'`;
  }
  const name = cut(target.name, MAX_LABEL_CHARS);
  if (target.skills !== undefined) {
    if (target.name !== '' && !isGroup(target.name, agents)) return `no agent is in the group '${name}'`;
    return `no agent matches '${cut(targetLabel(target), MAX_LABEL_CHARS)}'`;
  }
  switch (target.type) {
    case TargetType.AGENT:
      return `the agent '${name}' does not exist`;
    case TargetType.PLACE:
      return `no agent is at the place '${name}'`;
    case TargetType.PLACE_GROUP:
      return `no agent with a place is in the group '${name}'`;
    default:
      return `no agent is in the group '${name}'`;
  }
}

function isGroup(name: string, agents: readonly AgentRecord[]): boolean {
  return agents.some(({ groups }) => groups.includes(name));
}

function cut(text: string, max: number): string {
  return text.length <= max ? text : `${text.slice(0, max)}…`;
}
