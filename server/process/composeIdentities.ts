import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { type Clock, defined, type HttpClient, type Log } from '../../engine/ports/index.ts';
import type { AuditLog } from '../../strategies/audit/index.ts';
import type { ClientAddresses } from '../access/index.ts';
import { blockListOf, networksOf } from '../adapters/index.ts';
import {
  type CustomerSettings,
  Customers,
  Identities,
  IdentityProvider,
  LoginRecords,
  PasswordThread,
  type TokenSettings,
  TokenVerifier,
  type UserAccount,
  Users,
} from '../identity/index.ts';
import type { Config } from './config.ts';
import type { CurrentConfig } from './currentConfig.ts';

/** The shortest secret of a gateway: 256 bits in hexadecimal, or in Base64 without its end. */
const MIN_SECRET_CHARS = 32;

export interface IdentitiesDeps {
  readonly config: Pick<Config, 'security'>;
  /** The users that count now. */
  readonly current: CurrentConfig;
  /** Relative paths in the configuration begin here. */
  readonly dataDir?: string;
  /** True when other machines reach the server. */
  readonly isReachable: boolean;
  readonly http: HttpClient;
  readonly clock: Clock;
  readonly log: Log;
  readonly audit: AuditLog;
  readonly addresses: ClientAddresses;
}

export interface ComposedIdentities {
  readonly identities: Identities;
  readonly customers: Customers;
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
  const users = new Users({
    ...deps,
    records,
    accounts: presentAccounts(deps.current),
    passwords: new PasswordThread(),
  });
  const identities = new Identities({
    customers,
    users,
    provider: providerOf(deps),
    records,
    isPlatformOpen: () => settings.mode === 'open' && isPlatformOpen(deps),
    addresses: deps.addresses,
  });
  return { identities, customers };
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
  const settings = { ...configured, ...keyFileOf(deps, configured) };
  return new IdentityProvider({ settings, verifier: new TokenVerifier({ ...deps, settings }) });
}

function customerSettings(deps: IdentitiesDeps): CustomerSettings {
  const customers = deps.config.security?.customers ?? { mode: 'open' };
  switch (customers.mode) {
    case 'open': {
      const queries = customers.queries ?? (deps.isReachable ? 'own' : 'everyone');
      return { mode: 'open', queries };
    }
    case 'gateway':
      return {
        mode: 'gateway',
        anonymous: customers.anonymous,
        secret:
          customers.secretFile === undefined ? undefined : readSecret(inDataDir(deps, customers.secretFile)),
        signatureMaxAgeS: customers.signatureMaxAge,
      };
    case 'token':
      return { ...customers, ...keyFileOf(deps, customers) };
  }
}

function keyFileOf(deps: IdentitiesDeps, { keyFile }: TokenSettings): Pick<TokenSettings, 'keyFile'> {
  return keyFile === undefined ? {} : { keyFile: inDataDir(deps, keyFile) };
}

function inDataDir({ dataDir }: IdentitiesDeps, path: string): string {
  return resolve(dataDir ?? '.', path);
}

function readSecret(path: string): string {
  let secret: string;
  try {
    secret = readFileSync(path, 'utf8').replace(/\r?\n$/, '');
  } catch (error) {
    throw new Error(`Expected the secret of the gateways in '${path}': ${(error as Error).message}.`, {
      cause: error,
    });
  }
  if (secret.length >= MIN_SECRET_CHARS) return secret;
  throw new Error(
    `Expected a secret of at least ${MIN_SECRET_CHARS} characters in '${path}', got ${secret.length}.`,
  );
}
