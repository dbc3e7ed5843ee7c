import { resolve } from 'node:path';
import { defined, type Log } from '../../engine/ports/index.ts';
import { AUDIENCES } from '../access/index.ts';
import { hashPassword } from '../identity/index.ts';
import type { Config } from './config.ts';
import { peekConfig } from './contents.ts';
import { type Environment, readEnvironment, requireSecurity } from './environment.ts';
import type { Listener } from './httpServer.ts';

const SILENT: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };

/** The settings of the configuration and of the environment together. */
export interface Settings {
  readonly config: Config;
  readonly listeners: readonly Listener[];
  /** An absolute path. */
  readonly dataDir: string;
  /** Sections of the configuration that the environment sets, and that change while the server runs. */
  readonly pinned: Pick<Config, 'administrator'>;
}

/** The settings of a server with this environment. Rejects with an Error for the operator. */
export async function readSettings(env: Parameters<typeof readEnvironment>[0]): Promise<Settings> {
  const environment = readEnvironment(env);
  const { dataDir, cell } = environment;
  return settingsOf(await peekConfig({ dataDir, cell, log: SILENT }), environment);
}

export function settingsOf(file: Config, environment: Environment): Settings {
  const { admin, customers, baseUrl } = environment;
  const pinned = defined({
    administrator: admin && { user: admin.user, passwordHash: hashPassword(admin.password) },
  });
  const config: Config = {
    ...file,
    ...pinned,
    ...(customers !== undefined && {
      security: { gateways: [], ...file.security, customers: { mode: customers } },
    }),
    server: { ...file.server, ...defined({ baseUrl }) },
  };
  return { config, listeners: listenersOf(file, environment), dataDir: environment.dataDir, pinned };
}

/**
 * Throws an Error with a message for the operator when a listener would be open to other machines in a way
 * that nobody wrote down.
 */
export function requireSecurityOf({ config, listeners }: Pick<Settings, 'config' | 'listeners'>): void {
  const hasUsers = hasUsersIn(config);
  const hasCustomers = config.security?.customers !== undefined;
  for (const { address, audiences } of listeners) {
    requireSecurity(address, {
      hasUsers: hasUsers || audiences.every((audience) => audience === 'customer'),
      hasCustomers: hasCustomers || !audiences.includes('customer'),
    });
  }
}

export function hasUsersIn({ administrator, users, security }: Config): boolean {
  return [administrator, users, security?.identityProvider].some((one) => one !== undefined);
}

/** The listeners of the configuration; without them one on the address of the environment. */
function listenersOf(config: Config, { host, port, dataDir }: Environment): readonly Listener[] {
  const configured = config.server.listeners;
  if (configured === undefined) return [{ address: host, port, audiences: AUDIENCES }];
  return configured.map(({ tls, ...listener }) => ({
    ...listener,
    ...defined({
      tls: tls && { certificate: resolve(dataDir, tls.certificate), key: resolve(dataDir, tls.key) },
    }),
  }));
}
