import type { ModuleEffect } from '../../engine/interpreter/index.ts';
import type { Fields, ScriptRow } from '../../engine/interpreter/stepper/index.ts';
import { type Json, textOf } from '../../engine/ports/index.ts';
import type { SharedTime } from '../sharedTime.ts';
import type { TestSession } from '../testSession.ts';
import type { FakeAgents } from './fakeAgents.ts';
import { type ReachedSessions, runningSession } from './sessions.ts';
import { type ChatSurroundings, type Offer, TestChat } from './testChat.ts';

const DEFAULT_QUEUE = 'inbound';
/** Time that an agent is asked, as the server has it by default. */
const RING_MS = 30_000;

/** A chat as a customer opens it. */
export interface NewChat {
  readonly userData?: Readonly<Record<string, Json>>;
  /** Absent: 'inbound'. */
  readonly queue?: string;
  /** Absent: 'chat'. */
  readonly media?: string;
}

type Perform = (chat: TestChat, effect: ModuleEffect, session: TestSession) => Answer;

/** The answer to an element. `later`: it comes with the answer of an agent. */
type Answer =
  | { readonly done: Fields; readonly facts?: Json }
  | { readonly error: string; readonly description: string }
  | { readonly event: string; readonly data: Fields; readonly facts: Json }
  | 'later';

/**
 * Simulates the chat server and its interactions: the queues that chats enter, the offers to agents, the
 * messages, and the elements of the interaction module (prefix ixn).
 */
export class FakeChats {
  readonly #time: SharedTime;
  readonly #sessions: ReachedSessions;
  readonly #agents: FakeAgents;
  readonly #queues: ReadonlyMap<string, () => TestSession>;
  readonly #chats: TestChat[] = [];
  readonly #surroundings: ChatSurroundings;
  readonly #performs: Readonly<Record<string, Perform>> = {
    accept: (chat) => this.#accept(chat),
    associate: (chat, effect, session) => this.#associate(chat, effect, session),
    attach: (chat, _effect, session) => this.#attach(chat, session),
    detach: (chat) => this.#detach(chat),
    redirect: (chat, effect, session) => this.#redirect(chat, effect, session),
    setudata: (chat, effect) => this.#setUserData(chat, effect),
    terminate: (chat, effect) => this.#terminate(chat, effect),
  };

  constructor(deps: {
    readonly time: SharedTime;
    readonly sessions: ReachedSessions;
    readonly agents: FakeAgents;
    /** Each starts a session of the application of a queue. */
    readonly queues: ReadonlyMap<string, () => TestSession>;
  }) {
    this.#time = deps.time;
    this.#sessions = deps.sessions;
    this.#agents = deps.agents;
    this.#queues = deps.queues;
    this.#surroundings = { time: deps.time, agents: deps.agents };
  }

  /** In the order in which they were opened. */
  get all(): readonly TestChat[] {
    return this.#chats;
  }

  /**
   * A customer opens a chat. The application of its queue gets it. Without such an application it goes to the
   * session that its user data name (`_ors_session_id`), as the application of the installation does.
   */
  create({ userData = {}, queue = DEFAULT_QUEUE, media = 'chat' }: NewChat = {}): TestChat {
    const id = `00AB1CHAT${String(this.#chats.length + 1).padStart(7, '0')}`;
    const chat = new TestChat({ id, media, userData, queue }, this.#surroundings);
    return this.#time.run(() => {
      this.#chats.push(chat);
      this.#enter(chat);
      return chat;
    });
  }

  /** The chat of an id that this session controls; without an id, its only one. */
  ofSession(session: TestSession, id: string): TestChat | undefined {
    const own = this.#chats.filter((chat) => chat.session === session && chat.state !== 'ended');
    return id === '' && own.length === 1 ? own[0] : own.find((chat) => chat.id === id);
  }

  rows(session: () => TestSession): readonly ScriptRow[] {
    return Object.keys(this.#performs).map((action) => ({
      module: `interaction.${action}`,
      result: (effect) => {
        this.#time.post(() => this.#perform(effect, session()));
        return { silence: true };
      },
    }));
  }

  #enter(chat: TestChat): void {
    const application = this.#queues.get(chat.queue);
    if (application !== undefined) {
      chat.present(application());
      return;
    }
    const session = runningSession(this.#sessions, textOf(chat.userData._ors_session_id));
    if (session) chat.present(session);
    else if (this.#queues.size > 0) {
      const known = [...this.#queues.keys()].join(', ');
      throw new Error(`Expected a queue that has an application (${known}), got '${chat.queue}'.`);
    }
  }

  #perform(effect: ModuleEffect, session: TestSession): void {
    const id = textOf(effect.attributes.interactionid).trim();
    const chat = this.#chats.find((one) => one.id === id && one.state !== 'ended');
    const answer = this.#answerTo(chat, effect, session);
    if (answer === 'later' || !session.isRunning) return;
    const open = session.answer(effect.requestId);
    const interactionid = id;
    if ('error' in answer) open.error({ interactionid, ...answer });
    else if ('event' in answer) open.event(answer.event, { interactionid, ...answer.data }, answer.facts);
    else {
      const name = `interaction.${effect.action}.done`;
      open.event(name, { interactionid, ...answer.done }, answer.facts);
    }
  }

  #answerTo(chat: TestChat | undefined, effect: ModuleEffect, session: TestSession): Answer {
    const { interactionid } = effect.attributes;
    if (chat === undefined) {
      const description = `Expected interactionid of an interaction, got '${textOf(interactionid)}'.`;
      return { error: 'unknowninteraction', description };
    }
    const mayAct = chat.session === session || (effect.action === 'attach' && chat.session === undefined);
    if (mayAct) return this.#performs[effect.action]!(chat, effect, session);
    return {
      error: 'invalidstate.notcontrolled',
      description: `The interaction '${chat.id}' is not this session's.`,
    };
  }

  #accept(chat: TestChat): Answer {
    if (chat.state !== 'offered') return invalidState(chat, 'offered to an agent');
    chat.accept();
    return { done: {} };
  }

  #associate(chat: TestChat, { attributes }: ModuleEffect, session: TestSession): Answer {
    const id = textOf(attributes.session ?? attributes.sessionid).trim();
    const target = runningSession(this.#sessions, id);
    if (target === undefined) {
      return {
        error: 'invalidsession',
        description: `Expected session to be a running session, got '${id}'.`,
      };
    }
    if (target === session) return { done: {} };
    chat.leave('association');
    chat.present(target);
    return { done: {} };
  }

  #attach(chat: TestChat, session: TestSession): Answer {
    chat.session = session;
    return { done: {}, facts: chat.facts };
  }

  #detach(chat: TestChat): Answer {
    if (chat.state === 'offered') return invalidState(chat, 'queued or active');
    chat.session = undefined;
    return { done: {}, facts: { interactions: { [chat.id]: null } } };
  }

  #redirect(chat: TestChat, { requestId, attributes }: ModuleEffect, session: TestSession): Answer {
    if (chat.state !== 'queued') return invalidState(chat, 'queued');
    const queue = this.#queueIn(attributes.to);
    if (queue !== undefined) {
      session.answer(requestId).done({ interactionid: chat.id });
      chat.leave('redirect');
      chat.queue = queue;
      this.#enter(chat);
      return 'later';
    }
    const agent = this.#agentIn(attributes.to);
    if (agent === undefined) {
      const expected = 'Expected to to name an agent or a queue that has an application';
      return {
        error: 'invaliddestination',
        description: `${expected}, got ${JSON.stringify(attributes.to)}.`,
      };
    }
    if (!this.#agents.isFree(agent, session.id)) {
      const description = `Expected the agent '${agent}' to be ready and free.`;
      return { error: 'invaliddestination', description };
    }
    chat.offer({
      agent,
      ringMs: ringOf(attributes.hints),
      ...this.#redirectAnswers(chat, requestId, session),
    });
    return 'later';
  }

  #redirectAnswers(
    chat: TestChat,
    requestId: string,
    session: TestSession,
  ): Pick<Offer, 'onAccepted' | 'onRefused'> {
    const interactionid = chat.id;
    return {
      onAccepted: () => {
        if (!session.isRunning) return;
        session.answer(requestId).event('interaction.redirect.done', { interactionid }, chat.facts);
      },
      onRefused: (error, description) => {
        if (session.isRunning) session.answer(requestId).error({ interactionid, error, description });
      },
    };
  }

  #setUserData(chat: TestChat, { attributes }: ModuleEffect): Answer {
    const { userdata } = attributes;
    if (typeof userdata !== 'object' || userdata === null || Array.isArray(userdata)) {
      return { error: 'badrequest', description: `Expected an object, got ${JSON.stringify(userdata)}.` };
    }
    chat.setUserData(userdata as Readonly<Record<string, Json>>);
    return { event: 'interaction.udata.changed', data: { udata: userdata }, facts: chat.facts };
  }

  #terminate(chat: TestChat, { attributes }: ModuleEffect): Answer {
    if (chat.state === 'active') return invalidState(chat, 'presented to the session, not with an agent');
    chat.endBy('document', textOf(attributes.reason));
    return { done: {} };
  }

  #queueIn(to: Json | undefined): string | undefined {
    const given = typeof to === 'object' && to !== null && 'queue' in to ? to.queue : to;
    const text = textOf(given as Json | undefined).trim();
    return [text, text.replace(/@[^@]*$/, '')].find((name) => this.#queues.has(name));
  }

  /** The agent of a resource, of a target, or of an id. */
  #agentIn(to: Json | undefined): string | undefined {
    if (typeof to === 'object' && to !== null) {
      const { agent, place, dn } = to as { readonly [name: string]: Json };
      const named = [agent, place, dn].map((one) => textOf(one)).filter((one) => one !== '');
      return named.map((one) => this.#named(one)).find((one) => one !== undefined);
    }
    const text = textOf(to).trim();
    if (text === '') return undefined;
    return this.#named(text) ?? this.#named(text.replace(/@[^@]*$/, '')) ?? this.#agents.find(text)?.agent;
  }

  #named(name: string): string | undefined {
    return this.#agents.all.find(
      ({ id, settings }) => id === name || settings.place === name || settings.dn === name,
    )?.id;
  }
}

function invalidState(chat: TestChat, expected: string): Answer {
  return {
    error: 'invalidstate',
    description: `Expected the interaction '${chat.id}' to be ${expected}, it is ${chat.state}.`,
  };
}

/** `_agent_reserve_timeout` of the hints, in seconds. */
function ringOf(hints: Json | undefined): number {
  const seconds = Number(
    (hints as { readonly _agent_reserve_timeout?: Json } | null)?._agent_reserve_timeout,
  );
  return seconds > 0 ? seconds * 1000 : RING_MS;
}
