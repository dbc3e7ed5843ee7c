import { useSignal } from '@preact/signals';
import { call } from '../../api/call.ts';
import type { InputOf, ReplyOf } from '../../api/operationTypes.ts';
import { type Action, useAction } from '../../parts/form.tsx';
import type { NumberedStep } from './steps.ts';

type Operation = 'POST /genesys/1/admin/debug/sessions/:sid/fork';
export type ForkInput = NonNullable<InputOf<Operation>['json']>['inputs'][number];
export type ForkState = ReplyOf<Operation>['state'];

/** A copy of a session that goes on by itself. */
export interface ForkedCopy {
  /** The step from which it goes on. Absent: as the session was at that moment. */
  readonly from?: number;
  readonly inputs: readonly ForkInput[];
  /** Inputs that it took: fewer than were given when it had ended, or a timer was not pending. */
  readonly taken: number;
  readonly steps: readonly NumberedStep[];
  readonly moreSteps: number;
  readonly state: ForkState;
}

export interface Forking {
  readonly copy: ForkedCopy | undefined;
  readonly action: Action;
  /** Makes a copy, and takes these inputs on it. */
  readonly take: (inputs: readonly ForkInput[], from?: number) => void;
  readonly close: () => void;
}

/** Copies of a session. The server keeps none: each time it gets all inputs again. */
export function useForking(sid: string): Forking {
  const copy = useSignal<ForkedCopy | undefined>(undefined);
  const action = useAction();
  return {
    copy: copy.value,
    action,
    take(inputs, from) {
      void action.run(async () => {
        const step = from === undefined ? {} : { step: from };
        const input = { path: { sid }, json: { ...step, inputs } };
        const {
          steps,
          taken,
          state,
          moreSteps = 0,
        } = await call('POST /genesys/1/admin/debug/sessions/:sid/fork', input);
        copy.value = {
          ...(from === undefined ? {} : { from }),
          inputs,
          taken,
          moreSteps,
          state,
          steps: steps.map((one, at) => ({ number: at + 1, step: one })),
        };
      });
    },
    close() {
      copy.value = undefined;
    },
  };
}
