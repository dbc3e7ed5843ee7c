import type { Snapshot } from '../interpreter/index.ts';

/** A delayed send of a session, or of one that it invoked. */
export interface ArmedTimer {
  /** Session id and key of the timer. */
  readonly key: string;
  readonly session: string;
  /** Name of the event. */
  readonly name: string;
  /** Name of the event, with the target if it goes elsewhere. */
  readonly event: string;
  readonly sendid: string;
  /** ms since epoch. */
  readonly dueAt: number;
}

interface StoredExecution {
  readonly sessionId: string;
  readonly pending?: {
    readonly [key: string]: {
      readonly sendid: string;
      readonly deliver:
        | { readonly to: 'self'; readonly event: { readonly name: string } }
        | {
            readonly to: 'other';
            readonly effect: { readonly target: string; readonly event: { readonly name: string } };
          };
    };
  };
}

/** In the order in which they were armed, those of the session itself first. */
export function timersOf(snapshot: Snapshot): readonly ArmedTimer[] {
  const { sessionId, pending = {} } = snapshot.execution as unknown as StoredExecution;
  const own = Object.entries(snapshot.timers ?? {}).map(([key, dueAt]): ArmedTimer => {
    const { sendid = '', deliver } = pending[key] ?? {};
    const isElsewhere = deliver?.to === 'other';
    const name = (isElsewhere ? deliver.effect.event.name : deliver?.event.name) ?? '';
    const event = isElsewhere ? `${name} to ${deliver.effect.target}` : name;
    return { key: `${sessionId}|${key}`, session: sessionId, name, event, sendid, dueAt };
  });
  const invoked = (snapshot.invoked ?? []).flatMap(({ session }) => (session ? timersOf(session) : []));
  return [...own, ...invoked];
}

/** The snapshot with one of its timers due at once. */
export function withTimerDue(snapshot: Snapshot, key: string): Snapshot {
  const { sessionId } = snapshot.execution as unknown as StoredExecution;
  const own = key.startsWith(`${sessionId}|`) ? key.slice(sessionId.length + 1) : undefined;
  if (own !== undefined) return { ...snapshot, timers: { ...snapshot.timers, [own]: 0 } };
  const invoked = snapshot.invoked?.map((child) =>
    child.session ? { ...child, session: withTimerDue(child.session, key) } : child,
  );
  return { ...snapshot, ...(invoked && { invoked }) };
}
