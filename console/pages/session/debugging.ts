import { useSignal } from '@preact/signals';
import { useEffect, useMemo } from 'preact/hooks';
import { ApiError } from '../../api/apiError.ts';
import { call } from '../../api/call.ts';
import { mayCall } from '../../api/login.ts';
import type { ReplyOf } from '../../api/operationTypes.ts';
import { tellFailure } from '../../parts/toasts.tsx';
import { keyOf, type Place } from './places.ts';
import type { BreakpointMarks } from './stage.tsx';
import type { Step } from './steps.ts';

type DebuggerState = ReplyOf<'GET /genesys/1/admin/debug/:id'>;
export type Breakpoint = DebuggerState['breakpoints'][number];
export type Phase = DebuggerState['state'];

/** A breakpoint, and why it never stops the session or where it does. */
export interface PlacedBreakpoint {
  readonly breakpoint: Breakpoint;
  readonly message?: string;
}

/** A debugger of this user. */
export interface Held {
  readonly id: string;
  readonly maxPauseSeconds: number;
  readonly placed: readonly PlacedBreakpoint[];
}

/** The event of a stop. */
export interface Stop {
  readonly reason: string;
  readonly breakpoint?: Breakpoint;
  readonly input?: string;
  readonly lines?: Step['lines'];
}

export interface Debugging {
  readonly held: Held | undefined;
  /** The user whose debugger holds the session. */
  readonly otherUser: string;
  /** Takes hold of the session, or waits for the next one of a document. */
  attach(target: { readonly session: string } | { readonly nextOf: string }): Promise<void>;
  /** The debugger is gone. */
  forget(): void;
  setBreakpoints(breakpoints: readonly Breakpoint[]): Promise<void>;
  /** For the chart and the source. Undefined: nothing is held. */
  readonly marks: BreakpointMarks | undefined;
}

/** The debugger of this user for a session, or for the next one of its document. */
export function useDebugging({ sid, src }: { readonly sid: string; readonly src: string }): Debugging {
  const held = useSignal<Held | undefined>(undefined);
  const otherUser = useSignal('');
  useEffect(() => {
    void findOwn({ sid, src }).then(({ own, who }) => {
      held.value = own;
      otherUser.value = who;
    }, tellFailure);
  }, [sid, src]);

  const setBreakpoints = async (breakpoints: readonly Breakpoint[]): Promise<void> => {
    const { value } = held;
    if (value === undefined) return;
    const input = { path: { id: value.id }, json: { breakpoints } };
    const reply = await call('PUT /genesys/1/admin/debug/:id/breakpoints', input);
    held.value = {
      ...value,
      placed: breakpoints.map((given, at) => placedAs(given, reply.breakpoints[at] ?? {})),
    };
  };

  const placed = held.value?.placed;
  const marks = useMemo(
    () =>
      placed && { keys: keysOf(placed), onToggle: (place: Place) => void toggle(place).catch(tellFailure) },
    [placed],
  );

  function toggle(place: Place): Promise<void> {
    const all = (placed ?? []).map(({ breakpoint }) => breakpoint);
    const others = all.filter((one) => one.kind !== 'line' || keyOf(one) !== keyOf(place));
    return setBreakpoints(others.length < all.length ? others : [...all, { kind: 'line', ...place }]);
  }

  return {
    held: held.value,
    otherUser: otherUser.value,
    async attach(target) {
      held.value = heldOf(await call('POST /genesys/1/admin/debug', { json: target }));
      otherUser.value = '';
    },
    forget() {
      held.value = undefined;
    },
    setBreakpoints,
    marks,
  };
}

async function findOwn({
  sid,
  src,
}: {
  readonly sid: string;
  readonly src: string;
}): Promise<{ readonly own?: Held; readonly who: string }> {
  if (!mayCall('GET /genesys/1/admin/debug')) return { who: '' };
  const all = await call('GET /genesys/1/admin/debug').catch((error: unknown) => {
    // Debuggers are switched off: the page says so beside the steps.
    if (error instanceof ApiError && error.status === 403) return [];
    throw error;
  });
  const found =
    all.find(({ session }) => session === sid) ??
    all.find(({ state, nextOf }) => state === 'waiting' && nextOf === src);
  if (found === undefined) return { who: '' };
  try {
    const state = await call('GET /genesys/1/admin/debug/:id', { path: { id: found.id } });
    return { own: heldOf(state), who: '' };
  } catch (error) {
    if (!(error instanceof ApiError)) throw error;
    // It is of somebody else, or has gone meanwhile.
    return { who: error.status === 403 && found.session === sid ? found.who : '' };
  }
}

function heldOf({ id, maxPauseSeconds, breakpoints }: DebuggerState): Held {
  return { id, maxPauseSeconds, placed: breakpoints.map((breakpoint) => ({ breakpoint })) };
}

function placedAs(
  given: Breakpoint,
  { verified, message, line }: Readonly<Record<string, unknown>>,
): PlacedBreakpoint {
  if (verified !== true) return { breakpoint: given, message: String(message ?? '') };
  if (given.kind !== 'line' || typeof line !== 'number') return { breakpoint: given };
  return { breakpoint: { ...given, line } };
}

function keysOf(placed: readonly PlacedBreakpoint[]): ReadonlySet<string> {
  return new Set(
    placed.flatMap(({ breakpoint }) => {
      if (breakpoint.kind === 'line') return [keyOf(breakpoint)];
      return breakpoint.kind === 'state' ? [breakpoint.id] : [];
    }),
  );
}
