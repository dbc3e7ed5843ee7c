import { type Json, textOf } from '../../engine/ports/index.ts';
import { ServiceError } from '../instances/index.ts';
import type { ServiceOptions } from '../options/index.ts';
import { executionBufferMs } from './serviceTasks.ts';

/** Statistics of a queue that are its estimated wait. 002:2646-2655 has both names. */
const WAIT_STATISTICS: readonly string[] = ['expectedwaittime', 'estimatedwaittime'];

/** The estimated wait of a virtual queue in seconds, for a call that enters now; 0 while nothing is known. */
export type QueueWait = (queue: string) => Promise<number>;

/**
 * How long before its desired time a callback starts, in ms: _request_execution_time_buffer, and the present
 * wait of the queue that _request_queue_time_stat names. gms-api 4.5. Rejects with ServiceError
 * CALLBACK_INVALID.
 */
export async function leadMs(
  options: ServiceOptions,
  params: Readonly<Record<string, Json>>,
  queueWait: QueueWait,
): Promise<number> {
  const statistic = statisticOf(options, params);
  const waitMs = statistic === '' ? 0 : (await queueWait(queueOf(statistic))) * 1000;
  return executionBufferMs(options) + waitMs;
}

/** "If this option is set, it always overwrites the parameter." */
function statisticOf(options: ServiceOptions, params: Readonly<Record<string, Json>>): string {
  return options._request_queue_time_stat?.trim() || textOf(params._request_queue_time_stat).trim();
}

/** The queue whose wait lets a callback start earlier; undefined: there is none. */
export function waitedQueue(
  options: ServiceOptions,
  params: Readonly<Record<string, Json>>,
): string | undefined {
  const statistic = statisticOf(options, params);
  try {
    return statistic === '' ? undefined : queueOf(statistic);
  } catch (error) {
    // A document may have replaced the statistic by a text that names none.
    if (error instanceof ServiceError) return undefined;
    throw error;
  }
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
