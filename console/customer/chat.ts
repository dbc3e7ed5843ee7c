import type { Entry, Heard } from './entry.ts';
import type { ChatKeys, Line, LineDeps, Saying } from './line.ts';
import { Refused } from './requests.ts';
import { paceOf, type Settings } from './settings.ts';

/** A message of the customer that the transcript does not have yet. */
export interface Unsaid extends Saying {
  /** Why the server refused it; absent: it is on its way. */
  readonly refusal?: string;
}

/** All that a chat needs to go on after a reload. */
export interface KeptChat {
  readonly keys: ChatKeys;
  readonly lines: readonly Entry[];
  readonly next: number;
  readonly unsaid: readonly Unsaid[];
  readonly isEnded: boolean;
}

export const NEW_CHAT: KeptChat = { keys: {}, lines: [], next: 1, unsaid: [], isEnded: false };

/** Lines that are kept and shown. Earlier ones are dropped. */
export const MAX_LINES = 1_000;

export interface ChatDeps {
  readonly settings: Settings;
  readonly kept: KeptChat;
  readonly lineOf: (deps: LineDeps) => Line;
  /** Called after each change. */
  readonly changed: () => void;
  readonly newId: () => string;
}

/** A chat of the customer: its transcript, and the messages under way to the server in their order. */
export class Chat {
  readonly #deps: ChatDeps;
  readonly #line: Line;
  #kept: KeptChat;
  readonly #typing = new Set<string>();
  #isTyping = false;
  #quiet: ReturnType<typeof setTimeout> | undefined;
  #isSaying = false;
  #isClosed = false;

  constructor(deps: ChatDeps) {
    this.#deps = deps;
    this.#kept = deps.kept;
    this.#line = deps.lineOf({
      next: () => this.#kept.next,
      heard: (heard) => this.#heard(heard),
      keys: () => this.#kept.keys,
      found: (keys) => this.#change({ keys }),
      isEchoed: (id) => !this.#kept.unsaid.some((one) => one.id === id),
    });
  }

  get kept(): KeptChat {
    return this.#kept;
  }

  /** The names of those who type now. */
  get typing(): readonly string[] {
    return [...this.#typing];
  }

  /** Opens the chat, or continues it. Rejects with Refused. */
  async start(): Promise<void> {
    if (this.#kept.isEnded) return;
    await this.#line.start();
    void this.#sayAll();
  }

  /** Adds a message, and sends it after those before it. */
  say(text: string): void {
    if (text.trim() === '' || this.#kept.isEnded) return;
    this.#change({ unsaid: [...this.#kept.unsaid, { id: this.#deps.newId(), text }] });
    this.#isTyping = false;
    clearTimeout(this.#quiet);
    void this.#sayAll();
  }

  /** Forgets a message that was refused. */
  dismiss(id: string): void {
    this.#change({ unsaid: this.#kept.unsaid.filter((one) => one.id !== id) });
  }

  /** The customer types: the agent is told once, and again when the customer has stopped. */
  type(): void {
    if (this.#kept.isEnded) return;
    clearTimeout(this.#quiet);
    this.#quiet = setTimeout(() => this.#tellTyping(false), paceOf(this.#deps.settings).quiet);
    if (!this.#isTyping) this.#tellTyping(true);
  }

  /** Resolves when the server knows that the customer has left. */
  async leave(): Promise<void> {
    if (!this.#kept.isEnded) await this.#line.leave();
    this.#end();
    this.#deps.changed();
  }

  heard(channel: string, data: unknown): void {
    this.#line.heard(channel, data);
  }

  began(): void {
    if (!this.#kept.isEnded) this.#line.began();
  }

  close(): void {
    this.#isClosed = true;
    clearTimeout(this.#quiet);
    this.#line.close();
  }

  /** Typing is only told: whether it arrives changes nothing. */
  #tellTyping(isTyping: boolean): void {
    this.#isTyping = isTyping;
    void this.#line.typing(isTyping).catch(() => {});
  }

  async #sayAll(): Promise<void> {
    if (this.#isSaying) return;
    this.#isSaying = true;
    try {
      for (let next = this.#nextUnsaid(); next !== undefined; next = this.#nextUnsaid()) {
        await this.#sayOne(next);
      }
    } catch {
      // The chat was closed meanwhile. The messages are kept, and sent when it goes on.
    } finally {
      this.#isSaying = false;
    }
  }

  #nextUnsaid(): Unsaid | undefined {
    if (this.#kept.isEnded || this.#isClosed) return undefined;
    return this.#kept.unsaid.find(({ id, refusal }) => refusal === undefined && !this.#confirmed.has(id));
  }

  /** Messages that the server has, and whose entries are still to come. */
  readonly #confirmed = new Set<string>();

  async #sayOne(message: Unsaid): Promise<void> {
    try {
      await this.#line.say(message);
      this.#confirmed.add(message.id);
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      const unsaid = this.#kept.unsaid.map((one) =>
        one.id === message.id ? { ...one, refusal: error.message } : one,
      );
      this.#change({ unsaid });
    }
  }

  #heard({ entries, next, isEnded }: Heard): void {
    const fresh = entries.filter(({ index }) => index === undefined || index >= this.#kept.next);
    let { unsaid } = this.#kept;
    for (const entry of fresh) unsaid = withoutEcho(unsaid, entry);
    for (const entry of fresh) this.#hearTyping(entry);
    const lines = [...this.#kept.lines, ...fresh.filter(isShown)].slice(-MAX_LINES);
    this.#change({ lines, unsaid, next: Math.max(next, this.#kept.next) });
    if (isEnded) this.#end();
    if (isEnded || fresh.length > 0) this.#deps.changed();
  }

  #hearTyping({ kind, party, name }: Entry): void {
    if (party === 'customer') return;
    if (kind === 'typing') this.#typing.add(name);
    else this.#typing.delete(name);
  }

  #end(): void {
    if (this.#kept.isEnded) return;
    this.#kept = { ...this.#kept, isEnded: true };
    this.#typing.clear();
    clearTimeout(this.#quiet);
    this.#line.close();
  }

  #change(change: Partial<KeptChat>): void {
    this.#kept = { ...this.#kept, ...change };
    this.#deps.changed();
  }
}

/** The messages that are still under way after an entry. Without an id, they arrive in their order. */
function withoutEcho(unsaid: readonly Unsaid[], { kind, party, sentId, text }: Entry): readonly Unsaid[] {
  if (kind !== 'message' || party !== 'customer') return unsaid;
  const index = unsaid.findIndex((one) =>
    sentId === undefined ? one.refusal === undefined && one.text === text : one.id === sentId,
  );
  return index === -1 ? unsaid : unsaid.toSpliced(index, 1);
}

/** Typing is shown beside the lines, and customers know that they have come or left themselves. */
function isShown({ kind, party }: Entry): boolean {
  const isOwnPresence = party === 'customer' && (kind === 'joined' || kind === 'left');
  return kind !== 'typing' && kind !== 'quiet' && !isOwnPresence;
}
