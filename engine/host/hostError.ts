import { DatamodelFault, MAX_DATA_DEPTH } from '../interpreter/index.ts';
import { asGiven, codedError } from '../ports/index.ts';

const MESSAGES = {
  SESSION_NOT_FOUND: (id: string) => `No session '${id}', or it has ended.`,
  REQUEST_TIMEOUT: (id: string) =>
    `Session '${id}' did not answer the request in time: no <ws:response> was executed.`,
  SESSION_ENDED: (id: string) => `Session '${id}' ended without answering the request.`,
  SESSION_SET_ASIDE: (id: string) =>
    `Session '${id}' could not be restored and is set aside. Its query says why; an administrator can retry it.`,
  MAILBOX_FULL: (id: string) =>
    `Session '${id}' has too many events waiting (MAX_MAILBOX_LENGTH); try again later.`,
  SESSION_DEBUGGED: (id: string) => `Another debugger is attached to session '${id}'.`,
  SESSION_NOT_DEBUGGABLE: (id: string) =>
    `Session '${id}' cannot be debugged: its state is in memory only (_persist="false").`,
  DOCUMENT_UNREACHABLE: (src: string) => `The document '${src}' could not be read.`,
  DOCUMENT_TOO_COSTLY: asGiven,
  DOCUMENT_BLOCKED: (document: string) =>
    `The document '${document}' is blocked: an administrator ended its sessions, and no session may start on it.`,
  DOCUMENT_NOT_BLOCKED: (document: string) => `The document '${document}' is not blocked.`,
  SESSIONS_LIMITED: asGiven,
  STARTS_LIMITED: (root: string) =>
    `Session '${root}' and the sessions that follow from it start too many sessions in a second (limits.sessions.startsPerSecond).`,
  EVENTS_LIMITED: (root: string) =>
    `Session '${root}' and the sessions that follow from it send too many events in a second (limits.sessions.eventsPerSecond).`,
  DATA_TOO_DEEP: (id: string) =>
    `Data for session '${id}' have more than ${MAX_DATA_DEPTH} levels of arrays and objects (MAX_DATA_DEPTH).`,
  ENGINE_UNAVAILABLE: (id: string) =>
    `No engine child could be started for session '${id}'; nothing was changed.`,
};

export type HostErrorCode = keyof typeof MESSAGES;

declare module '../ports/codedError.ts' {
  interface ErrorCodes extends Record<HostErrorCode, true> {}
}

/** A fault of the caller or the host. Its detail is the id of the session, or the URL, that it is about. */
export class HostError extends codedError('HostError', MESSAGES) {}

/**
 * The answer to a caller whose session has ended. It says why, if the document has data that cannot be
 * stored.
 */
export function sessionEnded(sessionId: string, cause?: unknown): HostError {
  const ended = new HostError('SESSION_ENDED', sessionId, { cause });
  if (cause instanceof DatamodelFault) ended.message = `Session '${sessionId}' failed: ${cause.message}.`;
  return ended;
}
