import type { Heard } from './entry.ts';

/** The facts that a chat needs to go on after a reload. */
export interface ChatKeys {
  /** Chat V1: the service instance. */
  readonly serviceId?: string;
  readonly chatId?: string;
  /** Chat V2: opens the chat and its files. Chats of V1 have no files. */
  readonly secureKey?: string;
}

/** Data of the customer for a new chat. */
export interface Person {
  /** Idempotency key of the request that opens the chat. */
  readonly key: string;
  readonly firstName?: string;
  readonly lastName?: string;
  readonly email?: string;
  readonly subject?: string;
  /** Further data, which the agent sees. */
  readonly data?: Readonly<Record<string, string>>;
}

export interface Saying {
  /** Chosen by this client; makes a repetition safe. */
  readonly id: string;
  readonly text: string;
}

/** A way for a chat to the server and back: one for each version of the API and each wire. */
export interface Line {
  /** Opens the chat, or continues it. Rejects with Refused. */
  start(): Promise<void>;
  /** Resolves when the server has the message. Rejects with Refused. */
  say(message: Saying): Promise<void>;
  typing(isTyping: boolean): Promise<void>;
  leave(): Promise<void>;
  /** Something came over CometD. */
  heard(channel: string, data: unknown): void;
  /** CometD has a new session. */
  began(): void;
  close(): void;
}

export interface LineDeps {
  /** The position that the client has. */
  readonly next: () => number;
  readonly heard: (heard: Heard) => void;
  readonly keys: () => ChatKeys;
  readonly found: (keys: ChatKeys) => void;
  /** True when the server had already confirmed the message with this id. */
  readonly isEchoed: (id: string) => boolean;
}
