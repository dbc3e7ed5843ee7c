import type Router from '@koa/router';
import type { Context } from 'koa';
import type { Batch, Durable } from '../../engine/durable/index.ts';
import { type AdministeredSessions, parseSessionId, SESSION_STATUSES } from '../../engine/host/index.ts';
import { type Clock, CodedError, defined, type Json, type SessionId } from '../../engine/ports/index.ts';
import type { AuditLog } from '../../strategies/audit/index.ts';
import type { Services } from '../../strategies/callback/index.ts';
import { withoutSecrets } from '../../strategies/options/index.ts';
import { actorOf, mayReadSecrets, validityOf } from '../access/index.ts';
import { toWireError, WireError } from '../errors/index.ts';
import { openEventStream, replyJson, replyStream } from '../middleware/index.ts';
import { invalidParameter } from './invalidParameter.ts';
import { retrySession } from './retrySession.ts';
import { type CatalogEntry, customerOf, SessionCatalog, type SessionSearch } from './sessionCatalog.ts';
import { SessionChanges } from './sessionChanges.ts';

const ROOT = '/genesys/1/admin/sessions';
/** Sessions in one reply of a search. */
const MAX_FOUND_SESSIONS = 5_000;
/** Sessions that one request ends or retries. */
const MAX_BULK_SESSIONS = 1_000;
/** Changes of one request that are under way together: their commits share writes. */
const BULK_AT_ONCE = 50;
export const MAX_REASON_CHARS = 200;
const MAX_TEXT_CHARS = 8_192;
/** Streams that tell of changes at one time. */
const MAX_CHANGE_STREAMS = 200;

export interface SessionSearchDeps {
  readonly sessions: AdministeredSessions;
  readonly services: Pick<Services, 'bySession'>;
  readonly audit: AuditLog;
  readonly durable: Pick<Durable, 'onChange' | 'whenDurable'>;
  readonly clock: Clock;
  /** Aborted when the server stops. */
  readonly closing: AbortSignal;
}

/** Finds sessions with their services and customers, and ends or retries many of them. */
export function registerSessionSearchRoutes(router: Router, deps: SessionSearchDeps): void {
  const { sessions, audit } = deps;
  const catalog = new SessionCatalog(deps);
  const changes = new SessionChanges(deps);

  router.get(`${ROOT}/search`, async (ctx) => {
    const query = ctx.state.query as Readonly<Record<string, Json | undefined>>;
    const { search, limit } = readSearch(query);
    const { entries, counts, isPartial } = await catalog.search(search);
    const views = entries.slice(0, limit).map(entryView);
    replyJson(ctx, {
      found: entries.length,
      counts: { ...counts },
      ...(isPartial ? { more: true } : {}),
      sessions: mayReadSecrets(ctx) ? views : withoutSecrets(views),
    });
  });

  router.get(`${ROOT}/search/events`, (ctx) => {
    if (changes.readers >= MAX_CHANGE_STREAMS) {
      const message = `Expected at most ${MAX_CHANGE_STREAMS} streams (MAX_CHANGE_STREAMS), got one more.`;
      throw new WireError('SERVER_BUSY', { message });
    }
    const { durable, clock, closing } = deps;
    // Whatever changed before the stream is in the read that the first event asks for.
    const start = { first: [{ type: 'changed' }], position: 0 } as const;
    replyStream(
      ctx,
      openEventStream({ source: changes, key: '', start, durable, clock, closing, ...validityOf(ctx) }),
    );
  });

  router.post(`${ROOT}/terminate`, async (ctx) => {
    const { ids, reason } = readBulk(ctx);
    const { who } = actorOf(ctx);
    const change = (id: SessionId): Promise<void> =>
      sessions.terminate(
        id,
        `Terminated by ${who}: ${reason}`,
        entryOf(ctx, 'session.terminated', id, reason),
      );
    replyJson(ctx, { results: await changeAll(ids, change) });
  });

  router.post(`${ROOT}/retry`, async (ctx) => {
    const { ids, reason } = readBulk(ctx);
    const change = (id: SessionId): Promise<void> =>
      retrySession(sessions, id, entryOf(ctx, 'session.retried', id, reason));
    replyJson(ctx, { results: await changeAll(ids, change) });
  });

  function entryOf(
    ctx: Context,
    action: 'session.terminated' | 'session.retried',
    id: SessionId,
    reason: string,
  ): Batch {
    return audit.batch({ ...actorOf(ctx), action, object: `session:${id}`, details: { reason } });
  }
}

/** Each change on its own: one that is refused does not keep the others from being made. */
async function changeAll(
  ids: readonly SessionId[],
  change: (id: SessionId) => Promise<void>,
): Promise<readonly Json[]> {
  const results: Json[] = [];
  for (let at = 0; at < ids.length; at += BULK_AT_ONCE) {
    const part = ids.slice(at, at + BULK_AT_ONCE);
    results.push(...(await Promise.all(part.map((id) => resultOf(id, change)))));
  }
  return results;
}

async function resultOf(id: SessionId, change: (id: SessionId) => Promise<void>): Promise<Json> {
  try {
    await change(id);
    return { _id: id, done: true };
  } catch (error) {
    if (!(error instanceof CodedError || error instanceof WireError)) throw error;
    const { code, message } = toWireError(error);
    return { _id: id, done: false, code, message };
  }
}

function readSearch(query: Readonly<Record<string, Json | undefined>>): {
  readonly search: SessionSearch;
  readonly limit: number;
} {
  const { status, waiting, limit } = query;
  const known = SESSION_STATUSES.find((one) => one === status);
  if (status !== undefined && known === undefined) {
    throw invalidParameter('status', `one of ${SESSION_STATUSES.join(', ')}`, status);
  }
  if (waiting !== undefined && waiting !== 'true') throw invalidParameter('waiting', 'true', waiting);
  if (limit !== undefined && !/^[1-9]\d{0,6}$/.test(String(limit))) {
    throw invalidParameter('limit', `a number from 1 to ${MAX_FOUND_SESSIONS}`, limit);
  }
  const textOf = (name: string): string | undefined => {
    const value = query[name];
    if (value === undefined || value === '') return undefined;
    if (typeof value === 'string' && value.length <= MAX_TEXT_CHARS) return value;
    throw invalidParameter(name, `a text of at most ${MAX_TEXT_CHARS} characters`, value);
  };
  return {
    search: defined({
      status: known,
      waiting: waiting === undefined ? undefined : (true as const),
      document: textOf('document'),
      service: textOf('service'),
      customer: textOf('customer'),
      find: textOf('find'),
    }),
    limit: Math.min(limit === undefined ? MAX_FOUND_SESSIONS : Number(limit), MAX_FOUND_SESSIONS),
  };
}

/** The fields `sessions` and `reason`. */
function readBulk(ctx: Context): { readonly ids: readonly SessionId[]; readonly reason: string } {
  const body = (ctx.state.json ?? ctx.state.form ?? {}) as Readonly<Record<string, Json | undefined>>;
  const { sessions, reason } = body;
  const isList = Array.isArray(sessions) && sessions.length > 0 && sessions.length <= MAX_BULK_SESSIONS;
  if (!isList) {
    throw invalidParameter(
      'sessions',
      `a list of 1 to ${MAX_BULK_SESSIONS} ids of sessions`,
      shortened(sessions),
    );
  }
  if (typeof reason !== 'string' || reason.trim() === '' || reason.length > MAX_REASON_CHARS) {
    throw invalidParameter('reason', `a text of 1 to ${MAX_REASON_CHARS} characters`, shortened(reason));
  }
  return { ids: [...new Set(sessions.map((id) => parseSessionId(id)))], reason: reason.trim() };
}

function shortened(value: Json | undefined): Json {
  return Array.isArray(value) ? `a list of ${value.length}` : (value ?? null);
}

function entryView({ view, instance }: CatalogEntry): Json {
  const { sessionId, src, documentHash, status, configuration, startedAt, endedAt, reason } = view;
  return defined({
    _id: sessionId,
    src,
    documentHash,
    status,
    configuration: [...configuration],
    startedAt: new Date(startedAt).toISOString(),
    endedAt: endedAt === undefined ? undefined : new Date(endedAt).toISOString(),
    reason,
    service:
      instance === undefined
        ? undefined
        : { id: instance.id, name: instance.name, state: instance.state, reason: instance.reason },
    customer: instance === undefined ? undefined : [...customerOf(instance)],
  });
}
