import { resolve } from 'node:path';
import { z } from 'zod';
import { CELL_NAME, LEAST_TTL_MS, MOST_TTL_MS } from '../../engine/durable/postgres/index.ts';
import { DEFAULT_CELL, defined } from '../../engine/ports/index.ts';
import { isLoopback } from '../access/index.ts';

const LEVELS = ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'silent'] as const;

/** A year. */
const MOST_ALONE_SECONDS = 31_536_000;
const CELL_NAME_FORM = "a lower-case letter and up to 39 of a-z, 0-9 and '-'";

/** The settings of the environment. Every other setting is in config.json of the data directory. */
export interface Environment {
  readonly port: number;
  readonly host: string;
  /** An absolute path. */
  readonly dataDir: string;
  /** URL under which clients and documents reach the server. */
  readonly baseUrl?: string;
  readonly logLevel: (typeof LEVELS)[number];
  readonly admin?: { readonly user: string; readonly password: string };
  /** Written down: whoever reaches the server is a customer. */
  readonly customers?: 'open';
  /** The store is this cell in PostgreSQL, not the one in the data directory. */
  readonly cell?: CellSettings;
}

export interface CellSettings {
  /** Connection string of PostgreSQL. */
  readonly database: string;
  readonly name: string;
  readonly node: string;
  /** Time after which a silent owner is over, in ms. */
  readonly ttlMs?: number;
  readonly snapshots?: { readonly aloneMs: number };
  /** URL at which the other nodes reach this one; undefined: that of its first listener. */
  readonly address?: string;
}

/** An empty variable counts as absent. */
const variable = <T extends z.ZodType>(schema: T) =>
  z.preprocess((value) => (value === '' ? undefined : value), schema);

const environmentSchema = z.object({
  PORT: variable(
    z
      .string()
      .regex(/^\d+$/)
      .transform(Number)
      .refine((port) => port <= 65_535)
      .default(8080),
  ),
  HOST: variable(z.string().default('127.0.0.1')),
  ORSAY_DATA_DIR: variable(z.string().default('data')),
  ORSAY_BASE_URL: variable(z.url({ protocol: /^https?$/ }).optional()),
  ORSAY_LOG_LEVEL: variable(z.enum(LEVELS).default('info')),
  ORSAY_CUSTOMERS: variable(z.literal('open').optional()),
  ORSAY_CELL_DATABASE: variable(z.url({ protocol: /^postgres(ql)?$/ }).optional()),
  ORSAY_CELL_NODE: variable(z.string().regex(CELL_NAME).optional()),
  ORSAY_CELL: variable(z.string().regex(CELL_NAME).default(DEFAULT_CELL)),
  ORSAY_CELL_TTL_MS: variable(
    z
      .string()
      .regex(/^\d{1,9}$/)
      .transform(Number)
      .refine((ttlMs) => ttlMs >= LEAST_TTL_MS && ttlMs <= MOST_TTL_MS)
      .optional(),
  ),
  ORSAY_CELL_ALONE_SECONDS: variable(
    z
      .string()
      .regex(/^\d{1,9}$/)
      .transform(Number)
      .refine((seconds) => seconds <= MOST_ALONE_SECONDS)
      .optional(),
  ),
  ORSAY_NODE_ADDRESS: variable(z.string().refine(isNodeAddress).optional()),
  ORSAY_ADMIN_USER: variable(z.string().optional()),
  ORSAY_ADMIN_PASSWORD: variable(z.string().optional()),
});

/** No machine is reached by the addresses that stand for all addresses of a machine. */
function isNodeAddress(text: string): boolean {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^https?:$/.test(url.protocol) || url.origin !== text.replace(/\/$/, '')) {
    return false;
  }
  return url.hostname !== '0.0.0.0' && url.hostname !== '[::]';
}

/** The variables that the server reads. */
export const ENVIRONMENT_VARIABLES = Object.keys(environmentSchema.shape) as readonly Variable[];

type Variable = keyof typeof environmentSchema.shape;

const EXPECTED: Partial<Record<Variable, string>> = {
  PORT: 'a number from 0 to 65535',
  ORSAY_LOG_LEVEL: `one of ${LEVELS.join(', ')}`,
  ORSAY_BASE_URL: 'an http or https URL',
  ORSAY_CUSTOMERS: 'open',
  ORSAY_CELL_DATABASE: 'a URL as postgres://user:password@host:5432/database',
  ORSAY_CELL_NODE: CELL_NAME_FORM,
  ORSAY_CELL: CELL_NAME_FORM,
  ORSAY_CELL_TTL_MS: `a number of milliseconds from ${LEAST_TTL_MS} to ${MOST_TTL_MS}`,
  ORSAY_CELL_ALONE_SECONDS: `a number of seconds from 0 to ${MOST_ALONE_SECONDS}`,
  ORSAY_NODE_ADDRESS: 'a URL as http://host:8080, without a path, by which the other nodes reach this one',
};
/** Their values are not shown. */
const SECRET: ReadonlySet<Variable> = new Set(['ORSAY_CELL_DATABASE', 'ORSAY_ADMIN_PASSWORD']);

/** Reads ENVIRONMENT_VARIABLES. Throws an Error with a message for the operator. */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): Environment {
  const parsed = environmentSchema.safeParse(env);
  if (!parsed.success) {
    const problems = parsed.error.issues.map(({ path }) => {
      const name = path[0] as Variable;
      const got = SECRET.has(name) ? '' : `, got '${env[name]}'`;
      return `Expected ${name} to be ${EXPECTED[name]}${got}.`;
    });
    throw new Error(problems.join('\n'));
  }
  const { ORSAY_ADMIN_USER: user, ORSAY_ADMIN_PASSWORD: password, ...values } = parsed.data;
  if ((user === undefined) !== (password === undefined) || user?.includes(':')) {
    throw new Error(
      'Expected ORSAY_ADMIN_USER (without a colon) and ORSAY_ADMIN_PASSWORD to be set together, or neither.',
    );
  }
  const { ORSAY_CELL_DATABASE: database, ORSAY_CELL_NODE: node } = values;
  if ((database === undefined) !== (node === undefined)) {
    throw new Error('Expected ORSAY_CELL_DATABASE and ORSAY_CELL_NODE to be set together, or neither.');
  }
  const { ORSAY_CELL_ALONE_SECONDS: alone } = values;
  const cell = {
    name: values.ORSAY_CELL,
    ...defined({
      ttlMs: values.ORSAY_CELL_TTL_MS,
      snapshots: alone === undefined ? undefined : { aloneMs: alone * 1_000 },
      address: values.ORSAY_NODE_ADDRESS,
    }),
  };
  return {
    port: values.PORT,
    host: values.HOST,
    dataDir: resolve(values.ORSAY_DATA_DIR),
    logLevel: values.ORSAY_LOG_LEVEL,
    ...defined({
      baseUrl: values.ORSAY_BASE_URL,
      customers: values.ORSAY_CUSTOMERS,
      cell: database === undefined || node === undefined ? undefined : { ...cell, database, node },
      admin: user === undefined || password === undefined ? undefined : { user, password },
    }),
  };
}

/**
 * Refuses a host that other machines can reach while no user is configured, because then every URL is open,
 * or while nothing says how the server knows customers. Throws an Error that says how to configure it.
 */
export function requireSecurity(
  host: string,
  configured: { readonly hasUsers: boolean; readonly hasCustomers: boolean },
): void {
  if (isLoopback(host.replace(/^\[|\]$/g, ''))) return;
  const problems = [
    ...(configured.hasUsers ? [] : NO_USERS),
    ...(configured.hasCustomers ? [] : NO_CUSTOMERS),
  ];
  if (problems.length === 0) return;
  throw new Error(
    [
      `The server would listen on '${host}', which other machines can reach. Not started, because:`,
      ...problems,
      'docs/security.md has more. Or listen on this machine only: HOST=127.0.0.1',
    ].join('\n'),
  );
}

const NO_USERS: readonly string[] = [
  '- No administrator is configured. Set ORSAY_ADMIN_USER and ORSAY_ADMIN_PASSWORD, or write into config.json',
  '    "administrator": { "user": "...", "passwordHash": "scrypt$<salt>$<hash>" }',
  '  with the hash that this prints: npx orsay hash-password',
];
const NO_CUSTOMERS: readonly string[] = [
  '- Nothing says who is a customer. Write into config.json one of',
  '    "security": { "customers": { "mode": "gateway" }, "gateways": ["<address of the gateway>"] }',
  '    "security": { "customers": { "mode": "token", "issuer": "...", "audience": "...", "jwks": "..." } }',
  '    "security": { "customers": "open" }   whoever reaches the server is a customer; also ORSAY_CUSTOMERS=open',
];
