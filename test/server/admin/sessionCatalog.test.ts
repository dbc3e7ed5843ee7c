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
