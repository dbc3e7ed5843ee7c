import type { Journal } from './journal.ts';

/** How the server knows the customer (docs/security.md, "Customers"). */
export type Identity =
  /** Mode `open`: the name that this client says. */
  | { readonly kind: 'named'; readonly user: string }
  /** Mode `gateway`: the gateway in front of the server adds the name. */
  | { readonly kind: 'gateway' }
  /** Mode `token`: called before each request. */
  | { readonly kind: 'token'; readonly token: () => Promise<string> | string };

/** The way in which news of the server come. CometD falls back from WebSocket to long-polling by itself. */
export type Transport = 'websocket' | 'long-polling' | 'polling';

export interface Settings {
  /** URL of the server, without a slash at its end. */
  readonly base: string;
  readonly identity: Identity;
  /** A callback service, whose chat is one of Chat V1, or a chat service of Chat V2. */
  readonly service: { readonly kind: 'callback' | 'chat'; readonly name: string };
  readonly transport: Transport;
  readonly journal?: Journal;
  readonly pace?: Partial<Pace>;
}

/** Milliseconds. */
export interface Pace {
  /** Between two looks into a transcript. */
  readonly chat: number;
  /** Between two questions for the place in the queue. */
  readonly place: number;
  /** Before a request that got no answer is sent again; twice as long after each attempt. */
  readonly firstRetry: number;
  readonly lastRetry: number;
  /** After the last letter, until the agent is told that the customer has stopped typing. */
  readonly quiet: number;
}

export const PACE: Pace = { chat: 2_000, place: 5_000, firstRetry: 500, lastRetry: 10_000, quiet: 4_000 };

export function paceOf({ pace }: Settings): Pace {
  return { ...PACE, ...pace };
}

/** The headers that name the customer. Rejects when there is no token. */
export async function identityHeaders({ identity }: Settings): Promise<Record<string, string>> {
  if (identity.kind === 'named') return { gms_user: identity.user };
  if (identity.kind === 'token') return { Authorization: `Bearer ${await identity.token()}` };
  return {};
}
