import { expect } from 'chai';
import { Instruments, Scraper } from '../../../server/metrics/index.ts';

const QUEUES = 150_000;

describe('/metrics with very many queues', () => {
  it('shows those without a label of their own as one, in a time that grows with their number', async () => {
    const queue = (number: number) => ({
      key: `queue ${number}`,
      name: `queue ${number}`,
      waiting: 1,
      oldestMs: number,
      agents: { loggedIn: 0, free: 0 },
    });
    const tasks = { running: 0, loaded: 0, performed: 0, failed: 0, givenUp: 0 };
    const scraper = new Scraper(new Instruments(), {
      version: '1.2.3',
      sessions: { counts: { live: 0, started: 0, steps: 0, ended: {} as never } },
      durable: () => ({ commits: 0, refused: 0, tasks }),
      children: () => ({ alive: 0, deaths: {} }),
      storeBytes: () => ({}),
      cell: () => undefined,
      survey: {
        take: async () => ({
          queues: Array.from({ length: QUEUES }, (_, number) => queue(number)),
          agents: { ready: 0, notReady: 0, afterWork: 0, loggedOut: 0 },
          busyAgents: 0,
        }),
      },
      queues: 2,
    });
    const text = await scraper.scrape();
    const lines = text.split('\n').filter((line) => /queue="/.test(line) && /waiting|oldest/.test(line));
    expect(lines.map((line) => line.replace(/^\w+\{(.*)\}/, '$1'))).to.include.members([
      'queue="queue 0" 1',
      `queue="other" ${QUEUES - 2}`,
      `queue="other" ${(QUEUES - 1) / 1000}`,
    ]);
  });
});
