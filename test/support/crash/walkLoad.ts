import { expect } from 'chai';
import { call, eventually, type Load, NoAnswer, untilGone } from './load.ts';

const CLIENTS = 2;
const MESSAGES = 3;
const CALLBACKS = '/genesys/1/service/callback/chat-delay';

/** The steps of a customer through chat-delay, and the last step that got an answer. */
interface Walk {
  readonly number: string;
  stage:
    | 'creating'
    | 'connecting'
    | 'opening'
    | 'waiting'
    | 'chatting'
    | 'leaving'
    | 'ending'
    | 'over'
    | 'given up';
  id?: string;
  chatId?: string;
  readonly messages: { readonly text: string; acked: boolean }[];
}

export interface WalkFigures {
  completed: number;
  givenUp: number;
  resumed: number;
}

/**
 * Customers and agents that go through scxml/callback/src/chat-delay.scxml while the server is killed. Each
 * repeats the step that got no answer, until the chat has ended.
 */
export function createWalkLoad(): Load & { readonly figures: WalkFigures } {
  const walks: Walk[] = [];
  const current: (Walk | undefined)[] = Array.from({ length: CLIENTS }, () => undefined);
  const figures: WalkFigures = { completed: 0, givenUp: 0, resumed: 0 };
  let counter = 0;

  async function recordsOf(base: string, walk: Walk): Promise<readonly Record<string, unknown>[]> {
    const { status, body } = await call(`${base}${CALLBACKS}?_customer_number=${walk.number}`, {
      method: 'GET',
    });
    expect(status).to.equal(200);
    return body as Record<string, unknown>[];
  }

  async function request(base: string, walk: Walk, name: string, form: Record<string, string> = {}) {
    const key = `${walk.number}-${name}-${form.message ?? ''}`;
    return call(`${base}/genesys/1/service/${walk.id}/${name}`, { form, key });
  }

  async function create(base: string, walk: Walk): Promise<void> {
    const { status, body } = await call(`${base}${CALLBACKS}`, { form: { _customer_number: walk.number } });
    expect(status, JSON.stringify(body)).to.equal(200);
    walk.id = String((body as { _id: unknown })._id);
    walk.stage = 'connecting';
  }

  async function connect(base: string, walk: Walk): Promise<void> {
    const { status, body } = await request(base, walk, 'connect');
    expect(status, JSON.stringify(body)).to.equal(200);
    expect(body).to.include({ _action: 'StartChat' });
    walk.stage = 'opening';
  }

  async function open(base: string, walk: Walk): Promise<void> {
    const { status, body } = await request(base, walk, 'ixn/chat', {
      firstName: 'James',
      subject: walk.number,
    });
    expect(status, JSON.stringify(body)).to.equal(200);
    walk.chatId = String((body as { chatSessionId: unknown }).chatSessionId);
    walk.stage = 'waiting';
  }

  async function transcriptOf(base: string, walk: Walk): Promise<readonly string[][]> {
    const { status, body } = await call(`${base}/genesys/1/service/${walk.id}/ixn/chat/refresh`, {
      form: { transcriptPosition: '1' },
    });
    expect(status, JSON.stringify(body)).to.equal(200);
    return (body as { transcriptToShow?: string[][] }).transcriptToShow ?? [];
  }

  async function acceptOffers(base: string): Promise<void> {
    for (const agent of agents()) {
      const { body } = await call(`${base}/agent/1/agents/${agent}/interactions`, { method: 'GET' });
      for (const { interactionId, state } of body as { interactionId: string; state: string }[]) {
        if (state !== 'offered') continue;
        await call(`${base}/agent/1/interactions/${interactionId}/accept`, { json: { agentId: agent } });
      }
    }
  }

  async function waitForAgent(base: string, walk: Walk): Promise<void> {
    await eventually(
      () => `an agent for ${walk.number}`,
      async () => {
        await acceptOffers(base);
        const transcript = await transcriptOf(base, walk);
        return transcript.some(([kind]) => kind === 'Notice.Joined') ? true : undefined;
      },
    );
    walk.stage = 'chatting';
  }

  async function say(base: string, walk: Walk): Promise<void> {
    const message = { text: `${walk.number} says ${walk.messages.length}`, acked: false };
    walk.messages.push(message);
    const { status, body } = await request(base, walk, 'ixn/chat/send', { message: message.text });
    expect(status, JSON.stringify(body)).to.equal(200);
    message.acked = true;
    if (walk.messages.length >= MESSAGES) walk.stage = 'leaving';
  }

  async function leave(base: string, walk: Walk): Promise<void> {
    const { status, body } = await request(base, walk, 'ixn/chat/disconnect');
    expect(status, JSON.stringify(body)).to.be.oneOf([200, 400]);
    walk.stage = 'ending';
  }

  async function end(base: string, walk: Walk): Promise<void> {
    const record = await eventually(
      () => `the end of ${walk.number}`,
      async () => (await recordsOf(base, walk)).find((found) => found._callback_state === 'COMPLETED'),
    );
    expect(record).to.include({ _id: walk.id, _callback_reason: 'AGENT_CONNECTED' });
    walk.stage = 'over';
    figures.completed++;
  }

  async function step(base: string, walk: Walk): Promise<void> {
    switch (walk.stage) {
      case 'creating':
        return create(base, walk);
      case 'connecting':
        return connect(base, walk);
      case 'opening':
        return open(base, walk);
      case 'waiting':
        return waitForAgent(base, walk);
      case 'chatting':
        return say(base, walk);
      case 'leaving':
        return leave(base, walk);
      default:
        return end(base, walk);
    }
  }

  async function workOnce(base: string, client: number): Promise<void> {
    let walk = current[client];
    if (walk === undefined || walk.stage === 'over' || walk.stage === 'given up') {
      walk = { number: `4082${String(counter++).padStart(6, '0')}`, stage: 'creating', messages: [] };
      current[client] = walk;
      walks.push(walk);
    }
    await step(base, walk);
  }

  async function makeAgentsReady(base: string): Promise<void> {
    for (const agent of agents()) {
      const json = { state: 'ready', groups: ['Billing'], media: ['chat'], nickname: agent };
      const { status } = await call(`${base}/agent/1/agents/${agent}`, { method: 'PUT', json });
      expect(status).to.equal(200);
    }
  }

  /**
   * A creation without an answer has made at most one callback. Its customer asks again with another number.
   */
  async function checkCreation(base: string, walk: Walk): Promise<void> {
    expect((await recordsOf(base, walk)).length, `callbacks of ${walk.number}`).to.be.at.most(1);
    walk.stage = 'given up';
    figures.givenUp++;
  }

  async function check(base: string): Promise<void> {
    for (const walk of current) {
      if (walk === undefined || walk.stage === 'over' || walk.stage === 'given up') continue;
      if (walk.stage === 'creating') {
        await checkCreation(base, walk);
        continue;
      }
      figures.resumed++;
      const records = await recordsOf(base, walk);
      expect(
        records.map(({ _id }) => _id),
        `callbacks of ${walk.number}`,
      ).to.deep.equal([walk.id]);
      if (walk.chatId !== undefined && walk.messages.length > 0) {
        checkMessages(walk, await transcriptOf(base, walk));
      }
    }
  }

  function checkMessages(walk: Walk, transcript: readonly string[][]): void {
    for (const { text, acked } of walk.messages) {
      const times = transcript.filter(([kind, , said]) => kind === 'Message.Text' && said === text).length;
      expect(times, `'${text}' in the transcript`).to.be.oneOf(acked ? [1] : [0, 1]);
    }
  }

  return {
    figures,
    check,
    async work(base) {
      await untilGone(async () => {
        await makeAgentsReady(base);
        await Promise.all(current.map((_, client) => untilGone(() => workOnce(base, client))));
        throw new NoAnswer('gone');
      });
    },
    async finish(base) {
      await makeAgentsReady(base);
      for (const walk of walks) {
        if (walk.stage === 'creating') await checkCreation(base, walk);
        while (walk.stage !== 'over' && walk.stage !== 'given up') await step(base, walk);
        const [record] = await recordsOf(base, walk);
        if (walk.stage === 'over') expect(record, walk.number).to.include({ _callback_state: 'COMPLETED' });
      }
    },
  };
}

function agents(): readonly string[] {
  return Array.from({ length: CLIENTS }, (_, index) => `agent${index}`);
}
