import { computed, signal } from '@preact/signals';
import { serverUrl } from '../shell/address.ts';
import { ApiError, ConnectionLost } from './apiError.ts';
import type { OperationName, ReplyOf } from './operationTypes.ts';

export type Login = ReplyOf<'GET /console/login'>;

/** Undefined: not read yet. */
export const login = signal<Login | undefined>(undefined);

/** The login has ended, or was never made, and something needs one. */
export const isLoginNeeded = signal(false);

const operations = computed(() => new Set<string>(login.value?.operations ?? []));

export const HEADERS: Readonly<Record<string, string>> = { 'X-Orsay-Console': '1' };

let waiting: PromiseWithResolvers<void> | undefined;

/** Whether the role of the user allows a route. Only the server decides; this hides what it would refuse. */
export function mayCall(name: OperationName): boolean {
  return operations.value.has(name);
}

/** Reads who is logged in with this browser. Rejects with ConnectionLost. */
export async function readLogin(): Promise<void> {
  take(await request('GET'));
}

/** `authorization`: the value of the header. Rejects with an ApiError in the words of the server. */
export async function logIn(authorization: string): Promise<void> {
  take(await request('POST', { Authorization: authorization }));
}

export async function logOut(): Promise<void> {
  take(await request('DELETE'));
}

/** Shows the form of the login over the page. Resolves when somebody is logged in. */
export function loggedIn(): Promise<void> {
  isLoginNeeded.value = true;
  waiting ??= Promise.withResolvers<void>();
  return waiting.promise;
}

/** The header for a user and a password. */
export function basicOf(user: string, password: string): string {
  const bytes = new TextEncoder().encode(`${user}:${password}`);
  return `Basic ${btoa(String.fromCharCode(...bytes))}`;
}

function take(found: Login): void {
  login.value = found;
  isLoginNeeded.value = found.role === undefined;
  if (found.role === undefined) return;
  waiting?.resolve();
  waiting = undefined;
}

async function request(method: string, headers: Readonly<Record<string, string>> = {}): Promise<Login> {
  const reply = await fetch(serverUrl('/console/login'), {
    method,
    headers: { ...HEADERS, ...headers },
  }).catch((cause: unknown) => {
    throw new ConnectionLost(cause);
  });
  const body = (await reply.json().catch(() => ({}))) as Record<string, unknown>;
  if (!reply.ok) throw new ApiError(reply.status, body);
  return body as unknown as Login;
}
