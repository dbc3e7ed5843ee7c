import type { Middleware } from 'koa';
import type { AuditAction, AuditLog } from '../../strategies/audit/index.ts';
import { actorOf, callerOf } from '../access/index.ts';

/**
 * Administrators may use the routes of customers. This records it before the route acts, so the audit log has
 * refused attempts too. A reading is one entry a minute.
 */
export function auditAdministrators(audit: AuditLog, action: AuditAction): Middleware {
  return async (ctx, next) => {
    if (callerOf(ctx).kind === 'administrator') {
      const { name, id } = ctx.params as { name?: string; id?: string };
      const object = id === undefined ? `callbacks:${name ?? 'all'}` : `callback:${id}`;
      const record = { ...actorOf(ctx), action, object };
      await (action === 'callbacks.read' ? audit.recordReading(record) : audit.record(record));
    }
    await next();
  };
}
