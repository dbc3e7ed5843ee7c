/** A chat service of the configuration, as requests need it. */
export interface ChatV2Service {
  readonly name: string;
  /** Chat endpoint (`<tenant>:<endpoint>`); undefined: the default one. */
  readonly endpoint?: string;
  /** Milliseconds after which a customer without requests has left; 0: never. */
  readonly clientTimeoutMs: number;
  /** The same for a chat of the asynchronous mode. */
  readonly asyncClientTimeoutMs: number;
  /** Keys of user data whose values find the customer. */
  readonly lookupKeys: readonly string[];
  /** True when a new chat needs credentials. */
  readonly hasCredentials: boolean;
}
