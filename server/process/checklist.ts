import { type Audience, isLoopback } from '../access/index.ts';
import type { Config } from './config.ts';
import type { Listener } from './httpServer.ts';
import { hasUsersIn, type Settings } from './settings.ts';

/** A point that an operator decides before other machines reach the server. docs/security.md. */
export interface ChecklistPoint {
  readonly name: string;
  /**
   * - ok: decided, or without effect on this server.
   * - open: should be changed before other machines reach the server.
   * - refused: the server does not start with it.
   */
  readonly state: 'ok' | 'open' | 'refused';
  readonly text: string;
}

const INNER: readonly Audience[] = ['platform', 'administrator', 'agent'];

/** Every point, with its state for these settings. */
export function checklist({ config, listeners }: Settings): readonly ChecklistPoint[] {
  const outside = listeners.filter(({ address }) => !isLoopback(address));
  const isOutside = outside.length > 0;
  const openIf = (isOpen: boolean): 'ok' | 'open' => (isOpen ? 'open' : 'ok');
  return [
    ...listeners.map(listenerPoint),
    usersPoint(config, outside),
    customersPoint(config, outside),
    {
      name: 'server.baseUrl',
      state: openIf(isOutside && config.server.baseUrl === undefined),
      text: config.server.baseUrl ?? 'the address on which the server listens: set the URL that clients use',
    },
    {
      name: 'http.hosts',
      state: 'ok',
      text: `names of the server besides its addresses and its URL: ${listed(config.http.hosts)}`,
    },
    {
      name: 'http.origins',
      state: openIf(isOutside && config.http.origins.some((origin) => origin.startsWith('http:'))),
      text: `pages that may use the server: ${listed(config.http.origins)}`,
    },
    {
      name: 'documents.allow',
      state: 'ok',
      text: documentsText(config, isOutside),
    },
    {
      name: 'http.allow',
      state: openIf(isOutside && config.http.allow.length > 0),
      text: `documents reach public addresses${andListed(config.http.allow)}`,
    },
    {
      name: 'push.httpcb.allow',
      state: openIf(isOutside && config.push?.httpcb === undefined),
      text:
        config.push?.httpcb === undefined
          ? 'notifications may be posted to any address that http.allow allows: name the receivers'
          : `receivers of notifications of type httpcb: ${listed(config.push.httpcb.allow)}`,
    },
    {
      name: 'engine.sandbox',
      state: openIf(config.engine.sandbox === 'none'),
      text:
        config.engine.sandbox === 'none'
          ? 'none: documents run in the process of the server'
          : `${config.engine.sandbox}: documents run in engine children`,
    },
  ];
}

/** The name of the points of a listener. */
export function listenerName({ address, port }: Pick<Listener, 'address' | 'port'>): string {
  return `listener ${address.includes(':') ? `[${address}]` : address}:${port}`;
}

/** Loopback needs nothing. Elsewhere TLS, and customers apart from everybody else. */
function listenerPoint({ address, port, audiences, tls }: Listener): ChecklistPoint {
  const name = listenerName({ address, port });
  const what = `${audiences.join(', ')} over ${tls === undefined ? 'HTTP' : 'HTTPS'}`;
  if (isLoopback(address)) return { name, state: 'ok', text: `${what}, for this machine only` };
  const problems = [
    ...(tls === undefined ? ['end TLS here or at a gateway in front'] : []),
    ...(audiences.includes('customer') && audiences.some((one) => INNER.includes(one))
      ? ['give customers a listener of their own']
      : []),
  ];
  if (problems.length === 0) return { name, state: 'ok', text: what };
  return { name, state: 'open', text: `${what}: ${problems.join('; ')}` };
}

function usersPoint(config: Config, outside: readonly Listener[]): ChecklistPoint {
  const isNeeded = outside.some(({ audiences }) => audiences.some((one) => INNER.includes(one)));
  if (hasUsersIn(config)) return { name: 'users', state: 'ok', text: 'agents and administrators log in' };
  return {
    name: 'users',
    state: isNeeded ? 'refused' : 'ok',
    text: 'none: everybody who reaches the server is an administrator',
  };
}

function customersPoint({ security }: Config, outside: readonly Listener[]): ChecklistPoint {
  const name = 'security.customers';
  const isReached = outside.some(({ audiences }) => audiences.includes('customer'));
  const customers = security?.customers;
  const mode = customers?.mode;
  if (mode === undefined) {
    return {
      name,
      state: isReached ? 'refused' : 'ok',
      text: 'not set: whoever reaches the server is a customer',
    };
  }
  if (mode === 'open') {
    return { name, state: isReached ? 'open' : 'ok', text: 'open: whoever reaches the server is a customer' };
  }
  if (mode === 'token') return { name, state: 'ok', text: 'token: a signed token names the customer' };
  const gateways = security?.gateways ?? [];
  const isSigned = customers?.mode === 'gateway' && customers.secretFile !== undefined;
  return {
    name,
    state: gateways.length === 0 && !isSigned ? 'open' : 'ok',
    text: `gateway: gms_user is believed from ${listed(gateways)}${isSigned ? ', and with a signature' : ''}`,
  };
}

function documentsText({ documents }: Config, isOutside: boolean): string {
  if (documents !== undefined) return `documents are read from templates${andListed(documents.allow)}`;
  return isOutside
    ? 'documents are read from templates only'
    : 'documents are read from templates, and from everywhere that http.allow allows';
}

function listed(entries: readonly string[]): string {
  return entries.length === 0 ? 'none' : entries.join(', ');
}

/** ' and a, b'; ' only' without entries. */
function andListed(entries: readonly string[]): string {
  return entries.length === 0 ? ' only' : ` and ${entries.join(', ')}`;
}
