import { join, resolve } from 'node:path';
import { expect } from 'chai';
import type { Json } from '../../../engine/ports/json.ts';
import type { Config } from '../../../server/process/config.ts';
import type { InteractionId } from '../../../strategies/ids/index.ts';
import { asId } from '../../support/ids.ts';
import { createTestServer, type TestServer } from '../../support/testServer.ts';

const WORKFLOWS = resolve(import.meta.dirname, '../../../fixtures/workflows');
const SCRIPTS = ['openingHours', 'routingTable', 'entryPoints', 'shares'];

const LISTS = {
  Opening_Hours: {
    Monday: { open: '08:00', close: '18:00' },
    Friday: { open: '08:00', close: '12:30' },
  },
  Texts: { closed: 'We are here again on Monday at 8.' },
  Routing_Table: {
    Default: { target: 'Billing@Stat_Server.GA', queue: 'VQ_All', priority: 1 },
    gold: {
      target: 'Gold@Stat_Server.GA',
      queue: 'VQ_Gold',
      priority: 50,
      overflow: 'Billing@Stat_Server.GA',
      overflowAfter: 20,
    },
  },
  Entry_Points: { '/invoices': { queue: 'routingTable' } },
  Partners: { shares: { North: 70, South: 30 }, excluded: { agents: 'nils' } },
};
const OPTIONS = { Contact_Centre: { zone: 'Europe/Berlin', default_queue: 'openingHours' } };
/** Monday, 12:00 in Berlin. */
const MONDAY_NOON = Date.UTC(2026, 5, 1, 10);

/** Each workflow is the application of an interaction queue with its name. */
function configure(config: Config): Config {
  const url = (name: string) => `/genesys/1/document/service_template/routing/src/${name}.scxml`;
  const of = <T>(make: (name: string) => T) => Object.fromEntries(SCRIPTS.map((name) => [name, make(name)]));
  return {
    ...config,
    engine: { ...config.engine, sandbox: 'none' },
    lists: LISTS,
    options: OPTIONS,
    specialDays: { Holidays: ['2026-06-08', '12-25'] },
    queues: { ...config.queues, ...of((name) => ({ application: `script:${name}` })) },
    scripts: {
      ...config.scripts,
      ...of((name) => ({ Application: { url: url(name) }, ApplicationParms: {} })),
    },
  };
}

describe('workflows that read opening hours, routing tables and shares from lists', () => {
  let server: TestServer;
  let services = 0;

  const open = (startMs = MONDAY_NOON): void => {
    server = createTestServer({ config: configure, documents: WORKFLOWS, startMs });
  };

  afterEach(() => server.orsay.close());

  /** A chat that enters the queue of a workflow. */
  async function chat(queue: string, userData: Readonly<Record<string, Json>> = {}): Promise<InteractionId> {
    services += 1;
    const { id } = await server.orsay.chats.create({
      serviceId: asId(`369-${services}`),
      nickname: 'Bob',
      subject: 'help',
      userData,
      clientTimeoutMs: 0,
      queue,
    });
    await server.orsay.durable.idle();
    return id;
  }

  async function agent(id: string, group: string): Promise<void> {
    await server.orsay.interactions.setAgent(asId(id), { state: 'ready', groups: [group] });
    await server.orsay.durable.idle();
  }

  const found = (id: InteractionId) => {
    const { state, agentId, endReason } = server.orsay.interactions.get(id)!;
    return [state, agentId ?? endReason];
  };

  const DAY = 86_400_000;
  const HOUR = 3_600_000;
  for (const [when, ms, isOpen] of [
    ['on Monday at 12:00', 0, true],
    ['on Monday at 7:59', -4 * HOUR - 60_000, false],
    ['on Monday at 8:00', -4 * HOUR, true],
    ['on Monday at 18:00', 6 * HOUR, false],
    ['on Friday at 12:29', 4 * DAY + HOUR / 2 - 60_000, true],
    ['on Friday at 12:30', 4 * DAY + HOUR / 2, false],
    ['on Saturday, which has no item', 5 * DAY, false],
    ['on a Monday that is a holiday', 7 * DAY, false],
    ['at the next Monday', 14 * DAY, true],
    ['on Christmas Day, a Friday, of any year', Date.UTC(2026, 11, 25, 10) - MONDAY_NOON, false],
  ] as const) {
    it(`${isOpen ? 'route' : 'close'} ${when}`, async () => {
      open(MONDAY_NOON + ms);
      await agent('kate', 'Billing');
      const id = await chat('openingHours');
      expect(found(id)).to.deep.equal(isOpen ? ['offered', 'kate'] : ['ended', 'document']);
      const transcript = JSON.stringify(server.orsay.chats.transcript(id));
      expect(transcript.includes(LISTS.Texts.closed)).to.equal(!isOpen);
    });
  }

  it('choose the row of the segment, and its overflow after a time', async () => {
    open();
    await agent('kate', 'Billing');
    const gold = await chat('routingTable', { segment: 'gold' });
    expect(found(gold)).to.deep.equal(['queued', undefined]);
    expect(await server.orsay.routing.viewQueue(asId('max'), { vq: 'VQ_Gold' })).to.include({ calls: 1 });
    await server.advance(19_999);
    expect(found(gold)).to.deep.equal(['queued', undefined]);
    await server.advance(1);
    expect(found(gold)).to.deep.equal(['offered', 'kate']);
    await agent('gina', 'Gold');
    expect(found(await chat('routingTable', { segment: 'gold' }))).to.deep.equal(['offered', 'gina']);
    await agent('bill', 'Billing');
    expect(found(await chat('routingTable', { segment: 'unknown' }))).to.deep.equal(['offered', 'bill']);
  });

  it('move a chat to the queue of its page, or to that of an option', async () => {
    open();
    const invoices = await chat('entryPoints', { page: '/invoices', segment: 'gold' });
    const other = await chat('entryPoints', { page: '/home' });
    expect([invoices, other].map((id) => server.orsay.interactions.get(id)?.queue)).to.deep.equal([
      'routingTable',
      'openingHours',
    ]);
    await agent('gina', 'Gold');
    await agent('kate', 'Billing');
    expect([found(invoices), found(other)]).to.deep.equal([
      ['offered', 'gina'],
      ['offered', 'kate'],
    ]);
  });

  it('distribute chats by the shares, and ask no agent who is excluded', async () => {
    open();
    for (const [id, group] of [
      ['nora', 'North'],
      ['sven', 'South'],
      ['nils', 'North'],
    ] as const) {
      await server.orsay.interactions.setAgent(asId(id), { state: 'ready', groups: [group], capacity: 100 });
    }
    const counts: Record<string, number> = {};
    for (let i = 0; i < 40; i += 1) {
      const name = String(found(await chat('shares'))[1]);
      counts[name] = (counts[name] ?? 0) + 1;
    }
    expect(Object.keys(counts).sort()).to.deep.equal(['nora', 'sven']);
    expect(counts.nora).to.be.within(20, 36);
  });

  it('are documents without a warning', async () => {
    const { loadDocument } = await import('../../../engine/index.ts');
    open();
    for (const name of SCRIPTS) {
      const { warnings } = await loadDocument(join(WORKFLOWS, 'routing/src', `${name}.scxml`));
      expect(warnings, name).to.deep.equal([]);
    }
  });
});
