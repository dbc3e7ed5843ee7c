import type Router from '@koa/router';
import type { Context } from 'koa';
import {
  type AdministeredSessions,
  isLive,
  parseSessionId,
  SESSION_STATUSES,
  type SessionView,
} from '../../engine/host/index.ts';
import { defined, type Json, readId, type SessionId } from '../../engine/ports/index.ts';
import type { AuditLog } from '../../strategies/audit/index.ts';
import { withoutSecrets } from '../../strategies/options/index.ts';
import { actorOf, mayReadSecrets } from '../access/index.ts';
import { replyJson } from '../middleware/index.ts';
import { queryReply } from '../ors/index.ts';
import { invalidParameter } from './invalidParameter.ts';
import { retrySession } from './retrySession.ts';

const ROOT = '/genesys/1/admin';
/** No key of the store can hold a longer id. */
const MAX_ID_BYTES = 1_500;
const MAX_URL_CHARS = 8_192;

/**
 * The administrator's view of sessions: lists them, with the versions of their documents, retries a session
 * that is set aside because it could not be restored, and ends the sessions of a document.
 */
export function registerSessionAdminRoutes(
  router: Router,
  deps: { readonly sessions: AdministeredSessions; readonly audit: AuditLog },
): void {
  const { sessions, audit } = deps;

  router.get(`${ROOT}/documents`, async (ctx) => {
    const versions = (await sessions.versions()).map((version) => ({ ...version }));
    replyJson(ctx, mayReadSecrets(ctx) ? versions : withoutSecrets(versions));
  });

  router.get(`${ROOT}/documents/blocked`, (ctx) => {
    replyJson(
      ctx,
      sessions.blockedDocuments().map(({ document, at }) => ({ document, at: new Date(at).toISOString() })),
    );
  });

  router.post(`${ROOT}/documents/block`, async (ctx) => {
    const document = readDocument(ctx);
    const object = `document:${document}`;
    const found = (await sessions.versions()).filter(
      ({ src, documentHash }) => src === document || documentHash === document,
    );
    await sessions.blockDocument(
      document,
      audit.batch({ ...actorOf(ctx), action: 'document.stopped', object }),
    );
    replyJson(ctx, { document, sessions: found.reduce((sum, version) => sum + version.sessions, 0) });
  });

  router.post(`${ROOT}/documents/allow`, async (ctx) => {
    const document = readDocument(ctx);
    const object = `document:${document}`;
    await sessions.allowDocument(
      document,
      audit.batch({ ...actorOf(ctx), action: 'document.allowed', object }),
    );
    replyJson(ctx, {});
  });

  router.get(`${ROOT}/sessions`, async (ctx) => {
    const found = await sessions.list(readFilter(ctx.state.query as Record<string, Json | undefined>));
    const views = found.map(withoutData);
    replyJson(ctx, mayReadSecrets(ctx) ? views : withoutSecrets(views));
  });

  router.post(`${ROOT}/sessions/:sid/retry`, async (ctx) => {
    const sid = parseSessionId(ctx.params.sid);
    const object = `session:${sid}`;
    await retrySession(sessions, sid, audit.batch({ ...actorOf(ctx), action: 'session.retried', object }));
    replyJson(ctx, {});
  });
}

/** The field `document`: the hash of a version, or an absolute URL in its usual spelling. */
function readDocument(ctx: Context): string {
  const { form, json } = ctx.state;
  const { document } = ((json ?? form) as { readonly document?: Json } | null) ?? {};
  if (typeof document === 'string' && /^[0-9a-f]{64}$/.test(document)) return document;
  if (typeof document === 'string' && document.length <= MAX_URL_CHARS && URL.canParse(document)) {
    return new URL(document).href;
  }
  throw invalidParameter(
    'document',
    `a URL, or 64 hexadecimal digits, as in ${ROOT}/documents`,
    document ?? null,
  );
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

/** Only the query of a single session shows its data. */
function withoutData(view: SessionView): Json {
  const { data: _, ...fields } = queryReply(view) as Record<string, Json>;
  return fields;
}
