export { type ConditionValues, holds, nextChange } from './condition.ts';
export { TargetError } from './errors.ts';
export {
  parseStatistic,
  parseStatisticObject,
  parseTarget,
  parseTargets,
  respellTargets,
  whyNoAgent,
} from './parseTarget.ts';
export { SKILL_PRECEDENCES, type SkillPrecedence } from './skillExpression.ts';
export { AgentStatistic, GroupStatistic, QueueStatistic, unknownStatistic } from './statisticNames.ts';
export {
  asksForStatistic,
  type Condition,
  formatTarget,
  matchesTarget,
  type StatisticObject,
  type StatisticOfAgent,
  type Target,
  targetLabel,
} from './target.ts';
export { targetKey } from './targetKey.ts';
export { parseTargetList, stepFrom, type TargetStep, targetsOf } from './targetList.ts';
export { TargetType } from './targetType.ts';
