import { conditionKey } from './condition.ts';
import { formatSkillExpression } from './skillExpression.ts';
import type { Target } from './target.ts';

/** The same for targets that the same agents match at the same times. Weight and server do not count. */
export function targetKey({ threshold, condition, name, type, skills }: Target): string {
  return JSON.stringify([
    threshold ?? null,
    name,
    type,
    skills === undefined ? null : formatSkillExpression(skills.expression),
    ...(condition === undefined ? [] : [conditionKey(condition)]),
  ]);
}
