/** Structured log. `fields` carries the ids (sessionId, serviceId, interactionId, connId). */
export interface Log {
  /** False when debug lines are dropped, so that their fields need not be made. */
  readonly debugs?: boolean;
  debug(fields: Record<string, unknown>, message: string): void;
  info(fields: Record<string, unknown>, message: string): void;
  warn(fields: Record<string, unknown>, message: string): void;
  error(fields: Record<string, unknown>, message: string): void;
}
