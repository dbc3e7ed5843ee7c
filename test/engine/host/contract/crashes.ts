import { expect } from 'chai';
import { asId } from '../../../support/ids.ts';
import { runsOf } from '../../../support/runLength.ts';
import { type ContractBench, createContractBench } from './contractBench.ts';
import type { MakePlace } from './enginePlace.ts';

const KS = ['w1', 'w2', 'w3'];
/** Most commits that the whole scenario may need without a crash. */
const MOST_COMMITS = 60;
/** Commits from one crash to the next that is tried. */
const STEP = runsOf({ sample: 3, all: 1 });

/**
 * C1 to C6 with a crash before every single commit. The scenario is repeated as often as it has commits. Each
 * run ends at another commit, and ends once more soon after the restart.
 */
export function describeCrashes(make: MakePlace): void {
  describe('a crash', () => {
    it('at any commit, and a second crash after the restart, loses and repeats nothing', async function () {
      this.timeout(60_000);
      let survived = false;
      for (let commit = 0; !survived; commit += STEP) {
        expect(commit, 'commits of the scenario').to.be.lessThan(MOST_COMMITS);
        const bench = await createContractBench(make);
        survived = await play(bench, commit);
        await bench.remove();
      }
    });
  });
}

/** True when the scenario ended before the crash was due. */
async function play(bench: ContractBench, commit: number): Promise<boolean> {
  const acked = new Set<string>();
  const first = bench.place.crashAtCommit(commit);
  const survived = await untilDeath(work(bench, acked), first);
  if (survived) bench.place.crash();
  bench.begin();
  await expectAcked(bench, acked);

  const second = bench.place.crashAtCommit(commit % 7);
  if (await untilDeath(work(bench, acked), second)) bench.place.crash();
  bench.begin();
  await expectAcked(bench, acked);

  await work(bench, acked);
  const done = await bench.kept(asId('A'));
  const about = `crash at commit ${commit}`;
  expect(done.work, about).to.have.members(KS);
  expect(done.work, about).to.have.length(KS.length);
  expect([...(done.timers as string[])].sort(), about).to.deep.equal(KS.map((k) => `t-${k}`));
  expect([...(done.result as string[])].sort(), about).to.deep.equal(KS);
  expect((await bench.kept(asId('B'))).note, about).to.deep.equal(done.work);
  for (const k of KS) {
    for (const host of ['module', 'outside']) {
      const tries = bench.requests.filter(({ url }) => url === `http://${host}.test/${k}`);
      const keys = new Set(tries.map(({ headers }) => headers!['idempotency-key']));
      expect(keys.size, `${about}: keys of ${host} ${k}`).to.equal(1);
    }
  }
  return survived;
}

/** A client that repeats unanswered requests with the same ids. Then time passes. */
async function work(bench: ContractBench, acked: Set<string>): Promise<void> {
  const { sessions, durable } = bench.engine;
  await Promise.all([bench.start('A'), bench.start('B')]);
  for (const k of KS) {
    await sessions.publish(asId('A'), { name: 'work', id: k, data: { k, to: 'B' } });
    acked.add(k);
  }
  await durable.idle();
  await bench.advance(60_000);
}

async function expectAcked(bench: ContractBench, acked: ReadonlySet<string>): Promise<void> {
  if (acked.size === 0) return;
  expect((await bench.kept(asId('A'))).work).to.include.members([...acked]);
}

/** False when the crash came first. */
async function untilDeath(done: Promise<void>, death: Promise<void>): Promise<boolean> {
  return Promise.race([done.then(() => true), death.then(() => false)]);
}
