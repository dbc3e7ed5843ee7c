import type Router from '@koa/router';
import type { Json } from '../../engine/event.ts';
import { type AdministeredSessions, HostError, type SessionView } from '../../engine/host/sessions.ts';
import { WireError } from '../errors.ts';
import { queryReply } from '../ors/wire.ts';

const ROOT = '/genesys/1/admin';
const STATUSES = ['scheduled', 'running', 'setAside', 'completed', 'terminated', 'failed'];

/**
 * What an administrator sees of sessions: which there are, on which versions of which documents, and those set
 * aside because they could not be restored, with a way to retry them.
 */
export function registerSessionAdminRoutes(
  router: Router,
  deps: { readonly sessions: AdministeredSessions },
): void {
  const { sessions } = deps;

  router.get(`${ROOT}/documents`, async (ctx) => {
    ctx.body = JSON.stringify(await sessions.versions());
  });

  router.get(`${ROOT}/sessions`, async (ctx) => {
    const { status, documentHash, limit } = ctx.state.query as Record<string, Json | undefined>;
    if (status !== undefined && !STATUSES.includes(String(status))) {
      throw invalid('status', `one of ${STATUSES.join(', ')}`, status);
    }
    if (limit !== undefined && !/^[1-9]\d{0,6}$/.test(String(limit))) {
      throw invalid('limit', 'a positive number', limit);
    }
    const found = await sessions.list({
      ...(status !== undefined && { status: String(status) }),
      ...(documentHash !== undefined && { documentHash: String(documentHash) }),
      ...(limit !== undefined && { limit: Number(limit) }),
    });
    ctx.body = JSON.stringify(found.map(withoutData));
  });

  router.post(`${ROOT}/sessions/:sid/retry`, async (ctx) => {
    const { sid } = ctx.params as { sid: string };
    try {
      await sessions.retry(sid);
    } catch (error) {
      if (!(error instanceof HostError) || error.code !== 'SESSION_SET_ASIDE') throw error;
      const view = await sessions.query(sid);
      throw new WireError('SESSION_SET_ASIDE', {
        message: `Session '${sid}' still cannot be restored: ${view?.reason ?? 'no reason is known'}`,
        cause: error,
      });
    }
    ctx.body = '{}';
  });
}

/** The data of a running session is known to its query only. */
function withoutData(view: SessionView): Json {
  const { data: _, ...fields } = queryReply(view) as Record<string, Json>;
  return fields;
}

function invalid(name: string, expected: string, got: Json): WireError {
  return new WireError('PARAMETER_INVALID', {
    message: `Expected ${name} to be ${expected}, got '${String(got)}'.`,
  });
}
