import { expect } from 'chai';
import { DurableStore } from '../../../engine/durable/durableStore.ts';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import { AuditLog, MAX_LISTED_ENTRIES } from '../../../strategies/audit/auditLog.ts';
import { silentLog } from '../../support/silentLog.ts';
import { createSimulatedClock, type SimulatedClock } from '../../support/simulatedClock.ts';

const DAY_MS = 24 * 3_600_000;
const ANNA = { who: 'administrator anna', address: '10.0.0.7' };

describe('The audit log', () => {
  let store: MemoryStore;
  let clock: SimulatedClock;
  let durable: DurableStore;
  let audit: AuditLog;

  beforeEach(() => {
    store = new MemoryStore();
    clock = createSimulatedClock();
    open({ maxEntries: 100 });
  });

  /** As after a restart, with the same store. */
  function open({ maxEntries }: { readonly maxEntries: number }): void {
    durable = new DurableStore({ store, clock, log: silentLog });
    durable.start();
    audit = new AuditLog({ durable, clock, limits: { maxEntries, maxAgeMs: 30 * DAY_MS } });
  }

  const upload = (name: string) =>
    audit.record({ ...ANNA, action: 'template.uploaded', object: `template:${name}` });
  const settle = () => durable.idle();
  const objects = (query?: Parameters<AuditLog['list']>[0]) =>
    audit.list(query).entries.map(({ object }) => object);

  it('lists entries newest first, with their time, also after a restart', async () => {
    const begun = clock.now();
    await upload('a');
    await clock.advance(5, settle);
    await audit.record({ who: 'server', action: 'configuration.changed', details: { sections: ['http'] } });
    open({ maxEntries: 100 });
    await upload('b');
    const { entries, next } = audit.list();
    expect(entries.map(({ id: _, ...entry }) => entry)).to.deep.equal([
      { ...ANNA, at: begun + 5, action: 'template.uploaded', object: 'template:b' },
      { who: 'server', at: begun + 5, action: 'configuration.changed', details: { sections: ['http'] } },
      { ...ANNA, at: begun, action: 'template.uploaded', object: 'template:a' },
    ]);
    expect(next).to.equal(undefined);
  });

  it('has an entry exactly when the commit of its change succeeds', async () => {
    const change = { put: [{ table: 't', key: 'k', value: () => 1 }] };
    const error = await durable.commit({ ...audit.batch({ ...ANNA, action: 'login' }), ...change }).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).to.be.instanceOf(TypeError);
    expect(audit.list()).to.deep.equal({ entries: [] });
    await upload('a');
    expect(objects()).to.deep.equal(['template:a']);
  });

  it('finds entries by time, object, person and action, page by page', async () => {
    const begun = clock.now();
    for (let n = 0; n < 10; n++) {
      await upload(String(n));
      await audit.record({ who: 'administrator bob', action: 'login' });
      await clock.advance(10, settle);
    }
    expect(objects({ since: begun + 80, action: 'template.uploaded' })).to.deep.equal([
      'template:9',
      'template:8',
    ]);
    expect(objects({ until: begun + 10, who: ANNA.who })).to.deep.equal(['template:0']);
    expect(objects({ object: 'template:5' })).to.deep.equal(['template:5']);
    const pages: number[] = [];
    for (let before: string | undefined = '~'; before !== undefined; ) {
      const { entries, next } = audit.list({ before, limit: 6 });
      pages.push(entries.length);
      before = next;
    }
    expect(pages).to.deep.equal([6, 6, 6, 2]);
  });

  it('reads a bounded number of entries for a page, and says where to continue', async () => {
    open({ maxEntries: 20_000 });
    const records = Array.from({ length: 15_000 }, (_, n) =>
      audit.batch({ ...ANNA, action: 'login', object: n === 0 ? 'first' : 'other' }),
    );
    await durable.commit({ put: records.flatMap(({ put = [] }) => put) });
    const page = audit.list({ object: 'first' });
    expect(page.entries).to.deep.equal([]);
    expect(objects({ object: 'first', before: page.next! })).to.deep.equal(['first']);
    expect(audit.list({ limit: 1_000_000 }).entries.length).to.equal(MAX_LISTED_ENTRIES);
  });

  it('keeps as many entries as configured, the newest ones', async () => {
    open({ maxEntries: 3 });
    for (const name of ['a', 'b', 'c', 'd', 'e']) await upload(name);
    expect(objects()).to.deep.equal(['template:e', 'template:d', 'template:c']);
    open({ maxEntries: 1 });
    await upload('f');
    expect(objects()).to.deep.equal(['template:f']);
  });

  it('forgets entries by their age', async () => {
    await upload('old');
    await clock.advance(29 * DAY_MS, settle);
    await upload('new');
    await clock.advance(DAY_MS, settle);
    expect(objects()).to.deep.equal(['template:new']);
    expect([...store.scan('audit', {})].length).to.equal(1);
  });

  it('keeps its order when the clock is set back', async () => {
    await upload('a');
    clock = createSimulatedClock(clock.now() - DAY_MS);
    open({ maxEntries: 100 });
    await upload('b');
    expect(objects()).to.deep.equal(['template:b', 'template:a']);
  });

  it('cannot be flushed by refused logins, of which it stores 60 a minute and counts the others', async () => {
    await upload('a');
    const refused = { who: 'nobody', address: '10.0.0.66', object: 'user:anna' };
    for (let n = 0; n < 500; n++) await audit.recordRefusal(refused);
    await clock.advance(60_000, settle);
    await audit.recordRefusal(refused);
    const { entries } = audit.list();
    expect(entries.length).to.equal(62);
    expect(entries[0]).to.deep.include({ ...refused, action: 'login.refused', details: { more: 440 } });
    expect(entries[1]).to.not.have.property('details');
    expect(entries.at(-1)).to.deep.include({ object: 'template:a' });
  });

  it('cuts long texts', async () => {
    await upload('x'.repeat(10_000));
    const [object] = objects();
    expect(object).to.have.lengthOf(500).and.to.match(/x…$/);
  });
});
