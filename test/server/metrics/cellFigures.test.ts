import { expect } from 'chai';
import { type CellFigures, Instruments, Scraper } from '../../../server/metrics/index.ts';

describe('/metrics of the owner of a cell', () => {
  it('shows its log, and the lag of the standbys that live', async () => {
    let cell: CellFigures | undefined;
    const tasks = { running: 0, loaded: 0, performed: 0, failed: 0, givenUp: 0 };
    const scraper = new Scraper(new Instruments(), {
      version: '1.2.3',
      sessions: { counts: { live: 0, started: 0, steps: 0, ended: {} as never } },
      durable: () => ({ commits: 0, refused: 0, tasks }),
      children: () => ({ alive: 0, deaths: {} }),
      storeBytes: () => ({}),
      cell: () => cell,
      survey: {
        take: async () => ({
          queues: [],
          agents: { ready: 0, notReady: 0, afterWork: 0, loggedOut: 0 },
          busyAgents: 0,
        }),
      },
      queues: 2,
    });
    const shown = async (): Promise<readonly string[]> =>
      (await scraper.scrape())
        .split('\n')
        .filter((line) => line.startsWith('orsay_cell_'))
        .map((line) => line.replace('orsay_cell_', ''));
    const counts = { claims: 3, unknownOutcomes: 2, frames: 500 };
    const b = { node: 'b', seq: 480, lagMs: 1_500 };
    const c = { node: 'c', seq: 500, lagMs: 0 };
    cell = { ...counts, upkeep: { logBytes: 8_192, snapshot: 400, followers: [b, c] } };
    expect(await shown()).to.deep.equal([
      'claims_total 3',
      'unknown_outcomes_total 2',
      'frames_total 500',
      'log_bytes 8192',
      'frames_after_snapshot 100',
      'standby_lag_frames{node="b"} 20',
      'standby_lag_frames{node="c"} 0',
      'standby_lag_seconds{node="b"} 1.5',
      'standby_lag_seconds{node="c"} 0',
    ]);
    cell = { ...counts, upkeep: { logBytes: 8_192, snapshot: undefined, followers: [c] } };
    expect((await shown()).slice(4)).to.deep.equal([
      'frames_after_snapshot 500',
      'standby_lag_frames{node="c"} 0',
      'standby_lag_seconds{node="c"} 0',
    ]);
  });
});
