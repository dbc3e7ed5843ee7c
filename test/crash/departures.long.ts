import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { initialConfig } from '../../server/process/config.ts';
import { call, eventually } from '../support/crash/load.ts';
import { type ServerProcess, startOrsayProcess } from '../support/crash/orsayProcess.ts';

const NOT_READY_MS = 3_000;
const LOGOUT_MS = 9_000;
const HANDLING_MS = 12_000;
/** Time that a busy machine may need for a request, or for a task that is due. */
const SLACK_MS = 15_000;

/** The states through which the agent goes, and what happens to their chat. */
const STEPS = ['ready active', 'notReady active', 'loggedOut active', 'loggedOut queued'] as const;
type Step = (typeof STEPS)[number];

describe('an agent whose desktop is gone, when the server is killed meanwhile', () => {
  let folder: string;
  let server: ServerProcess;
  let base: string;
  /** ms of Date.now() */
  let startedAt: number;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'orsay-departures-'));
    const config = initialConfig();
    config.agents = {
      ...config.agents,
      notReadyAfterSeconds: NOT_READY_MS / 1000,
      logoutAfterSeconds: LOGOUT_MS / 1000,
      handlingTimeoutSeconds: HANDLING_MS / 1000,
    };
    config.chat.clientTimeout = 0;
    Object.assign(config.scripts.GMSInbound!.ApplicationParms, { app_find_agent_timeout: '600' });
    writeFileSync(join(folder, 'config.json'), JSON.stringify(config));
    await start();
  });

  afterEach(async () => {
    await server.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  async function start(): Promise<void> {
    server = startOrsayProcess(folder, { ORSAY_LOG_LEVEL: 'silent' });
    base = await server.ready;
    startedAt = Date.now();
  }

  async function restart(): Promise<void> {
    await server.kill();
    await start();
  }

  async function get<T>(path: string): Promise<T> {
    const { status, body } = await call(`${base}${path}`, { method: 'GET' });
    expect(status, path).to.equal(200);
    return body as T;
  }

  async function post(path: string, form: Record<string, string> = {}): Promise<Record<string, unknown>> {
    const { status, body } = await call(`${base}${path}`, { form });
    expect(status, `${path} ${JSON.stringify(body)}`).to.equal(200);
    return body as Record<string, unknown>;
  }

  async function put(agentId: string, state: string): Promise<void> {
    const json = { state, groups: ['Billing'], media: ['chat'] };
    await call(`${base}/agent/1/agents/${agentId}`, { method: 'PUT', json });
  }

  /** The service and the id of a new chat. */
  async function openChat(): Promise<{ readonly service: string; readonly chatId: string }> {
    const { _id: id } = await post('/genesys/1/service/request-chat');
    const service = `/genesys/1/service/${id}`;
    const { chatSessionId } = await post(`${service}/ixn/chat`, { firstName: 'James', subject: 'None' });
    return { service, chatId: String(chatSessionId) };
  }

  async function offeredTo(agentId: string): Promise<string | undefined> {
    const path = `/agent/1/agents/${agentId}/interactions`;
    const found = await get<readonly { interactionId: string; state: string }[]>(path);
    return found.find(({ state }) => state === 'offered')?.interactionId;
  }

  async function stepOf(chatId: string): Promise<Step> {
    const { state } = await get<{ state: string }>('/agent/1/agents/kate');
    const chat = await get<{ state: string }>(`/agent/1/interactions/${chatId}`);
    return `${state} ${chat.state}` as Step;
  }

  /** Resolves when the chat waits for an agent. */
  async function waits(chatId: string): Promise<void> {
    await eventually(
      () => `a call of ${chatId}`,
      async () => {
        const { body } = await call(`${base}/urs/call/@${chatId}/query`, { method: 'GET' });
        return (body as { state?: string }).state === 'routable' ? true : undefined;
      },
    );
  }

  /** Resolves with the time at which the step, or a later one, is seen: a busy server may join two. */
  async function reached(chatId: string, step: Step): Promise<number> {
    let last: Step | undefined;
    return eventually(
      () => `${step}, and not ${last}`,
      async () => {
        last = await stepOf(chatId);
        return STEPS.indexOf(last) >= STEPS.indexOf(step) ? Date.now() : undefined;
      },
    );
  }

  for (const killed of STEPS) {
    it(`goes on as planned after a kill while it is '${killed}', and their chat returns once, to the head`, async function () {
      this.timeout(180_000);
      await put('kate', 'ready');
      const desktop = new AbortController();
      await fetch(`${base}/agent/1/agents/kate/events`, { signal: desktop.signal });
      const first = await openChat();
      const offer = await eventually(
        () => 'an offer to kate',
        () => offeredTo('kate'),
      );
      await post(`/agent/1/interactions/${offer}/accept`);
      const second = await openChat();
      const goneAt = Date.now();
      desktop.abort();

      await reached(first.chatId, killed);
      await restart();
      // Before the first step nobody knows when the desktop was lost: its times begin with the server.
      const since = killed === 'ready active' ? startedAt - SLACK_MS : goneAt;
      for (const [step, afterMs] of [
        ['notReady active', NOT_READY_MS],
        ['loggedOut active', LOGOUT_MS],
        ['loggedOut queued', HANDLING_MS],
      ] as const) {
        if (STEPS.indexOf(step) <= STEPS.indexOf(killed)) continue;
        const seenAt = await reached(first.chatId, step);
        const latest = Math.max(since + afterMs, startedAt + afterMs) + SLACK_MS;
        expect(seenAt, `${step} too early`).to.be.at.least(goneAt + afterMs);
        expect(seenAt, `${step} too late`).to.be.at.most(latest);
      }

      for (const { chatId } of [first, second]) await waits(chatId);
      await put('liz', 'ready');
      const order: (string | undefined)[] = [];
      for (let chats = 0; chats < 2; chats += 1) {
        const id = await eventually(
          () => 'an offer to liz',
          () => offeredTo('liz'),
        );
        order.push(id);
        await post(`/agent/1/interactions/${id}/accept`, { agentId: 'liz' });
        await post(`/agent/1/interactions/${id}/leave`, { agentId: 'liz' });
      }
      expect(order).to.deep.equal([first.chatId, second.chatId]);
      const path = `${first.service}/ixn/chat/refresh`;
      const { transcriptToShow } = await post(path, { transcriptPosition: '1' });
      const notices = (transcriptToShow as string[][]).map(([type, name]) => `${type} ${name}`);
      expect(notices.filter((notice) => /kate|liz/.test(notice))).to.deep.equal([
        'Notice.Joined kate',
        'Notice.Left kate',
        'Notice.Joined liz',
        'Notice.Left liz',
      ]);
    });
  }
});
