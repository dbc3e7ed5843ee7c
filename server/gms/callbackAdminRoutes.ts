import type Router from '@koa/router';
import { type Clock, csvLine } from '../../engine/ports/index.ts';
import type { AuditLog } from '../../strategies/audit/index.ts';
import type { Services } from '../../strategies/callback/index.ts';
import { actorOf } from '../access/index.ts';
import { replyJson } from '../middleware/index.ts';
import {
  bulkCancelReply,
  callbackRecord,
  officeDaysReply,
  propertyOf,
  type RecordContext,
  readBulkCancel,
  readOfficeDays,
  readQueues,
  readReport,
  readServiceNames,
  watermarksReply,
} from './callback.wire.ts';

/** Options of the section `callback` for administrators. gms-8.5.2 1.2. */
export interface CallbackAdminOptions {
  readonly filterKeys: readonly string[];
  readonly returnedKeys: readonly string[];
  /** Title of the column of a property in a report. */
  readonly titles: Readonly<Record<string, string>>;
}

const ROOT = '/genesys/1/admin/callback';

/** The callbacks of all customers. gms-api 5, gms-8.5.2 1.3. */
export function registerCallbackAdminRoutes(
  router: Router,
  deps: {
    readonly services: Services;
    readonly audit: AuditLog;
    readonly clock: Clock;
    readonly callbackOptions: CallbackAdminOptions;
    readonly recordContext: () => RecordContext;
  },
): void {
  const { audit, clock, recordContext } = deps;
  const { filterKeys, titles } = deps.callbackOptions;
  const { administration } = deps.services;

  router.get(`${ROOT}/queues`, async (ctx) => {
    const context = recordContext();
    const query = readQueues(ctx.state.query, { ...context, now: clock.now(), filterKeys });
    const queues = await administration.queues(query);
    replyJson(
      ctx,
      Object.fromEntries(
        [...queues].map(([name, found]) => [
          name,
          found.map((callback) => callbackRecord(callback, context)),
        ]),
      ),
    );
  });

  router.get(`${ROOT}/calendar`, (ctx) => {
    const { service, ...days } = readOfficeDays(ctx.state.query);
    replyJson(ctx, officeDaysReply(service, deps.services.officeDays(service, days)));
  });

  router.get(`${ROOT}/watermarks`, (ctx) => {
    replyJson(ctx, watermarksReply(administration.waiting(readServiceNames(ctx.state.query))));
  });

  router.post(`${ROOT}/cancel`, async (ctx) => {
    const { ids, reason } = readBulkCancel(ctx.state.form);
    const results = await administration.cancel(ids, {
      reason,
      batchFor: (cancelled) =>
        audit.batch({
          ...actorOf(ctx),
          action: 'callbacks.cancelled',
          object: `callbacks:${reason}`,
          details: { cancelled: cancelled.length, refused: ids.length - cancelled.length },
        }),
    });
    replyJson(ctx, bulkCancelReply(results));
  });

  router.post(`${ROOT}/reportcancelled`, async (ctx) => {
    const { reason, names } = readReport(ctx.state.form);
    const { userData } = recordContext();
    const lines = [csvLine(names.map((name) => titles[name] ?? name))];
    await administration.visitEnded(reason, (callback) => {
      lines.push(csvLine(names.map((name) => propertyOf(callback, name, userData))));
    });
    await audit.record({
      ...actorOf(ctx),
      action: 'callbacks.reported',
      object: `callbacks:${reason}`,
      details: { callbacks: lines.length - 1 },
    });
    ctx.set('Content-Type', 'text/csv;charset=UTF-8');
    ctx.set('Content-Disposition', 'attachment; filename="CancelledCallbacks.csv"');
    ctx.body = lines.join('');
  });
}
