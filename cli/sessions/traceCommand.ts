import { once } from 'node:events';
import { metricLines, openReplays, replaySteps } from '../../engine/trace/index.ts';
import { print } from '../commandIo.ts';
import { readTraceFile, warnOfLeftOut } from '../readTraceFile.ts';
import type { AdminTarget } from '../serverOptions.ts';

export type TraceFileForm = 'json' | 'metric';

/** Prints the trace of a session: the file of the server, or the lines of METRIC that follow from it. */
export async function traceCommand(
  { io, client }: AdminTarget,
  { session, format }: { readonly session: string; readonly format: TraceFileForm },
): Promise<void> {
  const path = `/genesys/1/admin/sessions/${encodeURIComponent(session)}/trace`;
  const chunks: Uint8Array[] = [];
  let head = '';
  for await (const chunk of await client.download(path)) {
    if (!head.includes('\n')) head += Buffer.from(chunk).toString('latin1');
    if (format === 'metric') chunks.push(chunk);
    else if (!io.stdout.write(chunk)) await once(io.stdout, 'drain');
  }
  if (format === 'json') {
    warnOfLeftOut(io, JSON.parse(head.slice(0, head.indexOf('\n'))) as { leftOut?: number }, session);
    return;
  }
  const trace = readTraceFile(io, Buffer.concat(chunks).toString('utf8'), session);
  for (const step of replaySteps(await openReplays(trace))) {
    for (const line of metricLines(step, step.replay.document)) print(io, line);
  }
}
