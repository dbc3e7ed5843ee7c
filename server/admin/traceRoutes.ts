import { Readable } from 'node:stream';
import type Router from '@koa/router';
import { MAX_LISTED_TRACES, parseSessionId, type StoredTraces } from '../../engine/host/index.ts';
import type { Installation } from '../../engine/interpreter/index.ts';
import { defined, type Json, readId, type SessionId } from '../../engine/ports/index.ts';
import { traceLines } from '../../engine/trace/index.ts';
import type { AuditLog } from '../../strategies/audit/index.ts';
import { actorOf, mayReadSecrets } from '../access/index.ts';
import { noTrace, WireError } from '../errors/index.ts';
import { replyJson } from '../middleware/index.ts';
import { invalidParameter } from './invalidParameter.ts';

const ROOT = '/genesys/1/admin';

export interface TraceRoutesDeps {
  readonly traces: StoredTraces;
  readonly audit: AuditLog;
  readonly durable: { commit(batch: ReturnType<AuditLog['batch']>): Promise<void> };
  /** Version of this product. */
  readonly version: string;
  /** Lists, options and special days that documents read. */
  readonly installation: Installation;
}

/** Traces of sessions: a list, and the file of one with the sessions that it invoked. */
export function registerTraceRoutes(router: Router, deps: TraceRoutesDeps): void {
  const { traces, audit, durable, version, installation } = deps;

  router.get(`${ROOT}/traces`, (ctx) => {
    const found = traces.list(readFilter(ctx.state.query as Record<string, Json | undefined>));
    replyJson(
      ctx,
      found.map(({ startedAt, ...others }) => ({ ...others, startedAt: new Date(startedAt).toISOString() })),
    );
  });

  router.get(`${ROOT}/sessions/:sid/trace`, async (ctx) => {
    // It has the data of customers and the parameters of sessions; with masks it could not be replayed.
    if (!mayReadSecrets(ctx)) throw new WireError('FORBIDDEN');
    const sid = parseSessionId(ctx.params.sid);
    const found = traces.read(sid);
    if (found === undefined) throw noTrace(sid);
    const sessions = found.sessions.length;
    await durable.commit(
      audit.batch({
        ...actorOf(ctx),
        action: 'trace.exported',
        object: `session:${sid}`,
        details: { sessions },
      }),
    );
    ctx.type = 'application/x-ndjson';
    ctx.body = Readable.from(traceLines({ product: version, installation, ...found }));
  });
}

function readFilter({ after, limit }: Record<string, Json | undefined>): Parameters<StoredTraces['list']>[0] {
  if (limit !== undefined && !/^[1-9]\d{0,6}$/.test(String(limit))) {
    throw invalidParameter('limit', `a number from 1 to ${MAX_LISTED_TRACES}`, limit);
  }
  const id = after === undefined ? undefined : readId<SessionId>(String(after));
  if (after !== undefined && id === undefined) throw invalidParameter('after', 'the id of a session', after);
  return defined({ after: id, limit: limit === undefined ? undefined : Number(limit) });
}
