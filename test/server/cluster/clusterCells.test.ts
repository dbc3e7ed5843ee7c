import { expect } from 'chai';
import { type CellPlace, ClusterCells } from '../../../server/cluster/clusterCells.ts';
import { silentLog } from '../../support/silentLog.ts';
import { createSimulatedClock } from '../../support/simulatedClock.ts';

const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

describe('the places of cells', () => {
  it('are read at most once a second, also for cells that do not exist', async () => {
    const clock = createSimulatedClock();
    let reads = 0;
    const read = async (): Promise<readonly CellPlace[]> => {
      reads++;
      return [{ cell: 'main', owner: 'a', address: 'http://a', epoch: reads }];
    };
    const cells = new ClusterCells({ read, clock, log: silentLog });
    for (let at = 0; at < 100; at++) await cells.place(`unknown${at}`);
    expect([reads, (await cells.place('main'))?.epoch]).to.deep.equal([1, 1]);
    await clock.advance(1_000, settled);
    await Promise.all([cells.place('main'), cells.place('other'), cells.place('main')]);
    expect(reads).to.equal(2);
  });

  it('stay as they were while the database is silent', async () => {
    const clock = createSimulatedClock();
    let isSilent = false;
    const read = (): Promise<readonly CellPlace[]> =>
      isSilent
        ? new Promise(() => {})
        : Promise.resolve([{ cell: 'main', owner: 'a', address: 'http://a', epoch: 1 }]);
    const cells = new ClusterCells({ read, clock, log: silentLog });
    await cells.place('main');
    isSilent = true;
    await clock.advance(5_000, settled);
    const place = cells.place('main');
    await clock.advance(200, settled);
    expect((await place)?.owner).to.equal('a');
  });
});
