import type { AgentId } from '../ids/index.ts';
import type { ComparisonOperator } from './comparison.ts';
import { hasStatistic, matchesSkills, type SkillExpression } from './skillExpression.ts';
import type { AgentStatistic } from './statisticNames.ts';
import { TargetType } from './targetType.ts';

/** The object of a statistic: agents, or a virtual queue (with .GQ: a group of queues). */
export type StatisticObject =
  | { readonly kind: 'agents'; readonly target: Target; readonly key: string }
  | { readonly kind: 'queue'; readonly name: string };

export type ArithmeticOperator = '+' | '-' | '*' | '/';
export type LogicalOperator = '&' | '|';

/** A threshold as an expression. urs-routing 4. */
export type Expression =
  | { readonly kind: 'number'; readonly value: number }
  | { readonly kind: 'age' }
  | { readonly kind: 'statistic'; readonly object: StatisticObject; readonly name: string }
  | {
      readonly kind: 'setting';
      /** application: acfgdata; list: lcfgdata. */
      readonly source: 'application' | 'list';
      readonly path: readonly [owner: string, section: string, property: string];
      readonly otherwise: number;
    }
  | {
      readonly kind: 'operation';
      readonly operator: ArithmeticOperator | ComparisonOperator | LogicalOperator;
      readonly left: Expression;
      readonly right: Expression;
    };

/** An expression that must hold, and the things on which its value depends. */
export interface ConditionPart {
  readonly expression: Expression;
  /** Its value differs for calls of the same targets. */
  readonly isOfCall: boolean;
}

/** All parts must hold. */
export interface Condition {
  /** As it was written. */
  readonly text: string;
  readonly parts: readonly ConditionPart[];
  /** Its value depends on the tenant of the call, because it asks for a queue. */
  readonly isOfTenant: boolean;
}

/** One target string, `{threshold}[weight]name@server.type` or `...?group:skillexpr@server.type`. */
export interface Target {
  /** The target matches only while at least this many of its agents are free. [inferred: a number] */
  readonly threshold?: number;
  /** The target matches only while this expression of its threshold holds. urs-routing 4. */
  readonly condition?: Condition;
  /** The target with the highest weight is tried first. */
  readonly weight?: number;
  /** Agent, place or group; of a skill target the group of its agents, '' for all agents. */
  readonly name: string;
  readonly server: string;
  /** 'A', 'AP', 'GA', 'GP', 'GC', or another type of the platform ('Q', 'RP', 'DN' ...). */
  readonly type: string;
  readonly skills?: { readonly text: string; readonly expression: SkillExpression };
}

/** The fields of an agent that targets are compared with. */
export interface TargetCandidate {
  readonly agentId: AgentId;
  readonly groups: readonly string[];
  readonly skills: Readonly<Record<string, number>>;
  readonly place?: string;
}

/** The present value of a statistic of an agent; NaN: not known. */
export type StatisticOfAgent = (agentId: AgentId, statistic: AgentStatistic) => number;

/**
 * GMS option `_target`. A campaign group matches like a group of agents [inferred]. Without `statisticOf`:
 * whether the agent can match at some time.
 */
export function matchesTarget(
  target: Target,
  candidate: TargetCandidate,
  statisticOf?: StatisticOfAgent,
): boolean {
  if (target.skills !== undefined) {
    return (
      target.type === TargetType.AGENT_GROUP &&
      (target.name === '' || candidate.groups.includes(target.name)) &&
      matchesSkills(
        target.skills.expression,
        candidate.skills,
        statisticOf && ((statistic) => statisticOf(candidate.agentId, statistic)),
      )
    );
  }
  switch (target.type) {
    case TargetType.AGENT:
      return candidate.agentId === target.name;
    case TargetType.PLACE:
      return candidate.place === target.name;
    case TargetType.AGENT_GROUP:
    case TargetType.CAMPAIGN_GROUP:
      return candidate.groups.includes(target.name);
    case TargetType.PLACE_GROUP:
      return candidate.place !== undefined && candidate.groups.includes(target.name);
    default:
      return false;
  }
}

/** The name of a target in results: its name, or `?name:skills`. */
export function targetLabel(target: Target): string {
  return target.skills === undefined ? target.name : `?${target.name}:${target.skills.text}`;
}

/** `name@server.type`. */
export function formatTarget(target: Target): string {
  return `${targetLabel(target)}@${target.server}.${target.type}`;
}

/** Whether the agents who match change without a change of their settings. */
export function asksForStatistic({ skills }: Target): boolean {
  return skills !== undefined && hasStatistic(skills.expression);
}
