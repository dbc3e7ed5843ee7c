import type { Context } from 'koa';
import { defined, type SessionId } from '../../engine/ports/index.ts';

/** The sender of a request, as the guard found it. */
export type Caller = (
  | CustomerCaller
  | { readonly kind: 'agent'; readonly user: string; readonly agentId?: string }
  | PlatformCaller
  | {
      readonly kind: 'administrator';
      /** Undefined: the server has no users, and so everybody is an administrator. */
      readonly user?: string;
      readonly role: 'administrator' | 'supervisor' | 'debugger' | 'viewer';
      /** The agent as whom a supervisor acts; absent for other roles. */
      readonly agentId?: string;
    }
) & {
  /** ms since epoch until which the credentials count; undefined: they have no end. */
  readonly validUntil?: number;
  /**
   * True once the credentials count no longer, before their end: the account was changed or removed, or the
   * browser logged out. Undefined: that cannot happen.
   */
  readonly isRevoked?: () => boolean;
};

/** How long the credentials of a request count, for a reply that goes on. */
export type Validity = Pick<Caller, 'validUntil' | 'isRevoked'>;

export interface CustomerCaller {
  readonly kind: 'customer';
  readonly gmsUser?: string;
  readonly rights: CustomerRights;
}

/**
 * - open: as GMS. The id of a thing is the right to it, and queries find the things of all.
 * - capability: the id of a thing is the right to it. Queries find the things of the customer's gms_user.
 * - owner: a thing with a gms_user exists for this gms_user only. The id is the right to other things.
 */
export type CustomerRights = 'open' | 'capability' | 'owner';

export interface PlatformCaller {
  readonly kind: 'platform';
  /** Name of the part of the server or of the partner system, for logs. */
  readonly name: string;
  /** The session whose document sends the request. */
  readonly sessionId?: SessionId;
}

declare module 'koa' {
  interface DefaultState {
    /** Set by the guard of an audience; read it by callerOf. */
    caller?: Caller;
  }
}

/** True when the caller may see secrets: who may change them, and the platform, whose documents use them. */
export function mayReadSecrets(ctx: Context): boolean {
  const caller = callerOf(ctx);
  return caller.kind === 'administrator' ? caller.role === 'administrator' : caller.kind === 'platform';
}

/** Name of a platform caller who gave no credentials, because none are needed. */
export const ANY_PARTNER = 'partner';

/** True when nothing distinguishes the caller from others: no user, no document, no gms_user. */
export function isAnonymous(ctx: Context): boolean {
  if (gmsUserOf(ctx) !== undefined) return false;
  const caller = callerOf(ctx);
  switch (caller.kind) {
    case 'customer':
      return true;
    case 'platform':
      return caller.name === ANY_PARTNER;
    case 'agent':
      return false;
    case 'administrator':
      return caller.user === undefined;
  }
}

/** The things that exist for the caller of a request. `owner`: the gms_user that created a thing, if any. */
export function viewerOf(ctx: Context): {
  mayUse(owner: string | undefined): boolean;
  mayFind(owner: string | undefined): boolean;
} {
  const caller = callerOf(ctx);
  if (caller.kind !== 'customer') return { mayUse: () => true, mayFind: () => true };
  const { rights, gmsUser } = caller;
  return {
    mayUse: (owner) => rights !== 'owner' || owner === undefined || owner === gmsUser,
    mayFind: (owner) => rights === 'open' || (owner !== undefined && owner === gmsUser),
  };
}

/** As Validity says, of the caller of a request. */
export function validityOf(ctx: Context): Validity {
  const { validUntil, isRevoked } = callerOf(ctx);
  return defined({ validUntil, isRevoked });
}

/** The caller of a request to a guarded route. */
export function callerOf(ctx: Context): Caller {
  const { caller } = ctx.state;
  if (caller === undefined) throw new Error(`The route of ${ctx.method} ${ctx.path} is not guarded.`);
  return caller;
}

/**
 * The customer in whose name a request is sent: the customer's own, or the one that a document or a partner
 * system names.
 */
export function gmsUserOf(ctx: Context): string | undefined {
  const caller = callerOf(ctx);
  return caller.kind === 'customer' ? caller.gmsUser : ctx.get('gms_user') || undefined;
}
