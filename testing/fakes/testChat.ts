import type { Json } from '../../engine/ports/index.ts';
import type { SharedTime } from '../sharedTime.ts';
import type { TestSession } from '../testSession.ts';
import type { FakeAgents } from './fakeAgents.ts';

export interface ChatSurroundings {
  readonly time: SharedTime;
  readonly agents: FakeAgents;
}

/** queued: no agent has it; offered: an agent is asked; active: an agent has it. */
export type ChatState = 'queued' | 'offered' | 'active' | 'ended';

export type EndedBy = 'customer' | 'agent' | 'document';

/** A line of a chat. `at`: ms since epoch. */
export interface ChatLine {
  readonly from: 'customer' | 'agent' | 'system';
  readonly text: string;
  readonly at: number;
}

/** An offer to an agent. */
export interface Offer {
  readonly agent: string;
  /** ms that the agent is asked. */
  readonly ringMs: number;
  readonly onAccepted: () => void;
  /** `why`: 'rejected' or 'noanswer'. */
  readonly onRefused: (why: string, description: string) => void;
}

/** A chat between a customer and an agent, as a test drives it. */
export class TestChat {
  readonly id: string;
  readonly media: string;
  /** The interaction queue that it entered last. */
  queue: string;
  /** The session that controls its interaction. */
  session: TestSession | undefined;
  readonly #time: SharedTime;
  readonly #agents: FakeAgents;
  readonly #lines: ChatLine[] = [];
  #state: ChatState = 'queued';
  #userData: Readonly<Record<string, Json>>;
  #agent: string | undefined;
  #offer: Offer | undefined;
  #stopRing: () => void = () => {};

  constructor(
    given: {
      readonly id: string;
      readonly media: string;
      readonly queue: string;
      readonly userData: Readonly<Record<string, Json>>;
    },
    { time, agents }: ChatSurroundings,
  ) {
    this.id = given.id;
    this.media = given.media;
    this.queue = given.queue;
    this.#userData = given.userData;
    this.#time = time;
    this.#agents = agents;
  }

  get state(): ChatState {
    return this.#state;
  }

  /** The agent who is asked, or has the chat. */
  get agent(): string | undefined {
    return this.#agent;
  }

  get userData(): Readonly<Record<string, Json>> {
    return this.#userData;
  }

  get lines(): readonly ChatLine[] {
    return this.#lines;
  }

  /** A message. Only while an agent has the chat; a customer may write before, too. */
  say(from: 'customer' | 'agent', text: string): this {
    const mayWrite = from === 'agent' ? this.#state === 'active' : this.#state !== 'ended';
    if (!mayWrite) throw new Error(`Expected a chat in which the ${from} may write, it is ${this.#state}.`);
    this.#add(from, text);
    return this;
  }

  /** The agent who is asked takes the chat. */
  accept(): this {
    return this.#act(() => {
      const { agent, onAccepted } = this.#endOffer();
      this.#state = 'active';
      this.#agents.reserve(agent, this.id);
      this.#add('system', `${agent} has joined the session`);
      onAccepted();
      this.#tell('interaction.partystatechanged', { focusdeviceid: agent }, this.facts);
    });
  }

  /** The agent who is asked does not take the chat. */
  decline(): this {
    return this.#act(() => this.#refuse('rejected', 'rejected the interaction'));
  }

  /** The customer or the agent ends the chat. */
  end(by: 'customer' | 'agent' = 'customer'): this {
    if (this.#state === 'ended') throw new Error(`Expected a chat that goes on, but '${this.id}' has ended.`);
    return this.#act(() => this.endBy(by));
  }

  // ---- for the other fakes

  /** Facts of the session that controls the interaction. */
  get facts(): Json {
    const { id, media, queue } = this;
    const session = this.session === undefined ? {} : { 'OP-Session-ID': this.session.id };
    const view = {
      g_uid: id,
      id,
      parentid: '',
      tenantid: 'Environment',
      media,
      location: { queue },
      udata: { ...this.#userData, ...session },
      msgbased: { view: {} },
      xdata: {},
      parties: this.#state === 'active' ? [{ device: this.#agent!, devicetype: 'agent' }] : [],
    };
    return { interactions: { [id]: view } };
  }

  /** The session controls the interaction from now on. */
  present(session: TestSession): void {
    this.session = session;
    const post = (name: string): void =>
      this.#time.post(() => {
        if (this.session === session && this.#state !== 'ended') this.#tell(name, {}, this.facts);
      });
    post('interaction.added');
    post('interaction.present');
  }

  /** The session that has the interaction loses it. */
  leave(resultof: 'association' | 'redirect'): void {
    this.#tell('interaction.deleted', { resultof }, { interactions: { [this.id]: null } });
    this.#tell('interaction.notcontrolled', {});
  }

  offer(offer: Offer): void {
    this.#state = 'offered';
    this.#agent = offer.agent;
    this.#offer = offer;
    this.#agents.reserve(offer.agent, this.id);
    this.#stopRing = this.#time.at(this.#time.now + offer.ringMs, () => {
      this.#agents.notReady(offer.agent);
      this.#refuse('noanswer', 'did not answer in time');
    });
  }

  setUserData(changes: Readonly<Record<string, Json>>): void {
    const all = Object.entries({ ...this.#userData, ...changes });
    this.#userData = Object.fromEntries(all.filter(([, value]) => value !== null));
  }

  endBy(by: EndedBy, text = ''): void {
    const before = this.#state;
    const offer = this.#offer;
    this.#stopRing();
    this.#offer = undefined;
    this.#state = 'ended';
    this.#add('system', text === '' ? `the chat was ended by the ${by}` : text);
    if (this.#agent !== undefined) this.#agents.release(this.#agent, this.id);
    offer?.onRefused('invalidstate.ended', `The interaction '${this.id}' ended before the agent answered.`);
    if (by === 'customer' && before !== 'active') this.#tell('interaction.abandoned', {});
    this.#tell('interaction.deleted', { resultof: 'deletion' }, { interactions: { [this.id]: null } });
  }

  #refuse(why: string, words: string): void {
    const { agent, onRefused } = this.#endOffer();
    this.#state = 'queued';
    this.#agent = undefined;
    this.#agents.release(agent, this.id);
    onRefused(why, `The agent '${agent}' ${words}.`);
  }

  #endOffer(): Offer {
    const offer = this.#offer;
    if (offer === undefined) {
      throw new Error(`Expected a chat that is offered to an agent, it is ${this.#state}.`);
    }
    this.#stopRing();
    this.#offer = undefined;
    return offer;
  }

  #tell(name: string, data: Readonly<Record<string, Json>>, facts?: Json): void {
    if (this.session?.isRunning) this.session.send(name, { interactionid: this.id, ...data }, facts);
  }

  #add(from: ChatLine['from'], text: string): void {
    this.#lines.push({ from, text, at: this.#time.now });
  }

  #act(action: () => void): this {
    this.#time.run(action);
    return this;
  }
}
