import { isIP } from 'node:net';

/** What the environment decides. Everything else stands in config.json of the data directory. */
export interface Environment {
  readonly port: number;
  readonly host: string;
  readonly dataDir: string;
  /** URL under which clients and documents reach the server. */
  readonly baseUrl?: string;
  readonly logLevel: string;
  readonly admin?: { readonly user: string; readonly password: string };
}

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'];

/** PORT, HOST, ORSAY_DATA_DIR, ORSAY_BASE_URL, ORSAY_LOG_LEVEL, ORSAY_ADMIN_USER, ORSAY_ADMIN_PASSWORD. Throws a sentence. */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): Environment {
  const value = (name: string, fallback: string): string => {
    const given = env[name];
    return given === undefined || given === '' ? fallback : given;
  };
  const portText = value('PORT', '8080');
  const port = Number(portText);
  if (!/^\d+$/.test(portText) || port > 65_535) {
    throw new Error(`Expected PORT to be a number from 0 to 65535, got '${portText}'.`);
  }
  const logLevel = value('ORSAY_LOG_LEVEL', 'info');
  if (!LEVELS.includes(logLevel)) {
    throw new Error(`Expected ORSAY_LOG_LEVEL to be one of ${LEVELS.join(', ')}, got '${logLevel}'.`);
  }
  const baseUrl = value('ORSAY_BASE_URL', '');
  if (baseUrl !== '' && !isHttpUrl(baseUrl)) {
    throw new Error(`Expected ORSAY_BASE_URL to be an http or https URL, got '${baseUrl}'.`);
  }
  const user = value('ORSAY_ADMIN_USER', '');
  const password = value('ORSAY_ADMIN_PASSWORD', '');
  if ((user === '') !== (password === '') || user.includes(':')) {
    throw new Error(
      'Expected ORSAY_ADMIN_USER (without a colon) and ORSAY_ADMIN_PASSWORD to be set together, or neither.',
    );
  }
  return {
    port,
    host: value('HOST', '127.0.0.1'),
    dataDir: value('ORSAY_DATA_DIR', 'data'),
    logLevel,
    ...(baseUrl === '' ? {} : { baseUrl }),
    ...(user === '' ? {} : { admin: { user, password } }),
  };
}

/** Other machines reach the server only when it can tell an administrator from them. Throws how to set that up. */
export function requireCredentials(host: string, hasCredentials: boolean): void {
  if (hasCredentials || isLoopback(host)) {
    return;
  }
  throw new Error(
    [
      `HOST is '${host}', which other machines can reach, and no administrator is configured. Not started.`,
      'Set ORSAY_ADMIN_USER and ORSAY_ADMIN_PASSWORD, or write into config.json of the data directory',
      '  "administrator": { "user": "...", "passwordHash": "scrypt$<salt>$<hash>" }',
      'with the hash that this prints: npx tsx scripts/hashPassword.ts',
      'Or listen on this machine only: HOST=127.0.0.1',
    ].join('\n'),
  );
}

function isLoopback(host: string): boolean {
  const bare = host.replace(/^\[|\]$/g, '');
  return bare === 'localhost' || bare === '::1' || (isIP(bare) === 4 && bare.startsWith('127.'));
}

function isHttpUrl(text: string): boolean {
  return URL.canParse(text) && /^https?:$/.test(new URL(text).protocol);
}
