/** Priority grows by `increment` every `everyMs` of waiting. Options _urs_vq_priority*. */
export interface PriorityRule {
  readonly base: number;
  readonly increment: number;
  /** 0: never. */
  readonly everyMs: number;
}

/** The same priority for ever. */
export const PLAIN_RULE: PriorityRule = { base: 0, increment: 0, everyMs: 0 };

/** The fields that order calls. */
export interface QueuePosition {
  /** Order of arrival over all queues. */
  readonly serial: number;
  /** ms since epoch. */
  readonly enteredAt: number;
  /** ms since epoch: the customer of a call at the head of its queue. Absent: since the call entered. */
  readonly waitsSince?: number | undefined;
  readonly priority: PriorityRule;
}

/** Next call first. */
export function compareCalls(a: QueuePosition, b: QueuePosition, now: number): number {
  return priorityAt(b, now) - priorityAt(a, now) || a.serial - b.serial;
}

export function priorityAt(call: Omit<QueuePosition, 'serial'>, now: number): number {
  return priorityOf(call.priority, growsSince(call), now);
}

/**
 * ms since epoch from which the priority of a call grows. At the head of a queue it is the order of the
 * calls, so that they do not need lanes of their own (PL1).
 */
export function growsSince({
  enteredAt,
  waitsSince,
}: Pick<QueuePosition, 'enteredAt' | 'waitsSince'>): number {
  return waitsSince ?? enteredAt;
}

export function priorityOf({ base, increment, everyMs }: PriorityRule, since: number, now: number): number {
  return everyMs <= 0 ? base : base + Math.floor((now - since) / everyMs) * increment;
}

/** The same for equal rules. */
export function ruleKey({ base, increment, everyMs }: PriorityRule): string {
  return `${base} ${increment} ${everyMs}`;
}
