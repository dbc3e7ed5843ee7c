import type { Durable } from '../../engine/durable/index.ts';
import { type Clock, defined, type HttpClient, type Log } from '../../engine/ports/index.ts';
import type { AuditLog } from '../../strategies/audit/index.ts';
import type { ClientAddresses } from '../access/index.ts';
import { blockListOf, networksOf } from '../adapters/index.ts';
import {
  BrowserLogins,
  type CustomerSettings,
  Customers,
  gatewaySecretIn,
  Identities,
  IdentityProvider,
  LoginRecords,
  PasswordThread,
  ServiceLogins,
  type TokenSettings,
  TokenVerifier,
  tokenKeysIn,
  type UserAccount,
  Users,
  WatchedFile,
} from '../identity/index.ts';
import type { OpenMediaKind } from '../openMedia/index.ts';
import { digitalAccountOf, openMediaServiceOf } from './config/openMedia.ts';
import type { Config } from './config.ts';
import type { CurrentConfig } from './currentConfig.ts';
import type { Loaded, NamedFiles } from './namedFiles.ts';

/** The files that the section security names. The server reads them again after a change. */
export interface IdentityFiles {
  readonly gatewaySecret?: Loaded<unknown>;
  readonly customerKeys?: Loaded<unknown>;
  readonly providerKeys?: Loaded<unknown>;
}

/** Reads the files of the section security. */
export function readIdentityFiles({ security }: Pick<Config, 'security'>, files: NamedFiles): IdentityFiles {
  const { customers, identityProvider } = security ?? {};
  const keysOf = (setting: string, keyFile: string | undefined): Loaded<unknown> | undefined =>
    keyFile === undefined
      ? undefined
      : files.read({ setting, given: keyFile, parse: (content) => tokenKeysIn(content.toString('utf8')) });
  const secretFile = customers?.mode === 'gateway' ? customers.secretFile : undefined;
  return defined({
    gatewaySecret:
      secretFile === undefined
        ? undefined
        : files.read({
            setting: 'security.customers.secretFile',
            given: secretFile,
            parse: (content) => gatewaySecretIn(content.toString('utf8')),
          }),
    customerKeys: keysOf(
      'security.customers.keyFile',
      customers?.mode === 'token' ? customers.keyFile : undefined,
    ),
    providerKeys: keysOf('security.identityProvider.keyFile', identityProvider?.keyFile),
  });
}

export interface IdentitiesDeps {
  readonly config: Pick<Config, 'security'>;
  /** The users that count now. */
  readonly current: CurrentConfig;
  readonly files: IdentityFiles;
  /** True when other machines reach the server. */
  readonly isReachable: boolean;
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly log: Log;
  readonly audit: AuditLog;
  readonly durable: Durable;
  readonly addresses: ClientAddresses;
}

export interface ComposedIdentities {
  readonly identities: Identities;
  readonly customers: Customers;
  readonly browserLogins: BrowserLogins;
  /** The credentials of chat services. */
  readonly serviceLogins: ServiceLogins;
}

/** Throws an Error with a message for the operator when a key or secret cannot be read. */
export function composeIdentities(deps: IdentitiesDeps): ComposedIdentities {
  const { config } = deps;
  const settings = customerSettings(deps);
  const customers = new Customers({
    settings,
    gateways: blockListOf((config.security?.gateways ?? []).flatMap(networksOf)),
    clock: deps.clock,
    verifier: settings.mode === 'token' ? new TokenVerifier({ ...deps, settings }) : undefined,
  });
  const records = new LoginRecords(deps);
  const passwords = new PasswordThread();
  const accounts = presentAccounts(deps.current);
  const users = new Users({ ...deps, records, accounts, passwords });
  const browserLogins = new BrowserLogins({
    ...deps,
    basisOf: ({ user, validUntil }) =>
      validUntil === undefined ? accounts().get(user) : config.security?.identityProvider,
  });
  const identities = new Identities({
    customers,
    users,
    provider: providerOf(deps),
    logins: browserLogins,
    records,
    hasOwnCredentials: (path) => hasOwnCredentials(path, deps.current),
    isPlatformOpen: () => settings.mode === 'open' && isPlatformOpen(deps),
    addresses: deps.addresses,
  });
  const serviceLogins = new ServiceLogins({
    ...deps,
    passwords,
    accountOf: (service) => digitalAccountOf(deps.current.service(service)),
  });
  return { identities, customers, browserLogins, serviceLogins };
}

/** The URLs of services that can have credentials of their own. */
const CHAT_PATH = /^\/genesys\/2\/chat(?:\/|-ntf)/;
const OPEN_MEDIA_PATH = /^\/genesys\/2\/(openmedia|email)\/([^/]+)/;

/** Basic credentials for other services of open media and e-mail are those of users. */
function hasOwnCredentials(path: string, current: CurrentConfig): boolean {
  if (CHAT_PATH.test(path)) return true;
  const [, kind, name] = OPEN_MEDIA_PATH.exec(path) ?? [];
  if (kind === undefined || name === undefined) return false;
  const found = openMediaServiceOf(kind as OpenMediaKind, decoded(name), (one) => current.service(one));
  return found?.hasCredentials === true;
}

/** As the router decodes a part of a path. */
function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // No service has a name that is malformed in the URL.
    return part;
  }
}

/**
 * Whether the URLs of the platform need no credentials, while customers have none either. A listener that
 * other machines reach has these URLs only when there are users.
 */
function isPlatformOpen({ config, current, isReachable }: IdentitiesDeps): boolean {
  const { users, administrator } = current.whole;
  const hasUsers = users !== undefined || config.security?.identityProvider !== undefined;
  return !hasUsers && (administrator === undefined || !isReachable);
}

/** The accounts by their users, made again only after a change. */
function presentAccounts(current: CurrentConfig): () => ReadonlyMap<string, UserAccount> {
  let config: Config | undefined;
  let accounts: ReadonlyMap<string, UserAccount> = new Map();
  return () => {
    if (config !== current.whole) {
      config = current.whole;
      accounts = new Map(accountsOf(config).map((account) => [account.user, account]));
    }
    return accounts;
  };
}

function accountsOf({ administrator, users = {} }: Config): readonly UserAccount[] {
  const accounts = Object.entries(users).map(
    ([user, { role, agentId, passwordHash }]): UserAccount => ({
      user,
      role,
      passwordHash,
      ...defined({ agentId }),
    }),
  );
  return administrator === undefined ? accounts : [...accounts, { ...administrator, role: 'administrator' }];
}

function providerOf(deps: IdentitiesDeps): IdentityProvider | undefined {
  const configured = deps.config.security?.identityProvider;
  if (configured === undefined) return undefined;
  const settings = { ...configured, ...keyFileAt(deps.files.providerKeys) };
  return new IdentityProvider({ settings, verifier: new TokenVerifier({ ...deps, settings }) });
}

function customerSettings(deps: IdentitiesDeps): CustomerSettings {
  const customers = deps.config.security?.customers ?? { mode: 'open' };
  switch (customers.mode) {
    case 'open': {
      const queries = customers.queries ?? (deps.isReachable ? 'own' : 'everyone');
      return { mode: 'open', queries };
    }
    case 'gateway': {
      const path = deps.files.gatewaySecret?.path;
      const secret =
        path === undefined ? undefined : new WatchedFile({ ...deps, path, parse: gatewaySecretIn });
      return {
        mode: 'gateway',
        anonymous: customers.anonymous,
        secret: secret && (() => secret.value),
        signatureMaxAgeS: customers.signatureMaxAge,
      };
    }
    case 'token':
      return { ...customers, ...keyFileAt(deps.files.customerKeys) };
  }
}

function keyFileAt(file: Loaded<unknown> | undefined): Pick<TokenSettings, 'keyFile'> {
  return defined({ keyFile: file?.path });
}
