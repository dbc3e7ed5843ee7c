import type { Audience, Caller } from '../access/index.ts';
import type { Identity } from './roles.ts';

const READS: readonly string[] = ['GET', 'HEAD', 'OPTIONS'];
/** Sessions that a supervisor terminates or retries. */
const SESSIONS_OF_ADMINISTRATION =
  /^\/genesys\/1\/admin\/(?:sessions(?:\/(?![^/]+\/trace\/?$)|$)|traces\/?$)/;
/** Blocking a document ends its sessions, and is how a supervisor stops one that starts itself again. */
const BLOCKING_OF_DOCUMENTS = /^\/genesys\/1\/admin\/documents\/(?:block|allow)\/?$/;
const SESSION_OPERATION = /^\/scxml\/session\/[^/]+\/(?:query|terminate)\/?$/;
/** Actions of a supervisor in an interaction of an agent, as themselves. */
const SUPERVISION =
  /^\/agent\/1\/interactions\/[^/]+\/(?:monitor|join|leave|message|notice|pushUrl|startTyping|stopTyping)\/?$/;
const DEBUGGING = /^\/genesys\/1\/admin\/debug(?:\/|$)/;
/** A debugger finds sessions in these. */
const LISTS_OF_SESSIONS = /^\/genesys\/1\/admin\/(?:sessions|sessions\/search|documents)\/?$/;
/** Charts of documents, which change nothing. */
const DRAWINGS = /^\/genesys\/1\/admin\/(?:drawing|documents\/[^/]+\/drawing)\/?$/;
/** A backup has everything: the data of all customers, and the hashes of all passwords. */
const BACKUP = /^\/genesys\/1\/admin\/backup(?:\/|$)/;

/** A trace has all that customers sent to a session. */
const TRACE = /^\/genesys\/1\/admin\/(?:traces|sessions\/[^/]+\/trace)\/?$/;

/** A request of a user, as far as their role decides about it. */
export interface RoleRequest {
  readonly audience: Audience;
  readonly method: string;
  readonly path: string;
}

/** The caller that a user is for this request. Undefined: their role does not allow it. */
export function callerOfRole(identity: Identity, request: RoleRequest): Caller | undefined {
  const { user, role, agentId } = identity;
  switch (role) {
    case 'administrator':
      return { kind: 'administrator', user, role };
    case 'supervisor':
      return supervisorOf({ user, role, agentId: agentId ?? user }, request);
    case 'debugger':
      return mayDebug(request) ? { kind: 'administrator', user, role } : undefined;
    case 'viewer':
      return mayView(request) ? { kind: 'administrator', user, role } : undefined;
    case 'agent':
      if (request.audience !== 'agent' || agentId === undefined) return undefined;
      return { kind: 'agent', user, agentId };
    case 'platform':
      if (request.audience !== 'platform' && request.audience !== 'customer') return undefined;
      return { kind: 'platform', name: user };
  }
}

function supervisorOf(
  { user, agentId }: Identity & { readonly agentId: string },
  request: RoleRequest,
): Caller | undefined {
  const own = `/agent/1/agents/${encodeURIComponent(agentId)}`;
  const isOwnAgent = request.audience === 'agent' && request.path === own;
  if (!isOwnAgent && !maySupervise(request)) return undefined;
  return { kind: 'administrator', user, role: 'supervisor', agentId };
}

function maySupervise({ audience, method, path }: RoleRequest): boolean {
  if (audience === 'platform') return SESSION_OPERATION.test(path);
  if (audience === 'agent') return READS.includes(method) || SUPERVISION.test(path);
  return (
    mayView({ audience, method, path }) ||
    (audience === 'administrator' &&
      (SESSIONS_OF_ADMINISTRATION.test(path) || BLOCKING_OF_DOCUMENTS.test(path)))
  );
}

function mayDebug({ audience, method, path }: RoleRequest): boolean {
  if (audience !== 'administrator') return false;
  if (DEBUGGING.test(path) || DRAWINGS.test(path)) return true;
  return READS.includes(method) && LISTS_OF_SESSIONS.test(path);
}

function mayView({ audience, method, path }: RoleRequest): boolean {
  if (audience === 'agent') return READS.includes(method);
  const isClosed = [BACKUP, DEBUGGING, TRACE].some((closed) => closed.test(path));
  return audience === 'administrator' && READS.includes(method) && !isClosed;
}
