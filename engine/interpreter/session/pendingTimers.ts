import type { ExecutionSnapshot } from '../execution.ts';
import { pendingSends } from '../snapshot/snapshot.ts';
import type { Snapshot, TimerName } from './contract.ts';

/** A delayed event that has not been sent yet. */
export interface PendingTimer extends TimerName {
  /** Name of the event. */
  readonly event: string;
  readonly sendid: string;
  /** ms since epoch. */
  readonly dueAt: number;
}

type TimersOf = Pick<Snapshot, 'execution' | 'invoked'>;

/** The timers of a session and of the sessions that it invoked, in the order of their due times. */
export function pendingTimers(snapshot: TimersOf): readonly PendingTimer[] {
  return timersIn(snapshot).sort((a, b) => a.dueAt - b.dueAt);
}

function timersIn({ execution, invoked = [] }: TimersOf): PendingTimer[] {
  return [
    ...ownTimers(execution),
    ...invoked.flatMap(({ session }) => (session === undefined ? [] : timersIn(session))),
  ];
}

function ownTimers(execution: ExecutionSnapshot): readonly PendingTimer[] {
  const { session, pending } = pendingSends(execution);
  return Object.entries(pending).map(([key, { sendid, dueAt, deliver }]) => {
    const event = deliver.to === 'self' ? deliver.event : deliver.effect.event;
    return { session, key, event: event.name, sendid, dueAt };
  });
}
