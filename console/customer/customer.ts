import { Chat, type KeptChat, NEW_CHAT } from './chat.ts';
import { ChatFiles } from './files.ts';
import { Keep, type Storage } from './keep.ts';
import type { Line, LineDeps, Person } from './line.ts';
import { LineV1 } from './lineV1.ts';
import { LineV2Comet } from './lineV2Comet.ts';
import { LineV2Rest } from './lineV2Rest.ts';
import { Push } from './push.ts';
import { Refused, Requests } from './requests.ts';
import { paceOf, type Settings } from './settings.ts';
import { type KeptWait, Waiting } from './waiting.ts';

export type Phase =
  /** Nothing was asked for. */
  | 'form'
  /** The request for a callback or a chat is under way. */
  | 'starting'
  /** For an agent, or for the time of the callback. */
  | 'waiting'
  | 'chat'
  /** Ended without a chat. */
  | 'over';

export interface CustomerState {
  readonly phase: Phase;
  /** False: the server does not answer. Everything is tried again. */
  readonly isReached: boolean;
  /** The reason why the server refused the last action. */
  readonly refusal?: string;
  readonly wait?: KeptWait;
  readonly chat?: KeptChat;
  /** The names of those who type now. */
  readonly typing: readonly string[];
  /** The reason of a callback that ended without a chat. */
  readonly reason?: string;
  /** The text that the customer has not sent. */
  readonly draft: string;
  /** The values of a form that the server refused. */
  readonly filled: Readonly<Record<string, string>>;
}

/** The values that a reload of the page keeps. */
interface Kept {
  readonly given?: Readonly<Record<string, string>>;
  /** Idempotency key of the request that begins. */
  readonly key?: string;
  readonly wait?: KeptWait;
  readonly chat?: KeptChat;
  readonly reason?: string;
  readonly draft?: string;
  readonly filled?: Readonly<Record<string, string>>;
}

export interface CustomerDeps {
  readonly settings: Settings;
  /** Absent: a reload begins anew. */
  readonly storage?: Storage;
  /** The name in the storage. */
  readonly name: string;
  /** Called after each change of the state. */
  readonly changed: () => void;
}

/** Names of the form that have a field of their own in the request for a chat. */
const PERSON = ['firstName', 'lastName', 'email', 'subject'] as const;
/** Before a chat that the service does not announce yet is asked for again. */
const NOT_ANNOUNCED = 503;

/** A customer, from the form to the end of the chat. Reloads and restarts of the server lose nothing. */
export class Customer {
  readonly #deps: CustomerDeps;
  readonly #keep: Keep<Kept>;
  #kept: Kept;
  #requests: Requests;
  #push: Push | undefined;
  #waiting: Waiting | undefined;
  #chat: Chat | undefined;
  #refusal: string | undefined;
  #isReached = true;

  constructor(deps: CustomerDeps) {
    this.#deps = deps;
    this.#keep = new Keep(deps.storage, deps.name);
    this.#kept = this.#keep.read() ?? {};
    this.#requests = this.#newRequests();
  }

  get state(): CustomerState {
    const { wait, chat, reason, draft = '', filled = {} } = this.#kept;
    return {
      phase: this.#phase,
      isReached: this.#isReached,
      typing: this.#chat?.typing ?? [],
      draft,
      filled,
      ...(this.#refusal !== undefined && { refusal: this.#refusal }),
      ...(wait && { wait }),
      ...(chat && { chat }),
      ...(reason !== undefined && { reason }),
    };
  }

  /** Opens the files of the chat. */
  get files(): ChatFiles {
    return new ChatFiles(this.#requests, () => this.#kept.chat?.keys.secureKey);
  }

  /** Goes on where the page was before a reload. */
  resume(): void {
    const { given, chat } = this.#kept;
    if (given === undefined || this.#phase === 'over') return;
    // From now on the customer can say something, which waits for its turn.
    if (chat !== undefined) this.#chat = this.#newChat(chat);
    void this.#go();
  }

  /** Asks for a callback or a chat. `given`: the fields of the form by their names on the wire. */
  begin(given: Readonly<Record<string, string>>): void {
    this.#refusal = undefined;
    this.#change({ given, key: newId() });
    void this.#go();
  }

  /** The customer chose an item of the dialog; undefined: it only closes. */
  choose(request: string | undefined): Promise<void> {
    return this.#act(() => this.#waiting?.choose(request));
  }

  cancel(): Promise<void> {
    return this.#act(() => this.#waiting?.cancel());
  }

  reschedule(time: number): Promise<void> {
    return this.#act(() => this.#waiting?.reschedule(time));
  }

  /** Free times of the service, in ms since 1970. */
  async freeTimes(): Promise<readonly number[]> {
    const { service } = this.#deps.settings;
    const url = `/genesys/1/service/callback/${encodeURIComponent(service.name)}/availability`;
    const given = { 'number-of-days': '2', 'max-time-slots': '40' };
    const reply = await this.#requests.send(url, given, { method: 'GET' });
    const free = Object.entries(reply).filter(([, count]) => Number(count) > 0);
    return free.map(([start]) => Date.parse(start)).filter(Number.isFinite);
  }

  /** Sends the draft. */
  say(): void {
    const { draft = '' } = this.#kept;
    if (this.#chat === undefined) return;
    this.#chat.say(draft);
    this.#change({ draft: '' });
  }

  /** Keeps what the customer has typed, and tells the agent that they type. */
  type(draft: string): void {
    this.#change({ draft });
    if (draft !== '') this.#chat?.type();
  }

  /** Forgets a message that was refused, and gives its text back to the draft when that is empty. */
  takeBack(id: string): void {
    const said = this.#kept.chat?.unsaid.find((one) => one.id === id)?.text ?? '';
    if ((this.#kept.draft ?? '') === '') this.#change({ draft: said });
    this.#chat?.dismiss(id);
  }

  /** Uploads a file. */
  upload(file: File): Promise<void> {
    return this.#act(() => this.files.upload(file, newId()));
  }

  /** Leaves the chat. */
  leave(): Promise<void> {
    return this.#act(() => this.#chat?.leave());
  }

  /** Forgets everything, for a new form. */
  reset(): void {
    this.close();
    this.#requests = this.#newRequests();
    this.#kept = {};
    this.#keep.remove();
    this.#refusal = undefined;
    this.#isReached = true;
    this.#deps.changed();
  }

  /** Ends all connections. What is kept stays. */
  close(): void {
    this.#requests.close();
    this.#waiting?.close();
    this.#chat?.close();
    this.#push?.close();
    this.#push = undefined;
    this.#waiting = undefined;
    this.#chat = undefined;
  }

  get #phase(): Phase {
    const { given, wait, chat, reason } = this.#kept;
    if (chat !== undefined) return 'chat';
    if (reason !== undefined) return 'over';
    if (wait !== undefined) return 'waiting';
    return given === undefined ? 'form' : 'starting';
  }

  /** Begins or continues with what is kept. */
  async #go(): Promise<void> {
    try {
      this.#openPush();
      if (this.#chat !== undefined || this.#deps.settings.service.kind === 'chat') await this.#startChat();
      else await this.#wait();
    } catch (error) {
      if (!(error instanceof Refused)) return;
      this.#refused(error);
    }
  }

  /** The form is shown again with the reason. */
  #refused(error: Refused): void {
    this.#refusal = error.message;
    if (this.#phase !== 'starting') {
      this.#deps.changed();
      return;
    }
    this.close();
    this.#requests = this.#newRequests();
    this.#kept = { filled: this.#kept.given ?? {} };
    this.#write();
  }

  async #wait(): Promise<void> {
    const { settings } = this.#deps;
    const { given = {}, key = newId() } = this.#kept;
    if (this.#kept.wait === undefined) {
      this.#change({ wait: await Waiting.create(settings, this.#requests, withoutPerson(given), key) });
    }
    const waiting = new Waiting({
      settings,
      requests: this.#requests,
      kept: this.#kept.wait!,
      changed: () => this.#change({ wait: waiting.kept }),
      ready: () => void this.#startChat().catch((error: unknown) => this.#chatRefused(error)),
      ended: (reason) => this.#end(reason),
    });
    this.#waiting = waiting;
    waiting.start();
  }

  /** The chat of a service that has not announced its agent yet opens later. */
  #chatRefused(error: unknown): void {
    if (!(error instanceof Refused)) return;
    if (error.status !== NOT_ANNOUNCED) {
      this.#end(error.message);
      return;
    }
    const { place } = paceOf(this.#deps.settings);
    setTimeout(() => this.#waiting?.start(), place);
  }

  /** The callback is over without a chat. */
  #end(reason: string): void {
    this.close();
    this.#requests = this.#newRequests();
    this.#isReached = true;
    this.#change({ reason });
  }

  async #startChat(): Promise<void> {
    this.#chat ??= this.#newChat(NEW_CHAT);
    await this.#chat.start();
    this.#waiting?.close();
    this.#waiting = undefined;
  }

  #newChat(kept: KeptChat): Chat {
    const chat = new Chat({
      settings: this.#deps.settings,
      kept,
      lineOf: (deps) => this.#lineOf(deps),
      changed: () => {
        // A chat that the server does not have yet is none.
        if (chat.kept.keys.chatId !== undefined) this.#change({ chat: chat.kept });
      },
      newId,
    });
    return chat;
  }

  #lineOf(deps: LineDeps): Line {
    const { settings } = this.#deps;
    const person = this.#person;
    if (settings.service.kind === 'callback') {
      return new LineV1(settings, this.#requests, this.#kept.wait?.serviceId ?? '', person, deps);
    }
    if (settings.transport === 'polling') return new LineV2Rest(settings, this.#requests, person, deps);
    return new LineV2Comet(settings, this.#requests, () => this.#push!, person, deps);
  }

  get #person(): Person {
    const { given = {}, key = '' } = this.#kept;
    const { service } = this.#deps.settings;
    const named = PERSON.flatMap((name) => (given[name] === undefined ? [] : [[name, given[name]] as const]));
    return {
      key: `${key}-chat`,
      ...Object.fromEntries(named),
      // The user data of a callback come with it.
      ...(service.kind === 'chat' && { data: withoutPerson(given) }),
    };
  }

  #openPush(): void {
    const { settings } = this.#deps;
    if (settings.transport === 'polling' || this.#push !== undefined) return;
    this.#push = new Push(settings, {
      heard: (channel, data) => {
        this.#waiting?.heard(data);
        this.#chat?.heard(channel, data);
      },
      began: () => this.#chat?.began(),
      reached: (isReached) => this.#reached(isReached),
    });
    this.#push.open();
  }

  async #act(work: () => Promise<void> | undefined): Promise<void> {
    this.#refusal = undefined;
    try {
      await work();
    } catch (error) {
      if (error instanceof Refused) this.#refusal = error.message;
    }
    this.#deps.changed();
  }

  #newRequests(): Requests {
    return new Requests(this.#deps.settings, (isReached) => this.#reached(isReached));
  }

  #reached(isReached: boolean): void {
    if (isReached === this.#isReached) return;
    this.#isReached = isReached;
    this.#deps.changed();
  }

  #change(change: Partial<Kept>): void {
    this.#kept = { ...this.#kept, ...change };
    this.#write();
  }

  #write(): void {
    this.#keep.write(this.#kept);
    this.#deps.changed();
  }
}

function withoutPerson(given: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(
    Object.entries(given).filter(([name]) => !PERSON.includes(name as (typeof PERSON)[number])),
  );
}

/** A UUID. `crypto.randomUUID` exists on secure pages alone. */
export function newId(): string {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return [...bytes].map((byte) => byte.toString(16).padStart(2, '0')).join('');
}
