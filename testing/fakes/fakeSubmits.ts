import type { ModuleEffect, NestedElement } from '../../engine/interpreter/index.ts';
import type { Fields, ScriptRow } from '../../engine/interpreter/stepper/index.ts';
import { type Json, textOf } from '../../engine/ports/index.ts';
import { TargetError } from '../../strategies/targets/index.ts';
import type { SharedTime } from '../sharedTime.ts';
import type { TestSession } from '../testSession.ts';
import type { FakeAgents, FoundAgent } from './fakeAgents.ts';
import type { FakeChats } from './fakeChats.ts';
import type { TestChat } from './testChat.ts';

const DEFAULT_QUEUE = 'none';
/** After it, an agent who refused may be asked again. */
const RETRY_MS = 30_000;
/** Time that an agent is asked. */
const RING_MS = 30_000;

interface Submit {
  readonly requestId: string;
  readonly session: TestSession;
  readonly chat: TestChat;
  readonly vq: string;
  /** False: an agent is only selected. */
  readonly route: boolean;
  targets: string;
  state: 'waiting' | 'offered' | 'over';
  readonly tried: Set<string>;
  stopTimer: () => void;
}

interface Fault {
  readonly error: string;
  readonly description: string;
}

/** Simulates the queue module: interactions that sessions submit wait for an agent. */
export class FakeSubmits {
  readonly #time: SharedTime;
  readonly #agents: FakeAgents;
  readonly #chats: FakeChats;
  readonly #submits: Submit[] = [];

  constructor(deps: {
    readonly time: SharedTime;
    readonly agents: FakeAgents;
    readonly chats: FakeChats;
  }) {
    this.#time = deps.time;
    this.#agents = deps.agents;
    this.#chats = deps.chats;
  }

  rows(session: () => TestSession): readonly ScriptRow[] {
    const row = (action: string, perform: (effect: ModuleEffect) => void): ScriptRow => ({
      module: `queue.${action}`,
      result: (effect) => {
        this.#time.post(() => perform(effect));
        return { silence: true };
      },
    });
    return [
      row('submit', (effect) => this.#submit(effect, session())),
      row('update', (effect) => this.#update(effect, session())),
      row('cancel', (effect) => this.#cancel(effect, session())),
      row('query', (effect) => this.#query(effect, session())),
    ];
  }

  /** Free agents for the submits that wait. */
  route(): void {
    for (const submit of this.#submits) this.#routeOne(submit);
  }

  #submit(effect: ModuleEffect, session: TestSession): void {
    const { requestId, attributes } = effect;
    session.send('queue.submit.requestid', { requestid: requestId });
    if (!session.isRunning) return;
    const submit = this.#read(effect, session);
    if ('error' in submit) {
      session.answer(requestId).error({ ...submit });
      return;
    }
    this.#submits.push(submit);
    this.#armTimeout(submit, attributes.timeout);
    this.#routeOne(submit);
  }

  #read({ requestId, attributes, children }: ModuleEffect, session: TestSession): Submit | Fault {
    const id = textOf(attributes.interactionid).trim();
    const chat = this.#chats.ofSession(session, id);
    if (chat === undefined) {
      return { error: 'unknown', description: `Expected an interaction of this session, got '${id}'.` };
    }
    const targets = targetsOf(children).join(',');
    try {
      if (targets === '') throw new TargetError('TARGET_INVALID', 'expected a target, got none.');
      this.#agents.find(targets);
    } catch (error) {
      if (!(error instanceof TargetError)) throw error;
      return { error: 'badrequest', description: error.message };
    }
    return {
      requestId,
      session,
      chat,
      vq: textOf(attributes.queue).trim() || DEFAULT_QUEUE,
      route: textOf(attributes.route) !== 'false',
      targets,
      state: 'waiting',
      tried: new Set(),
      stopTimer: () => {},
    };
  }

  #armTimeout(submit: Submit, timeout: Json | undefined): void {
    const text = textOf(timeout).trim();
    if (text === '') return;
    submit.stopTimer();
    submit.stopTimer = this.#time.at(this.#time.now + Number(text) * 1000, () => {
      if (submit.state !== 'waiting') return;
      this.#end(submit, { error: 'timeout', description: `No agent came in ${text} s.` });
    });
  }

  #update({ requestId, attributes, children }: ModuleEffect, session: TestSession): void {
    const submit = this.#waiting(attributes, session);
    const requestid = textOf(attributes.requestid);
    if (submit === undefined) {
      const description = `Expected requestid of a waiting submit, got '${requestid}'.`;
      session.answer(requestId).error({ requestid, error: 'unknownrequest', description });
      return;
    }
    const targets = targetsOf(children).join(',');
    if (targets !== '') submit.targets = targets;
    this.#armTimeout(submit, attributes.timeout);
    session.answer(requestId).done({ requestid });
    this.#routeOne(submit);
  }

  #cancel({ requestId, attributes }: ModuleEffect, session: TestSession): void {
    const submit = this.#waiting(attributes, session);
    const requestid = textOf(attributes.requestid);
    if (submit) {
      submit.state = 'over';
      submit.stopTimer();
    }
    session.answer(requestId).done({ requestid });
  }

  #query({ requestId, attributes }: ModuleEffect, session: TestSession): void {
    const submit = this.#waiting(attributes, session);
    const requestid = textOf(attributes.requestid);
    session.answer(requestId).done({ requestid, state: submit?.state ?? 'unknown' });
  }

  /** The waiting submit of a request id, or of an interaction. */
  #waiting(attributes: ModuleEffect['attributes'], session: TestSession): Submit | undefined {
    const named = [attributes.requestid, attributes.interactionid].map((one) => textOf(one));
    return this.#submits.findLast(
      (one) =>
        one.session === session &&
        one.state !== 'over' &&
        (named.includes(one.requestId) || named.includes(one.chat.id)),
    );
  }

  #routeOne(submit: Submit): void {
    if (submit.state !== 'waiting') return;
    if (!submit.session.isRunning || submit.chat.state === 'ended') {
      submit.state = 'over';
      submit.stopTimer();
      return;
    }
    const found = this.#agents.find(submit.targets, submit.tried);
    if (found === undefined) return;
    if (submit.route) this.#offer(submit, found);
    else {
      const holder = submit.session.id;
      this.#agents.reserve(found.agent, holder);
      this.#time.at(this.#time.now + RETRY_MS, () => this.#agents.release(found.agent, holder));
      this.#select(submit, found);
    }
  }

  #offer(submit: Submit, found: FoundAgent): void {
    submit.state = 'offered';
    submit.chat.offer({
      agent: found.agent,
      ringMs: RING_MS,
      onAccepted: () => this.#select(submit, found),
      onRefused: () => {
        submit.state = 'waiting';
        submit.tried.add(found.agent);
        this.#time.at(this.#time.now + RETRY_MS, () => {
          submit.tried.delete(found.agent);
          this.#routeOne(submit);
        });
        this.#time.post(() => this.#routeOne(submit));
      },
    });
  }

  #select(submit: Submit, { agent, resource }: FoundAgent): void {
    this.#end(submit, undefined, {
      targetselected: `${resource.dn}@${resource.switch}.DN`,
      targetcomponentselected: `${agent}@Stat_Server.A`,
      targetobjectselected: `${resource.id}@Stat_Server.${resource.type}`,
      vqselected: submit.vq,
      resource: { ...resource, vq: submit.vq },
    });
  }

  #end(submit: Submit, fault?: Fields, done: Fields = {}): void {
    submit.state = 'over';
    submit.stopTimer();
    const { session, requestId } = submit;
    if (!session.isRunning) return;
    const interactionid = submit.chat.id;
    const answer = session.answer(requestId);
    if (fault) answer.error({ interactionid, ...fault });
    else answer.done({ interactionid, ...done });
  }
}

/** The targets of <queue:targets>, each with <queue:targetid> or <queue:target>. */
function targetsOf(children: readonly NestedElement[]): readonly string[] {
  return children.flatMap(({ name, attributes, children: inner }) => {
    if (name === 'targets') return targetsOf(inner);
    if (name === 'targetid') return [textOf(attributes.expr ?? attributes.targetid)];
    if (name !== 'target') return [];
    const { type, statserver, skillexpr, name: target } = attributes;
    const server = textOf(statserver) || 'Stat_Server';
    const skills = textOf(skillexpr);
    const letters = LETTERS[textOf(type).toLowerCase()] ?? (textOf(type) || 'GA');
    return [
      skills === '' ? `${textOf(target)}@${server}.${letters}` : `?${textOf(target)}:${skills}@${server}.GA`,
    ];
  });
}

const LETTERS: Readonly<Record<string, string>> = {
  agent: 'A',
  place: 'AP',
  agentgroup: 'GA',
  placegroup: 'GP',
  campaigngroup: 'GC',
  skill: 'GA',
};
