import type { Context } from 'koa';
import type { Durable } from '../../engine/durable/index.ts';
import { parseSessionId, type SessionCopies, type Sessions } from '../../engine/host/index.ts';
import type { SessionId } from '../../engine/ports/index.ts';
import type { AuditLog } from '../../strategies/audit/index.ts';
import type { LiveDebuggersDeps } from './liveDebuggers.ts';
import type { SessionUses } from './sessionUses.ts';

export interface DebugRoutesDeps extends Omit<LiveDebuggersDeps, 'uses'> {
  readonly audit: AuditLog;
  readonly sessions: Pick<Sessions, 'publish'>;
  readonly copies: SessionCopies;
  readonly durable: Pick<Durable, 'whenDurable'>;
  /** debug.enabled of the configuration. */
  readonly isEnabled: boolean;
  /** Aborted when the server stops. */
  readonly closing: AbortSignal;
}

/** The parts that the routes of one session need. */
export interface SessionRoutesDeps extends DebugRoutesDeps {
  readonly uses: SessionUses;
  /** Throws FORBIDDEN while debuggers are switched off. */
  readonly requireEnabled: () => void;
}

export const SESSION_ROOT = '/genesys/1/admin/debug/sessions/:sid';

/** The session of a request. Throws FORBIDDEN or SESSION_NOT_FOUND. */
export function sessionOf(ctx: Context, { requireEnabled }: SessionRoutesDeps): SessionId {
  requireEnabled();
  return parseSessionId(ctx.params.sid);
}
