import { once } from 'node:events';
import { metricLines, openReplays, readTrace, replaySteps } from '../../engine/trace/index.ts';
import { print } from '../commandIo.ts';
import type { AdminTarget } from '../serverOptions.ts';

export type TraceFileForm = 'json' | 'metric';

/** Prints the trace of a session: the file of the server, or the lines of METRIC that follow from it. */
export async function traceCommand(
  { io, client }: AdminTarget,
  { session, format }: { readonly session: string; readonly format: TraceFileForm },
): Promise<void> {
  const path = `/genesys/1/admin/sessions/${encodeURIComponent(session)}/trace`;
  const chunks: Uint8Array[] = [];
  for await (const chunk of await client.download(path)) {
    if (format === 'metric') chunks.push(chunk);
    else if (!io.stdout.write(chunk)) await once(io.stdout, 'drain');
  }
  if (format === 'json') return;
  const trace = readTrace(Buffer.concat(chunks).toString('utf8'), session);
  for (const step of replaySteps(await openReplays(trace))) {
    for (const line of metricLines(step, step.replay.document)) print(io, line);
  }
}
