import type { Durable } from '../../engine/durable/index.ts';
import type { Sessions } from '../../engine/host/index.ts';
import type { AuditLog } from '../../strategies/audit/index.ts';
import type { LiveDebuggersDeps } from './liveDebuggers.ts';

export interface DebugRoutesDeps extends Omit<LiveDebuggersDeps, 'uses'> {
  readonly audit: AuditLog;
  readonly sessions: Pick<Sessions, 'publish'>;
  readonly durable: Pick<Durable, 'whenDurable'>;
  /** debug.enabled of the configuration. */
  readonly isEnabled: boolean;
  /** Aborted when the server stops. */
  readonly closing: AbortSignal;
}
