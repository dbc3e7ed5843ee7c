import { type Batch, joinBatches } from '../durable/index.ts';
import { doneData } from '../interpreter/index.ts';
import type { SessionRecord } from './sessionRecord.ts';
import type { PublishedEvent } from './sessions.ts';
import { eventBatch } from './sessionTasks.ts';

/**
 * Tells the session that invoked this one, and the one that started it, that it has ended. W3C 6.4: done.invoke
 * comes after everything else that the child sent. A session whose invoke was cancelled (`quiet`) says nothing
 * to its parent. ors-dialect 2.7: done.start.<sid> for <session:start>.
 */
export function endBatch(
  ended: SessionRecord,
  options: { readonly now: number; readonly quiet: boolean },
): Batch {
  const { sessionId, parent, starter } = ended;
  const where = { dueAt: options.now, from: sessionId };
  const batches: Batch[] = [];
  if (parent !== undefined && !options.quiet) {
    batches.push(eventBatch(parent.sessionId, parentEvent(ended, parent.invokeId), where));
  }
  if (starter !== undefined) batches.push(eventBatch(starter, starterEvent(ended), where));
  return joinBatches(...batches);
}

/** A child that was terminated from outside or failed will never be done: its parent learns it as an error. */
function parentEvent(ended: SessionRecord, invokeId: string): PublishedEvent & { readonly id: string } {
  const id = `ended:${ended.sessionId}`;
  if (ended.status === 'completed') {
    const data = doneData(ended.dialect, ended.donedata, ended);
    return {
      id,
      name: `done.invoke.${invokeId}`,
      invokeid: invokeId,
      ...(data !== undefined && { data }),
    };
  }
  const description = `the invoked session ${ended.sessionId} ${ended.status}: ${ended.reason ?? 'no reason given'}`;
  return { id, name: 'error.communication', invokeid: invokeId, data: { description } };
}

function starterEvent(ended: SessionRecord): PublishedEvent & { readonly id: string } {
  const { sessionId, reason = '', donedata = null } = ended;
  return {
    id: `ended:${sessionId}`,
    name: `done.start.${sessionId}`,
    data: { sessionid: sessionId, reason, params: donedata },
  };
}
