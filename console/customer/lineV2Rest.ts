import { type Fields, heardV2 } from './entry.ts';
import type { Line, LineDeps, Person, Saying } from './line.ts';
import { attributesOf, exchangeV2, isOver, keysIn, openV2 } from './lineV2.ts';
import { pause } from './pause.ts';
import type { Requests } from './requests.ts';
import { paceOf, type Settings } from './settings.ts';
import { Turns } from './turns.ts';

/** Chat V2 over REST: asks for new entries again and again, and gets them with other replies too. */
export class LineV2Rest implements Line {
  readonly #settings: Settings;
  readonly #requests: Requests;
  readonly #deps: LineDeps;
  readonly #person: Person;
  readonly #turns = new Turns();
  readonly #closing = new AbortController();

  constructor(settings: Settings, requests: Requests, person: Person, deps: LineDeps) {
    this.#settings = settings;
    this.#requests = requests;
    this.#person = person;
    this.#deps = deps;
  }

  async start(): Promise<void> {
    if (this.#deps.keys().secureKey !== undefined) await this.#onChat('refresh', {});
    else this.#take(await openV2(this.#settings, this.#requests, this.#person));
    void this.#poll().catch(() => {});
  }

  async say(message: Saying): Promise<void> {
    const given = { message: message.text, eventAttributes: JSON.stringify(attributesOf(message)) };
    await this.#onChat('send', given, message.id);
  }

  async typing(isTyping: boolean): Promise<void> {
    await this.#onChat(isTyping ? 'startTyping' : 'stopTyping', {});
  }

  async leave(): Promise<void> {
    await this.#onChat('disconnect', {});
  }

  heard(): void {
    // This wire has no CometD.
  }

  began(): void {
    // As heard.
  }

  close(): void {
    this.#closing.abort();
  }

  async #poll(): Promise<void> {
    const { chat } = paceOf(this.#settings);
    for (;;) {
      await pause(chat, this.#closing.signal);
      await this.#onChat('refresh', {});
    }
  }

  #onChat(path: string, given: Readonly<Record<string, string>>, key?: string): Promise<void> {
    return this.#turns.take(async () => {
      const { chatId = '', secureKey = '' } = this.#deps.keys();
      const position = String(Math.max(1, this.#deps.next()));
      const known = { secureKey, transcriptPosition: position };
      await this.#exchange(`/${encodeURIComponent(chatId)}/${path}`, { ...known, ...given }, key);
    });
  }

  async #exchange(path: string, given: Readonly<Record<string, string>>, key?: string): Promise<void> {
    try {
      this.#take(
        await exchangeV2(this.#settings, this.#requests, { path, given, ...(key !== undefined && { key }) }),
      );
    } catch (error) {
      if (!isOver(error)) throw error;
      this.#deps.heard({ entries: [], next: this.#deps.next(), isEnded: true });
    }
  }

  #take(reply: Fields): void {
    this.#deps.found(keysIn(reply, this.#deps.keys()));
    this.#deps.heard(heardV2(reply, this.#deps.next()));
  }
}
