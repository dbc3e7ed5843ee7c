import { useSignal } from '@preact/signals';
import { useRef } from 'preact/hooks';
import { type StreamState, useEvents } from '../../api/events.ts';
import type { NumberedStep, Step } from './steps.ts';

/** Steps that the page keeps; the oldest go. */
export const MAX_KEPT_STEPS = 2_000;
/** Steps that come in between are shown together. */
const SHOWN_EVERY_MS = 100;

export interface SessionEnd {
  readonly status: string;
  readonly reason?: string;
}

export interface LiveSteps {
  readonly steps: readonly NumberedStep[];
  /** Steps that the page does not have: older ones that went, or some that the stream lost. */
  readonly isCut: boolean;
  readonly end: SessionEnd | undefined;
  readonly stream: StreamState;
}

/** The steps of a session that runs, from now on. `onStep` is called after some have come. */
export function useLiveSteps(sid: string, onStep: () => void): LiveSteps {
  const steps = useSignal<readonly NumberedStep[]>([]);
  const isCut = useSignal(false);
  const end = useSignal<SessionEnd | undefined>(undefined);
  const came = useRef<NumberedStep[]>([]);
  const count = useRef(0);
  const show = (): void => {
    const all = [...steps.value, ...came.current];
    came.current = [];
    if (all.length > MAX_KEPT_STEPS) isCut.value = true;
    steps.value = all.slice(-MAX_KEPT_STEPS);
    onStep();
  };
  const stream = useEvents(
    'GET /genesys/1/admin/debug/sessions/:sid/events',
    { path: { sid } },
    ({ type, data }) => {
      if (type === 'reload') isCut.value = true;
      if (type === 'ended') end.value = data as SessionEnd;
      if (type !== 'step') return;
      count.current += 1;
      came.current.push({ number: count.current, step: data as Step });
      if (came.current.length === 1) setTimeout(show, SHOWN_EVERY_MS);
    },
  );
  return { steps: steps.value, isCut: isCut.value, end: end.value, stream };
}
