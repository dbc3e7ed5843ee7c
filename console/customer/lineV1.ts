import { type Fields, fields, heardV1, text } from './entry.ts';
import type { Line, LineDeps, Person, Saying } from './line.ts';
import { pause } from './pause.ts';
import { Refused, type Requests } from './requests.ts';
import { paceOf, type Settings } from './settings.ts';
import { Turns } from './turns.ts';

/** Codes after which nothing of the chat comes any more. */
const OVER: ReadonlySet<string> = new Set(['CHAT_ENDED', 'CHAT_NOT_FOUND', 'SERVICE_NOT_FOUND']);

/**
 * Chat V1: the chat of a service instance. It polls the transcript, or gets each change over CometD. Requests
 * are sent one after the other, because a reply has the entries from the position of its request.
 */
export class LineV1 implements Line {
  readonly #settings: Settings;
  readonly #requests: Requests;
  readonly #deps: LineDeps;
  readonly #person: Person;
  readonly #serviceId: string;
  readonly #turns = new Turns();
  readonly #closing = new AbortController();

  constructor(settings: Settings, requests: Requests, serviceId: string, person: Person, deps: LineDeps) {
    this.#settings = settings;
    this.#requests = requests;
    this.#serviceId = serviceId;
    this.#person = person;
    this.#deps = deps;
  }

  async start(): Promise<void> {
    const isNew = this.#deps.keys().chatId === undefined;
    const reply = isNew ? await this.#open() : await this.#ask('/refresh', {});
    if (isNew) {
      // A brief reply has no id of the chat; the service has one chat.
      const chatId = text(reply.chatSessionId) || this.#serviceId;
      this.#deps.found({ serviceId: this.#serviceId, chatId });
    }
    if (this.#isPushed) return;
    void this.#poll().catch(() => {});
  }

  async say({ id, text: message }: Saying): Promise<void> {
    await this.#turns.take(async () => {
      // Its push may have come while the reply was lost.
      if (!this.#deps.isEchoed(id)) await this.#exchange('/send', { message }, id);
    });
  }

  async typing(isTyping: boolean): Promise<void> {
    await this.#ask(isTyping ? '/startTyping' : '/stopTyping', {});
  }

  async leave(): Promise<void> {
    await this.#ask('/disconnect', {});
  }

  heard(_channel: string, data: unknown): void {
    const { tag, message } = fields(data);
    if (tag !== `service.chat.refresh.${this.#serviceId}`) return;
    const heard = heardV1(fields(message), this.#deps.next());
    // A page that was reloaded gets its last delivery again.
    if (heard.next > this.#deps.next() || heard.isEnded) this.#deps.heard(heard);
  }

  began(): void {
    // Notices that came meanwhile wait at the server.
  }

  close(): void {
    this.#closing.abort();
  }

  get #isPushed(): boolean {
    return this.#settings.transport !== 'polling';
  }

  #open(): Promise<Fields> {
    const { firstName = '', lastName = '', email = '', subject = '', data = {}, key } = this.#person;
    const given = {
      ...data,
      firstName,
      lastName,
      email,
      subject: subject || 'None',
      ...(this.#isPushed && { notify_by: 'comet' }),
    };
    return this.#ask('', given, key);
  }

  async #poll(): Promise<void> {
    const { chat } = paceOf(this.#settings);
    for (;;) {
      await pause(chat, this.#closing.signal);
      await this.#ask('/refresh', {});
    }
  }

  #ask(path: string, given: Readonly<Record<string, string>>, key?: string): Promise<Fields> {
    return this.#turns.take(() => this.#exchange(path, given, key));
  }

  async #exchange(path: string, given: Readonly<Record<string, string>>, key?: string): Promise<Fields> {
    const url = `/genesys/1/service/${encodeURIComponent(this.#serviceId)}/ixn/chat${path}`;
    // Replies to a chat with pushes have no entries.
    const position: Readonly<Record<string, string>> = this.#isPushed
      ? {}
      : { transcriptPosition: String(this.#deps.next()) };
    try {
      const reply = await this.#requests.send(
        url,
        { ...given, ...position },
        key === undefined ? {} : { key },
      );
      const heard = heardV1(reply, this.#deps.next());
      const isNews = !this.#isPushed || heard.isEnded;
      if (isNews) this.#deps.heard(this.#isPushed ? { ...heard, next: this.#deps.next() } : heard);
      return reply;
    } catch (error) {
      if (!(error instanceof Refused) || path === '' || !OVER.has(error.code)) throw error;
      this.#deps.heard({ entries: [], next: this.#deps.next(), isEnded: true });
      return {};
    }
  }
}
