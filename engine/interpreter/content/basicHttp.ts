/** Path, under the base URL of the server, of a session's basic HTTP event I/O processor (W3C SCXML C.2). */
export function basicHttpPath(sessionId: string): string {
  return `/scxml/session/${sessionId}/basichttp`;
}

/** The request parameter with the name of the event. */
export const EVENT_NAME_PARAMETER = '_scxmleventname';

/** Name of the event of a request without that parameter. */
export function nameOfMethod(method: string): string {
  return `HTTP.${method.toUpperCase()}`;
}
