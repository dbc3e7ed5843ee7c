import type Router from '@koa/router';
import { defined, type Json } from '../../engine/ports/index.ts';
import {
  AUDIT_ACTIONS,
  type AuditEntry,
  type AuditLog,
  type AuditQuery,
  MAX_LISTED_ENTRIES,
} from '../../strategies/audit/index.ts';
import { replyJson } from '../middleware/index.ts';
import { invalidParameter } from './invalidParameter.ts';

/** The administrator's view of what was done. */
export function registerAuditRoutes(router: Router, { audit }: { readonly audit: AuditLog }): void {
  router.get('/genesys/1/admin/audit', (ctx) => {
    const { entries, next } = audit.list(readQuery(ctx.state.query));
    replyJson(ctx, { entries: entries.map(entryView), ...defined({ next }) });
  });
}

function readQuery(query: Readonly<Record<string, Json | undefined>>): AuditQuery {
  const { action, who, object, before, limit } = query;
  const known = AUDIT_ACTIONS.find((one) => one === action);
  if (action !== undefined && known === undefined) {
    throw invalidParameter('action', `one of ${AUDIT_ACTIONS.join(', ')}`, action);
  }
  if (limit !== undefined && !/^[1-9]\d{0,6}$/.test(String(limit))) {
    throw invalidParameter('limit', `a number from 1 to ${MAX_LISTED_ENTRIES}`, limit);
  }
  if (before !== undefined && !/^\d{14}:[a-z]\d{12}$/.test(String(before))) {
    throw invalidParameter('before', "'next' of an earlier page", before);
  }
  return defined({
    action: known,
    since: readTime('since', query.since),
    until: readTime('until', query.until),
    who: who === undefined ? undefined : String(who),
    object: object === undefined ? undefined : String(object),
    before: before === undefined ? undefined : String(before),
    limit: limit === undefined ? undefined : Number(limit),
  });
}

/** ms since epoch. */
function readTime(name: string, raw: Json | undefined): number | undefined {
  if (raw === undefined) return undefined;
  const time = /^\d{4}-\d\d-\d\d/.test(String(raw)) ? Date.parse(String(raw)) : Number.NaN;
  if (Number.isNaN(time)) throw invalidParameter(name, 'a time such as 2026-01-05T09:00:00Z', raw);
  return time;
}

function entryView({ at, ...entry }: AuditEntry): Json {
  return { ...entry, at: new Date(at).toISOString() } as unknown as Json;
}
