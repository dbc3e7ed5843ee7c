import { type Fields, fields, heardV2 } from './entry.ts';
import type { Line, LineDeps, Person, Saying } from './line.ts';
import { attributesOf, faultIn, isOver, keysIn, openV2 } from './lineV2.ts';
import { pause } from './pause.ts';
import type { Push } from './push.ts';
import type { Refused, Requests } from './requests.ts';
import { paceOf, type Settings } from './settings.ts';

/**
 * Chat V2 over CometD, and opened over REST. The acknowledgement of a publish does not tell its outcome, so a
 * message counts as said when its entry has come, which has the id that the client gave it. After a cut the
 * client first reads the entries that it missed. It sends a message again only if its entry is not there.
 */
export class LineV2Comet implements Line {
  readonly #settings: Settings;
  readonly #requests: Requests;
  readonly #push: () => Push;
  readonly #deps: LineDeps;
  readonly #person: Person;
  readonly #closing = new AbortController();
  /** The message under way, and the end of its wait. */
  #saying: { readonly id: string; readonly end: (refused?: Refused) => void } | undefined;
  /** CometD has a session. */
  #hasBegun = false;
  /** The client listens: the reply to its first operation in this session of CometD has come. */
  #isListening = false;
  #listened = new Set<() => void>();

  constructor(settings: Settings, requests: Requests, push: () => Push, person: Person, deps: LineDeps) {
    this.#settings = settings;
    this.#requests = requests;
    this.#push = push;
    this.#person = person;
    this.#deps = deps;
  }

  static channelOf({ service }: Settings): string {
    return `/service/chatV2/${service.name}`;
  }

  async start(): Promise<void> {
    if (this.#deps.keys().secureKey === undefined) {
      this.#take(await openV2(this.#settings, this.#requests, this.#person));
    }
    if (this.#hasBegun) this.began();
  }

  async say(message: Saying): Promise<void> {
    const { lastRetry } = paceOf(this.#settings);
    for (;;) {
      await this.#untilListening();
      if (this.#deps.isEchoed(message.id)) return;
      const isSaid = await this.#trySaying(message);
      if (isSaid) return;
      if (this.#isListening) await pause(lastRetry, this.#closing.signal);
    }
  }

  async typing(isTyping: boolean): Promise<void> {
    if (this.#isListening) await this.#perform(isTyping ? 'startTyping' : 'stopTyping', {});
  }

  async leave(): Promise<void> {
    await this.#untilListening();
    await this.#perform('disconnect', {});
  }

  heard(channel: string, data: unknown): void {
    if (channel !== LineV2Comet.channelOf(this.#settings)) return;
    const reply = fields(data);
    const fault = faultIn(reply);
    if (fault !== undefined) {
      this.#refuse(fault.refused, fault.isPassing);
      return;
    }
    this.#take(reply);
    if (this.#saying && this.#deps.isEchoed(this.#saying.id)) this.#saying.end();
    this.#listen();
  }

  /** The new session opens the chat, or asks for what it missed. */
  began(): void {
    this.#hasBegun = true;
    this.#isListening = false;
    this.#saying?.end();
    if (this.#deps.keys().secureKey === undefined) return;
    const position = String(Math.max(1, this.#deps.next()));
    void this.#perform('requestNotifications', { transcriptPosition: position });
  }

  close(): void {
    this.#closing.abort();
  }

  #take(reply: Fields): void {
    this.#deps.found(keysIn(reply, this.#deps.keys()));
    this.#deps.heard(heardV2(reply, this.#deps.next()));
  }

  #perform(operation: string, given: object): Promise<boolean> {
    const { secureKey } = this.#deps.keys();
    return this.#push().publish(LineV2Comet.channelOf(this.#settings), { operation, secureKey, ...given });
  }

  /** False: it is not known whether the server has the message. */
  async #trySaying(message: Saying): Promise<boolean> {
    const ended = new Promise<Refused | undefined>((resolve) => {
      this.#saying = { id: message.id, end: resolve };
    });
    const given = { message: message.text, eventAttributes: attributesOf(message) };
    const isSent = await this.#perform('sendMessage', given);
    const refused = isSent ? await ended : undefined;
    this.#saying = undefined;
    if (refused !== undefined) throw refused;
    return this.#deps.isEchoed(message.id);
  }

  #refuse(refused: Refused, isPassing: boolean): void {
    if (isOver(refused)) this.#deps.heard({ entries: [], next: this.#deps.next(), isEnded: true });
    this.#saying?.end(isPassing ? undefined : refused);
    this.#listen();
  }

  #listen(): void {
    this.#isListening = true;
    for (const go of this.#listened) go();
    this.#listened = new Set();
  }

  #untilListening(): Promise<void> {
    if (this.#isListening) return Promise.resolve();
    return new Promise((resolve) => this.#listened.add(resolve));
  }
}
