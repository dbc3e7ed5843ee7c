import { type BlockList, isIP } from 'node:net';
import { type Clock, defined } from '../../engine/ports/index.ts';
import type { CustomerRights } from '../access/index.ts';
import { WireError } from '../errors/index.ts';
import { textClaim } from './claims.ts';
import { GatewaySignatures } from './gatewaySignature.ts';
import {
  bearerOf,
  bearerUnauthorized,
  endOf,
  type TokenSettings,
  type TokenVerifier,
} from './tokenVerifier.ts';

/** How the server knows who a customer is. */
export type CustomerSettings =
  /** As GMS: whoever reaches the server may use it, and gms_user is believed. */
  | {
      readonly mode: 'open';
      /** The customers whose things a query finds. */
      readonly queries: 'everyone' | 'own';
    }
  /** A gateway in front authenticates customers, and names them by gms_user. */
  | {
      readonly mode: 'gateway';
      /** Customers without a gms_user are served. */
      readonly anonymous: boolean;
      /** The present secret of the signatures of gateways; absent: no signature counts. */
      readonly secret?: (() => string) | undefined;
      readonly signatureMaxAgeS: number;
    }
  /** Customers send a signed token. */
  | ({ readonly mode: 'token'; readonly anonymous: boolean; readonly claim: string } & TokenSettings);

/** A gms_user that a request names, and the signature of it, if there is one. */
export interface ClaimedUser {
  readonly gmsUser: string;
  readonly signature?: string;
}

/** The parts of a request that tell who its customer is. */
export interface CustomerRequest {
  /** Address of the peer. */
  readonly remoteAddress: string;
  readonly authorization?: string | undefined;
  /** By headers. */
  readonly header?: ClaimedUser | undefined;
  /** By the query of a URL where no header can be set. */
  readonly query?: ClaimedUser | undefined;
}

/** A customer. */
export interface Customer {
  readonly gmsUser?: string;
  readonly rights: CustomerRights;
  /** ms since epoch until which the token counts. */
  readonly validUntil?: number;
}

/** Finds out who a customer is. */
export class Customers {
  readonly #settings: CustomerSettings;
  readonly #gateways: BlockList;
  readonly #signatures: GatewaySignatures | undefined;
  readonly #verifier: Pick<TokenVerifier, 'verify'> | undefined;

  constructor(deps: {
    readonly settings: CustomerSettings;
    readonly gateways: BlockList;
    readonly clock: Clock;
    /** For mode token. */
    readonly verifier?: Pick<TokenVerifier, 'verify'> | undefined;
  }) {
    const { settings } = deps;
    this.#settings = settings;
    this.#gateways = deps.gateways;
    this.#verifier = deps.verifier;
    this.#signatures =
      settings.mode === 'gateway' && settings.secret !== undefined
        ? new GatewaySignatures({
            secret: settings.secret,
            maxAgeS: settings.signatureMaxAgeS,
            clock: deps.clock,
          })
        : undefined;
  }

  /** Rejects with WireError UNAUTHORIZED, or as TokenVerifier.verify. */
  async identify(request: CustomerRequest): Promise<Customer> {
    switch (this.#settings.mode) {
      case 'open':
        return {
          rights: this.#settings.queries === 'everyone' ? 'open' : 'capability',
          ...defined({ gmsUser: (request.header ?? request.query)?.gmsUser }),
        };
      case 'gateway':
        return this.#byGateway(request, this.#settings.anonymous);
      case 'token':
        return this.#byToken(request.authorization, this.#settings);
    }
  }

  /**
   * The gms_user that a handshake of CometD names in its message. Undefined: it is not believed, because no
   * gateway can set it there.
   */
  believed(claimed: ClaimedUser): string | undefined {
    const isBelieved =
      this.#settings.mode === 'open' ||
      this.#signatures?.isValid(claimed.gmsUser, claimed.signature) === true;
    return isBelieved ? claimed.gmsUser : undefined;
  }

  #byGateway({ remoteAddress, header, query }: CustomerRequest, anonymous: boolean): Customer {
    const claimed = header ?? query;
    if (claimed === undefined) {
      if (anonymous) return { rights: 'owner' };
      throw new WireError('UNAUTHORIZED', { message: 'Expected a gms_user from a gateway, got none.' });
    }
    const isFromGateway = header !== undefined && includes(this.#gateways, remoteAddress);
    if (isFromGateway || this.#signatures?.isValid(claimed.gmsUser, claimed.signature) === true) {
      return { gmsUser: claimed.gmsUser, rights: 'owner' };
    }
    throw new WireError('UNAUTHORIZED', {
      message: `Expected gms_user as a header from an address of security.gateways, or with a valid gms_user_signature; got it from '${remoteAddress}'.`,
    });
  }

  async #byToken(
    authorization: string | undefined,
    { anonymous, claim }: { readonly anonymous: boolean; readonly claim: string },
  ): Promise<Customer> {
    const token = bearerOf(authorization);
    if (token === undefined) {
      if (anonymous && authorization === undefined) return { rights: 'owner' };
      throw bearerUnauthorized('Expected an Authorization header of scheme Bearer, with a token.');
    }
    if (this.#verifier === undefined) throw new Error('Expected a verifier with customers of mode token.');
    const claims = await this.#verifier.verify(token);
    const gmsUser = textClaim(claims, claim);
    if (gmsUser !== undefined) return { gmsUser, rights: 'owner', validUntil: endOf(claims) };
    throw new WireError('FORBIDDEN', {
      message: `Expected the claim '${claim}' of the token to be the gms_user, a text that is not empty.`,
    });
  }
}

function includes(list: BlockList, address: string): boolean {
  const family = isIP(address);
  return family !== 0 && list.check(address, family === 6 ? 'ipv6' : 'ipv4');
}
