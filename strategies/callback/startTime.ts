import { type Json, textOf } from '../../engine/ports/index.ts';
import { ServiceError } from '../instances/index.ts';
import { firstSet, isUrsStat, type ServiceOptions, ursStatParameters } from '../options/index.ts';
import { executionBufferMs } from './serviceTasks.ts';

/** Statistics of a queue that are its estimated wait. 002:2646-2655 has both names. */
const WAIT_STATISTICS: readonly string[] = ['expectedwaittime', 'estimatedwaittime'];

/** The estimated wait of a virtual queue in seconds, for a call that enters now; 0 while nothing is known. */
export type QueueWait = (queue: string) => Promise<number>;

/** The parts that know waits and services. */
export interface WaitDeps {
  readonly queueWait: QueueWait;
  /** Options of a configured service. */
  readonly configured: (name: string) => ServiceOptions | undefined;
}

/**
 * How long before its desired time a callback starts, in ms: _request_execution_time_buffer, and the present
 * wait of the queue that _request_queue_time_stat, or else the service of _request_ewt_service, names.
 * gms-api 4.5. Rejects with ServiceError CALLBACK_INVALID or SERVICE_MISCONFIGURED.
 */
export async function leadMs(
  options: ServiceOptions,
  params: Readonly<Record<string, Json>>,
  deps: WaitDeps,
): Promise<number> {
  const queue = queueNamed(options, params, deps.configured);
  const waitMs = queue === undefined ? 0 : (await deps.queueWait(queue)) * 1000;
  return executionBufferMs(options) + waitMs;
}

/** The queue whose wait lets a callback start earlier; undefined: there is none. */
export function waitedQueue(
  options: ServiceOptions,
  params: Readonly<Record<string, Json>>,
  configured: WaitDeps['configured'],
): string | undefined {
  try {
    return queueNamed(options, params, configured);
  } catch (error) {
    // A document may have replaced the statistic by a text that names none.
    if (error instanceof ServiceError) return undefined;
    throw error;
  }
}

function queueNamed(
  options: ServiceOptions,
  params: Readonly<Record<string, Json>>,
  configured: WaitDeps['configured'],
): string | undefined {
  // "If this option is set, it always overwrites the parameter."
  const statistic = firstSet(options._request_queue_time_stat, textOf(params._request_queue_time_stat));
  if (statistic !== undefined) return queueOf(statistic);
  const service = firstSet(options._request_ewt_service);
  return service === undefined ? undefined : queueOfService(service, configured(service));
}

function queueOfService(service: string, options: ServiceOptions | undefined): string {
  const queue = options !== undefined && isUrsStat(options) ? ursStatParameters(options).name : undefined;
  if (queue !== undefined && queue !== '') return queue;
  throw new ServiceError(
    'SERVICE_MISCONFIGURED',
    `Expected _request_ewt_service to name a urs-stat service with a queue, got '${service}'.`,
  );
}

/** The queue of 'ExpectedWaitTime;Queue;8999@SIP_Server;Environment', without its switch. */
function queueOf(statistic: string): string {
  const [name = '', , object = ''] = statistic.split(';').map((part) => part.trim());
  const queue = object.split('@')[0]!;
  if (WAIT_STATISTICS.includes(name.toLowerCase()) && queue !== '') return queue;
  throw new ServiceError(
    'CALLBACK_INVALID',
    `Expected _request_queue_time_stat as 'ExpectedWaitTime;Queue;<queue>@<switch>;<tenant>', got '${statistic}'.`,
  );
}
