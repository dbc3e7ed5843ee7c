import { defined } from '../../engine/ports/index.ts';
import { CallbackReason, CallbackState, INSTANCES, type ServiceInstance } from '../instances/index.ts';
import type { ActionLog } from './actionLog.ts';
import type { Action } from './actions.ts';
import type { BatchChanges } from './batchChanges.ts';
import { serviceObject } from './facts.ts';

export const ACTION_OF_CALLBACK: Readonly<Record<CallbackState, Action | undefined>> = {
  [CallbackState.SCHEDULED]: 'CallbackScheduled',
  [CallbackState.QUEUED]: 'CallbackQueued',
  [CallbackState.ROUTING]: 'CallbackRouting',
  [CallbackState.PROCESSING]: 'CallbackProcessing',
  [CallbackState.PAUSED]: 'CallbackPaused',
  [CallbackState.COMPLETED]: undefined,
};

/** Reasons of an end that the customer did not want. */
const FAILURES: readonly string[] = [
  CallbackReason.NOT_AVAILABLE,
  CallbackReason.FAIL_TIMEOUT_TTL,
  CallbackReason.SUBMIT_ERROR,
];

/** The callbacks that a commit creates, moves to another state, and ends. */
export function callbackFacts(changes: BatchChanges, log: ActionLog): void {
  for (const { before, after } of changes.of<ServiceInstance>(INSTANCES)) {
    const callback = (after ?? before)!;
    if (callback.kind !== 'callback') continue;
    const object = serviceObject(callback.name);
    const data = callback.lookup;
    if (before === undefined) log.occur(object, 'CallbackCreated', { data });
    const [ended, begun] = [
      before && ACTION_OF_CALLBACK[before.state],
      after && ACTION_OF_CALLBACK[after.state],
    ];
    if (ended !== begun) {
      if (ended !== undefined) log.end({ object, action: ended, holder: callback.id });
      if (begun !== undefined) log.begin({ object, action: begun, holder: callback.id }, data);
    }
    const isEnd = before?.state !== CallbackState.COMPLETED && after?.state === CallbackState.COMPLETED;
    if (isEnd) {
      const ms = Math.max(0, log.now - Math.max(after.createdAt, Math.min(after.desiredTime, log.now)));
      log.occur(object, endOf(after), defined({ ms, data }));
    }
  }
}

function endOf({ reason }: ServiceInstance): Action {
  if (reason === CallbackReason.CANCELLED) return 'CallbackCancelled';
  return FAILURES.includes(reason) || reason.startsWith('FAIL') ? 'CallbackFailed' : 'CallbackServed';
}
