import type Router from '@koa/router';
import {
  type AdministeredSessions,
  HostError,
  type HostErrorCode,
  isLive,
  parseSessionId,
  SESSION_STATUSES,
  type SessionView,
} from '../../engine/host/index.ts';
import { defined, type Json, readId, type SessionId } from '../../engine/ports/index.ts';
import type { AuditLog } from '../../strategies/audit/index.ts';
import { actorOf } from '../access/index.ts';
import { WireError } from '../errors/index.ts';
import { replyJson } from '../middleware/index.ts';
import { queryReply } from '../ors/index.ts';
import { invalidParameter } from './invalidParameter.ts';

const ROOT = '/genesys/1/admin';
/** No key of the store can hold a longer id. */
const MAX_ID_BYTES = 1_500;

/**
 * The administrator's view of sessions: lists them, with the versions of their documents, and retries a
 * session that is set aside because it could not be restored.
 */
export function registerSessionAdminRoutes(
  router: Router,
  deps: { readonly sessions: AdministeredSessions; readonly audit: AuditLog },
): void {
  const { sessions, audit } = deps;

  router.get(`${ROOT}/documents`, async (ctx) => {
    replyJson(
      ctx,
      (await sessions.versions()).map((version) => ({ ...version })),
    );
  });

  router.get(`${ROOT}/sessions`, async (ctx) => {
    const found = await sessions.list(readFilter(ctx.state.query as Record<string, Json | undefined>));
    replyJson(ctx, found.map(withoutData));
  });

  router.post(`${ROOT}/sessions/:sid/retry`, async (ctx) => {
    const sid = parseSessionId(ctx.params.sid);
    try {
      const object = `session:${sid}`;
      await sessions.retry(sid, audit.batch({ ...actorOf(ctx), action: 'session.retried', object }));
    } catch (error) {
      if (isHostError(error, 'SESSION_NOT_FOUND')) {
        throw new WireError('SESSION_NOT_FOUND', {
          message: `No session '${sid}' is set aside.`,
          cause: error,
        });
      }
      if (!isHostError(error, 'SESSION_SET_ASIDE')) throw error;
      const view = await sessions.query(sid);
      throw new WireError('SESSION_SET_ASIDE', {
        message: `Session '${sid}' still cannot be restored: ${view?.reason ?? 'no reason is known'}`,
        cause: error,
      });
    }
    replyJson(ctx, {});
  });
}

function readFilter(
  query: Record<string, Json | undefined>,
): NonNullable<Parameters<AdministeredSessions['list']>[0]> {
  const { status, documentHash, after, limit } = query;
  const known = SESSION_STATUSES.find((one) => one === status);
  if (status !== undefined && known === undefined) {
    throw invalidParameter('status', `one of ${SESSION_STATUSES.join(', ')}`, status);
  }
  if (documentHash !== undefined && !/^[0-9a-f]{64}$/.test(String(documentHash))) {
    throw invalidParameter('documentHash', `64 hexadecimal digits, as in ${ROOT}/documents`, documentHash);
  }
  if (documentHash !== undefined && known !== undefined && !isLive(known)) {
    throw invalidParameter(
      'status',
      'a status of sessions that still need a document, together with documentHash',
      known,
    );
  }
  if (after !== undefined && Buffer.byteLength(String(after)) > MAX_ID_BYTES) {
    throw invalidParameter('after', `the id of a session, of at most ${MAX_ID_BYTES} bytes`, after);
  }
  if (limit !== undefined && !/^[1-9]\d{0,6}$/.test(String(limit))) {
    throw invalidParameter('limit', 'a positive number', limit);
  }
  return defined({
    status: known,
    documentHash: documentHash === undefined ? undefined : String(documentHash),
    after: after === undefined ? undefined : readId<SessionId>(String(after)),
    limit: limit === undefined ? undefined : Number(limit),
  });
}

function isHostError(error: unknown, code: HostErrorCode): boolean {
  return error instanceof HostError && error.code === code;
}

/** Only the query of a single session shows its data. */
function withoutData(view: SessionView): Json {
  const { data: _, ...fields } = queryReply(view) as Record<string, Json>;
  return fields;
}
