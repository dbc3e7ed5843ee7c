import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Customer, CustomerState, Settings } from '../../../console/customer/index.ts';
import { CustomerCentre } from '../../support/customerCentre.ts';
import { createTokenMode } from '../../support/customerModes.ts';
import { sampleOf } from '../../support/runLength.ts';

const FORM = {
  _customer_number: '4082652649',
  firstName: 'James',
  lastName: 'Bond',
  subject: 'billing',
  usr_reason: '<b>bill</b>',
};

/** The parties and their texts, without the times. */
function said({ chat }: CustomerState): readonly string[] {
  return (chat?.lines ?? []).map(({ kind, party, text }) =>
    kind === 'message' ? `${party}: ${text}` : `${party} ${kind}`,
  );
}

describe('the client of a customer', () => {
  let centre: CustomerCentre;

  beforeEach(async () => {
    centre = new CustomerCentre();
    await centre.start();
  });

  afterEach(() => centre.close());

  /** From the form to the agent's first answer. */
  async function begin(
    settings: Partial<Settings>,
  ): Promise<{ readonly page: Customer; readonly ixn: string }> {
    const agent = centre.agent();
    await agent.put('ready', { nickname: 'Kristi' });
    const page = centre.page(settings);
    page.begin(FORM);
    if (settings.service?.kind !== 'chat') {
      await centre.until(page, ({ wait }) => wait?.dialog?.kind === 'menu');
      await page.choose('connect');
    }
    await centre.until(page, ({ phase }) => phase === 'chat');
    const ixn = await centre.accept(agent);
    await agent.post(ixn, 'message', { text: 'Hello' });
    await centre.until(page, (state) => said(state).includes('agent: Hello'));
    return { page, ixn };
  }

  function say(page: Customer, text: string): void {
    page.type(text);
    page.say();
  }

  const WAYS: readonly { readonly name: string; readonly settings: Partial<Settings> }[] = (
    ['callback', 'chat'] as const
  ).flatMap((kind) =>
    (['websocket', 'long-polling', 'polling'] as const).map((transport) => ({
      name: `${kind === 'callback' ? 'Chat V1' : 'Chat V2'} over ${transport}`,
      settings: {
        transport,
        service: { kind, name: kind === 'callback' ? 'chat-delay' : 'customer-support' },
      },
    })),
  );

  for (const { name, settings } of sampleOf(WAYS, 4)) {
    it(`loses and doubles no line over a reload and a restart: ${name}`, async () => {
      const { page, ixn } = await begin(settings);
      say(page, 'one');
      await centre.until(page, (state) => said(state).includes('customer: one'));
      page.type('half a sent');
      page.close();
      await centre.agent().post(ixn, 'message', { text: 'while away' });

      const second = centre.page(settings);
      expect(second.state.draft).to.equal('half a sent');
      say(second, 'two');
      await centre.until(second, (state) => said(state).includes('customer: two'));

      await centre.stop();
      say(second, 'three');
      say(second, 'four');
      await centre.until(second, ({ isReached }) => !isReached);
      expect(second.state.chat?.unsaid.map(({ text }) => text)).to.deep.equal(['three', 'four']);
      await centre.start();
      await centre.until(second, (state) => said(state).includes('customer: four'));
      await centre.agent().post(ixn, 'message', { text: 'Bye' });
      await centre.until(second, (state) => said(state).includes('agent: Bye'));
      await second.leave();

      expect(said(second.state)).to.deep.equal([
        'agent joined',
        'agent: Hello',
        'customer: one',
        'agent: while away',
        'customer: two',
        'customer: three',
        'customer: four',
        'agent: Bye',
      ]);
      expect(second.state.chat).to.deep.include({ unsaid: [], isEnded: true });
    });
  }

  it('chats by long-polling where no WebSocket gets through', async () => {
    const present = globalThis.WebSocket;
    Object.assign(globalThis, {
      WebSocket: class extends present {
        constructor() {
          // Nothing listens there.
          super('ws://127.0.0.1:1');
        }
      },
    });
    try {
      const { page, ixn } = await begin({ transport: 'websocket' });
      await centre.agent().post(ixn, 'pushUrl', { url: 'https://shop.example/<b>' });
      const { chat } = await centre.until(page, (state) => said(state).includes('agent url'));
      expect(chat?.lines.at(-1)?.text).to.equal('https://shop.example/<b>');
      const used = new Set(centre.journal.filter(({ wire }) => wire === 'CometD').map(({ where }) => where));
      expect(used).to.include('long-polling');
      expect(
        centre.journal.some(({ where, direction }) => where === 'websocket' && direction === 'received'),
      ).to.equal(false);
    } finally {
      Object.assign(globalThis, { WebSocket: present });
    }
  });

  it('shows who types, and tells the agent that the customer does', async () => {
    const { page, ixn } = await begin({});
    await centre.agent().post(ixn, 'startTyping');
    await centre.until(page, ({ typing }) => typing.join() === 'Kristi');
    await centre.agent().post(ixn, 'message', { text: 'So' });
    await centre.until(page, ({ typing }) => typing.length === 0);
    page.type('I th');
    await centre.whenever(async () => {
      const reply = await fetch(`${centre.base}/agent/1/interactions/${ixn}`);
      const { transcript } = (await reply.json()) as { transcript: readonly { readonly type: string }[] };
      const types = transcript.map(({ type }) => type).filter((type) => type.startsWith('Notice.Typing'));
      return types.at(-1) === 'Notice.TypingStopped' ? types : undefined;
    });
  });

  it('sends files within the limits, and gets those of the agent', async () => {
    const { page } = await begin({ service: { kind: 'chat', name: 'customer-support' } });
    expect(await page.files.limits()).to.deep.include({
      files: 3,
      fileSize: 2_097_152,
      totalSize: 5_242_880,
    });
    await page.upload(new File(['hello'], 'a <b>.txt', { type: 'text/plain' }));
    const { chat } = await centre.until(page, (state) => said(state).includes('customer file'));
    expect(await (await page.files.download(chat!.lines.at(-1)!.file!.id)).text()).to.equal('hello');
    await page.upload(new File(['MZ'], 'a.exe'));
    expect(page.state.refusal).to.be.a('string').and.not.equal('');
    expect((await page.files.limits()).files).to.equal(2);
  });

  it('keeps a message that the server refuses, with the reason', async () => {
    const { page } = await begin({});
    say(page, 'x'.repeat(9_000));
    const { chat } = await centre.until(page, (state) => state.chat?.unsaid[0]?.refusal !== undefined);
    expect(chat?.unsaid[0]?.refusal).to.match(/8192/);
    page.takeBack(chat!.unsaid[0]!.id);
    expect(page.state.draft).to.have.length(9_000);
    expect(page.state.chat?.unsaid).to.deep.equal([]);
    say(page, '<script>alert(1)</script>');
    await centre.until(page, (state) => said(state).includes('customer: <script>alert(1)</script>'));
  });

  it('tells that the agent has ended the chat', async () => {
    const { page, ixn } = await begin({});
    await centre.agent().post(ixn, 'leave');
    const { chat } = await centre.until(page, (state) => state.chat?.isEnded === true);
    await centre.until(page, (state) => said(state).at(-1) === 'agent left');
    expect(chat?.unsaid).to.deep.equal([]);
  });

  it('names itself with a token, and keeps it out of the journal', async () => {
    await centre.close();
    const folder = mkdtempSync(join(tmpdir(), 'orsay-token-'));
    try {
      const { security, headersOf } = await createTokenMode(folder, Date.now());
      centre = new CustomerCentre({ change: (config) => Object.assign(config, { security }) });
      await centre.start();
      const token = (headersOf('jbond').authorization ?? '').replace('Bearer ', '');
      const { page } = await begin({
        service: { kind: 'chat', name: 'customer-support' },
        identity: { kind: 'token', token: () => token },
        transport: 'websocket',
      });
      say(page, 'one');
      await centre.until(page, (state) => said(state).includes('customer: one'));
      const log = JSON.stringify(centre.journal);
      expect(log).to.include('Bearer ***').and.not.include(token);
      // A browser cannot send a token with a WebSocket.
      expect(centre.journal.some(({ where }) => where === 'websocket')).to.equal(false);
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});
