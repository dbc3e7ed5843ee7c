import type { IncomingMessage } from 'node:http';
import type { Context } from 'koa';
import { defined, type SessionId } from '../../engine/ports/index.ts';
import { peerOf } from './arrival.ts';
import { type Caller, callerOf } from './caller.ts';

/**
 * The caller as the audit log names it, for example `administrator anna`. `address`: of the client behind
 * trusted proxies; else of the peer.
 */
export function actorOf(ctx: Context): { readonly who: string; readonly address?: string } {
  const address = ctx.state.client?.address ?? remoteAddressOf(ctx.req);
  return { who: nameOf(callerOf(ctx)), ...defined({ address: address || undefined }) };
}

/** True when a document of the server sends the request. */
export function isDocument(ctx: Context): boolean {
  return documentSessionOf(ctx) !== undefined;
}

/** The session whose document sends the request. */
export function documentSessionOf(ctx: Context): SessionId | undefined {
  const caller = callerOf(ctx);
  return caller.kind === 'platform' ? caller.sessionId : undefined;
}

/** Address of the peer of the connection, without an IPv4-mapped prefix; '' when it is gone. */
export function remoteAddressOf(request: IncomingMessage): string {
  return peerOf(request).replace(/^::ffff:(?=\d+\.)/, '');
}

function nameOf(caller: Caller): string {
  switch (caller.kind) {
    case 'customer':
      // The name of a customer is personal data, which the audit log does not keep.
      return 'customer';
    case 'agent':
      return `agent ${caller.user}`;
    case 'platform':
      return `platform ${caller.name}`;
    case 'administrator':
      return caller.user === undefined ? caller.role : `${caller.role} ${caller.user}`;
  }
}
