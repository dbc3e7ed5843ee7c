import type { WsResponse } from '../../engine/interpreter/stepper/index.ts';
import type { Json } from '../../engine/ports/index.ts';
import type { TestSession } from '../testSession.ts';
import type { FakeChats } from './fakeChats.ts';
import type { TestChat } from './testChat.ts';

/** A report of a document about its callback. `at`: ms since epoch. */
export interface ServiceReport {
  /** QUEUED, ROUTING, PROCESSING, COMPLETED; '' for a report of an event. */
  readonly state: string;
  readonly reason: string;
  readonly event: string;
  readonly at: number;
}

/** A callback that a customer created, with its session. */
export class TestService {
  readonly id: string;
  readonly name: string;
  /** Id of its user data in the storage. */
  readonly dataId: string;
  readonly session: TestSession;
  readonly #chats: FakeChats;
  readonly #reports: ServiceReport[] = [];
  #startId = '';

  constructor(
    given: {
      readonly id: string;
      readonly name: string;
      readonly dataId: string;
      readonly session: TestSession;
    },
    chats: FakeChats,
  ) {
    this.id = given.id;
    this.name = given.name;
    this.dataId = given.dataId;
    this.session = given.session;
    this.#chats = chats;
  }

  /** The answer of the document to the customer who created the callback. Undefined: not answered yet. */
  get reply(): WsResponse | undefined {
    return this.session.answerTo(this.#startId);
  }

  /** The state that the document reported last. '' before the first report. */
  get state(): string {
    return this.#reports.findLast(({ state }) => state !== '')?.state ?? '';
  }

  /** The reason of the last state: AGENT_CONNECTED, CANCELLED ... */
  get reason(): string {
    return this.#reports.findLast(({ state }) => state !== '')?.reason ?? '';
  }

  get reports(): readonly ServiceReport[] {
    return this.#reports;
  }

  /** A request of the customer (POST /genesys/1/service/<id>/<name>), with its answer. */
  request(name: string, data: Readonly<Record<string, Json>> = {}): WsResponse {
    return this.session.request(name, data);
  }

  /** The customer opens the chat of this callback (POST /genesys/1/service/<id>/ixn/chat). */
  openChat(userData: Readonly<Record<string, Json>> = {}): TestChat {
    const own = { _id: this.id, _ors_session_id: this.session.id, _data_id: this.dataId };
    return this.#chats.create({ userData: { ...userData, ...own } });
  }

  // ---- for GMS

  begin(): void {
    if (this.session.isRunning) this.#startId = this.session.ask('start');
  }

  report(content: Readonly<Record<string, Json>>, at: number): void {
    const { _callback_state: state = '', _reason: reason = '', _callback_event: event = '' } = content;
    this.#reports.push({ state: String(state), reason: String(reason), event: String(event), at });
  }
}
