import { defined } from '../../engine/ports/index.ts';
import {
  ANY_PARTNER,
  type AuthenticationRequest,
  type Authenticator,
  type Caller,
  type ClientAddresses,
  CONSOLE_HEADER,
  isLoopback,
} from '../access/index.ts';
import { WireError } from '../errors/index.ts';
import { type BrowserLogins, READING_METHODS } from './browserLogins.ts';
import type { ClaimedUser, Customers } from './customers.ts';
import type { IdentityProvider } from './identityProvider.ts';
import type { LoginRecords } from './loginRecords.ts';
import { callerOfRole } from './permissions.ts';
import type { Identity } from './roles.ts';
import { bearerOf } from './tokenVerifier.ts';
import { type Login, type Users, unauthorized } from './users.ts';

/** Clients on this machine share this address for their failed logins. */
const LOCAL = 'local';
/** A user, and whether their login ended before its time. A token cannot be revoked. */
type Identified = Pick<Login, 'identity'> & Partial<Login>;
const ANY_PARTNER_CALLER: Caller = { kind: 'platform', name: ANY_PARTNER };

/** Finds the caller of a request: a customer, or a user with a role. */
export class Identities implements Authenticator {
  readonly #customers: Pick<Customers, 'identify'>;
  readonly #users: Pick<Users, 'isEmpty' | 'login'>;
  readonly #provider: Pick<IdentityProvider, 'identify'> | undefined;
  readonly #logins: Pick<BrowserLogins, 'find'>;
  readonly #records: Pick<LoginRecords, 'passed' | 'refused'>;
  readonly #hasOwnCredentials: (path: string) => boolean;
  readonly #isPlatformOpen: () => boolean;
  readonly #addresses: Pick<ClientAddresses, 'of'>;

  constructor(deps: {
    readonly customers: Pick<Customers, 'identify'>;
    readonly users: Pick<Users, 'isEmpty' | 'login'>;
    readonly provider: Pick<IdentityProvider, 'identify'> | undefined;
    /** The browsers that are logged in. */
    readonly logins: Pick<BrowserLogins, 'find'>;
    readonly records: Pick<LoginRecords, 'passed' | 'refused'>;
    /** Whether Basic credentials for this path are those of a service, which checks them itself. */
    readonly hasOwnCredentials: (path: string) => boolean;
    /** Whether the URLs of the platform need no credentials now. */
    readonly isPlatformOpen: () => boolean;
    readonly addresses: Pick<ClientAddresses, 'of'>;
  }) {
    this.#customers = deps.customers;
    this.#users = deps.users;
    this.#provider = deps.provider;
    this.#logins = deps.logins;
    this.#records = deps.records;
    this.#hasOwnCredentials = deps.hasOwnCredentials;
    this.#isPlatformOpen = deps.isPlatformOpen;
    this.#addresses = deps.addresses;
  }

  authenticate(request: AuthenticationRequest): Caller | Promise<Caller> {
    const { audience } = request;
    if (audience === 'customer') return this.#customer(request);
    if (audience === 'platform' && this.#isPlatformOpen()) return ANY_PARTNER_CALLER;
    if (audience !== 'platform' && !this.hasUsers) return { kind: 'administrator', role: 'administrator' };
    return this.#user(request);
  }

  /** False: everybody who reaches the server is an administrator. */
  get hasUsers(): boolean {
    return !this.#users.isEmpty || this.#provider !== undefined;
  }

  /** Users of an identity provider can log in. */
  get takesTokens(): boolean {
    return this.#provider !== undefined;
  }

  /** The user of the header Authorization. Rejects as authenticate() does. */
  async login(request: AuthenticationRequest): Promise<Identity> {
    return (await this.#identify({ ...request, isOwnPage: false })).identity;
  }

  /** The user whose browser is logged in. Cookies of requests of other pages do not count. */
  browserUser({ headers, method, audience, isOwnPage }: AuthenticationRequest): Identity | undefined {
    const isScript = headers[CONSOLE_HEADER] !== undefined;
    // A GET of URS has an effect, and a link or an image can send it, also from a page of the same site.
    const isReading = READING_METHODS.includes(method) && audience !== 'platform';
    if (!isOwnPage || !(isScript || isReading)) return undefined;
    return this.#logins.find(headers.cookie);
  }

  async #customer(request: AuthenticationRequest): Promise<Caller> {
    const { headers } = request;
    const isBasic = /^basic /i.test(headers.authorization ?? '');
    const isOfService = isBasic && this.#hasOwnCredentials(request.path);
    // Other servers use the URLs of customers as well, as users.
    if (!this.#users.isEmpty && isBasic && !isOfService) return this.#user(request);
    // Without the header of the console, a page of this server for customers sends the request.
    const isConsole = headers[CONSOLE_HEADER] !== undefined && headers.authorization === undefined;
    if (isConsole && this.browserUser(request) !== undefined) return this.#user(request);
    const customer = await this.#customers.identify({
      remoteAddress: request.remoteAddress,
      authorization: isOfService ? undefined : headers.authorization,
      header: claimedUser(headers.gms_user, headers.gms_user_signature),
      query: userOfQuery(request),
    });
    return { kind: 'customer', ...customer };
  }

  async #user(request: AuthenticationRequest): Promise<Caller> {
    const { identity, isRevoked } = await this.#identify(request);
    const caller = callerOfRole(identity, request);
    const { validUntil } = identity;
    if (caller !== undefined) return { ...caller, ...defined({ validUntil, isRevoked }) };
    throw new WireError('FORBIDDEN', {
      message: `The role ${identity.role} does not allow ${request.method} of this URL.`,
    });
  }

  async #identify(request: AuthenticationRequest): Promise<Identified> {
    const { headers, message, remoteAddress } = request;
    const address = this.#addresses.of(message) ?? sharedAddress(remoteAddress);
    const authorization = headers.authorization ?? '';
    const token = bearerOf(authorization);
    if (token !== undefined && this.#provider !== undefined) {
      return { identity: await this.#identifyByToken(this.#provider, token, address) };
    }
    if (authorization === '') {
      const identity = this.browserUser(request);
      if (identity === undefined) throw unauthorized();
      return { identity, isRevoked: () => this.#logins.find(headers.cookie) === undefined };
    }
    return this.#users.login(authorization, address);
  }

  async #identifyByToken(
    provider: Pick<IdentityProvider, 'identify'>,
    token: string,
    address: string,
  ): Promise<Identity> {
    try {
      const identity = await provider.identify(token);
      this.#records.passed(identity, address);
      return identity;
    } catch (error) {
      // Another error says that the keys of the provider could not be read.
      const isRefusal = error instanceof WireError && error.status < 500;
      if (isRefusal) this.#records.refused({ address, reason: 'token refused' });
      throw error;
    }
  }
}

/** Clients of one gateway share its address for their failed logins. */
function sharedAddress(remoteAddress: string): string {
  return remoteAddress === '' || isLoopback(remoteAddress) ? LOCAL : remoteAddress;
}

/** Only CometD names its customer in the query: a browser cannot always set a header there. */
function userOfQuery({ path, query: text }: AuthenticationRequest): ClaimedUser | undefined {
  if (text === '' || !path.startsWith('/genesys/cometd')) return undefined;
  const query = new URLSearchParams(text);
  return claimedUser(query.get('gms_user'), query.get('gms_user_signature'));
}

/** The gms_user of headers, a query or a message. Undefined: none is named. */
function claimedUser(gmsUser: unknown, signature: unknown): ClaimedUser | undefined {
  if (typeof gmsUser !== 'string' || gmsUser === '') return undefined;
  return typeof signature === 'string' ? { gmsUser, signature } : { gmsUser };
}
