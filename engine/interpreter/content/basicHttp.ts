/** Under the base URL of the server: where a session takes events of the basic HTTP event I/O processor (W3C SCXML C.2). */
export function basicHttpPath(sessionId: string): string {
  return `/scxml/session/${sessionId}/basichttp`;
}

/** The parameter that carries the event's name. */
export const EVENT_NAME_PARAMETER = '_scxmleventname';

/** Name of an event that comes without that parameter. */
export function nameOfMethod(method: string): string {
  return `HTTP.${method.toUpperCase()}`;
}
