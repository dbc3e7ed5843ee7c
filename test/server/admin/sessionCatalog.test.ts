import { expect } from 'chai';
import type { SessionView } from '../../../engine/host/sessions.ts';
import { SessionCatalog } from '../../../server/admin/sessionCatalog.ts';
import { createSimulatedClock } from '../../support/simulatedClock.ts';

describe('the words by which sessions are found', () => {
  it('are not in the password of a URL', async () => {
    const view = {
      sessionId: 'S1',
      src: 'http://ann:geheim@documents.test/a.scxml',
      status: 'running',
      configuration: ['waiting'],
      startedAt: 0,
    } as unknown as SessionView;
    const catalog = new SessionCatalog({
      sessions: { list: async ({ after } = {}) => (after === undefined ? [view] : []) },
      services: { bySession: () => undefined },
      clock: createSimulatedClock(),
    });
    const found = async (find: string): Promise<number> => (await catalog.search({ find })).entries.length;
    expect(await found('documents.test waiting')).to.equal(1);
    expect(await found('http://ann:g')).to.equal(0);
    expect(await found('geh')).to.equal(0);
  });
});

describe('the sessions that searches look at', () => {
  it('are read once at a time, and again a second after a reading has ended', async () => {
    const clock = createSimulatedClock();
    const settle = () => Promise.resolve();
    let readings = 0;
    const waiting: (() => void)[] = [];
    const catalog = new SessionCatalog({
      sessions: {
        list: () => {
          readings += 1;
          return new Promise((resolve) => waiting.push(() => resolve([])));
        },
      },
      services: { bySession: () => undefined },
      clock,
    });
    const searches = [catalog.search({})];
    await clock.advance(5_000, settle);
    searches.push(catalog.search({}));
    for (const resolve of waiting) resolve();
    await Promise.all(searches);
    searches.push(catalog.search({}));
    expect(readings).to.equal(1);
    await clock.advance(1_000, settle);
    searches.push(catalog.search({}));
    for (const resolve of waiting) resolve();
    await Promise.all(searches);
    expect(readings).to.equal(2);
  });
});
