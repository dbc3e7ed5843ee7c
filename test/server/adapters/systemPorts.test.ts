import { expect } from 'chai';
import { systemClock } from '../../../engine/ports/systemClock.ts';
import { systemIds } from '../../../engine/ports/systemIds.ts';

describe('systemIds', () => {
  it('makes session ids of 32 upper-case alphanumeric characters, all different', () => {
    const ids = new Set(Array.from({ length: 1_000 }, () => systemIds.session()));
    expect(ids.size).to.equal(1_000);
    for (const id of ids) expect(id).to.match(/^[0-9A-Z]{32}$/);
  });

  it('makes UUIDs of version 7 that sort in the order in which they were made', () => {
    const ids = Array.from({ length: 1_000 }, () => systemIds.uuid());
    expect(ids[0]).to.match(/^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[89ab][0-9a-f]{3}-[0-9a-f]{12}$/);
    expect([...ids].sort()).to.deep.equal(ids);
  });

  it('makes hexadecimal of any length, and seeds of 32 bits', () => {
    for (const length of [1, 2, 15, 16]) {
      expect(systemIds.hex(length)).to.match(new RegExp(`^[0-9a-f]{${length}}$`));
    }
    expect(systemIds.seed()).to.be.within(0, 2 ** 32 - 1);
  });
});

describe('systemClock', () => {
  const realSetTimeout = globalThis.setTimeout;
  const realClearTimeout = globalThis.clearTimeout;
  const realNow = Date.now;
  let now: number;
  let timers: Map<number, { readonly run: () => void; readonly ms: number }>;

  beforeEach(() => {
    now = 1_000;
    timers = new Map();
    let id = 0;
    globalThis.setTimeout = ((run: () => void, ms: number) => {
      id++;
      timers.set(id, { run, ms });
      return id;
    }) as unknown as typeof setTimeout;
    globalThis.clearTimeout = ((timer: number) => timers.delete(timer)) as unknown as typeof clearTimeout;
    Date.now = () => now;
  });

  afterEach(() => {
    globalThis.setTimeout = realSetTimeout;
    globalThis.clearTimeout = realClearTimeout;
    Date.now = realNow;
  });

  /** Lets the one pending timer run, `late` ms after its time. */
  function runTimer(late = 0): number {
    const [[id, timer]] = [...timers] as [[number, { run: () => void; ms: number }]];
    timers.delete(id);
    now += timer.ms + late;
    timer.run();
    return timer.ms;
  }

  it('sets alarms beyond the range of setTimeout in parts', () => {
    let fired = 0;
    const days = 60 * 86_400_000;
    systemClock.at(now + days, () => {
      fired++;
    });
    const parts: number[] = [];
    while (fired === 0) parts.push(runTimer());
    expect(parts).to.deep.equal([2 ** 31 - 1, 2 ** 31 - 1, days - 2 * (2 ** 31 - 1)]);
    expect([fired, timers.size]).to.deep.equal([1, 0]);
  });

  it('never fires early: a timer that ran ahead is set again', () => {
    let fired = 0;
    systemClock.at(now + 100, () => {
      fired++;
    });
    runTimer(-1);
    expect(fired).to.equal(0);
    expect(runTimer()).to.equal(1);
    expect(fired).to.equal(1);
  });

  it('fires what is overdue at once, but never inside at()', () => {
    let fired = 0;
    systemClock.at(now - 5, () => {
      fired++;
    });
    expect(fired).to.equal(0);
    expect(runTimer()).to.equal(0);
    expect(fired).to.equal(1);
  });

  it('forgets a cancelled alarm, in whatever part it was', () => {
    const cancel = systemClock.at(now + 2 ** 32, () => expect.fail('cancelled'));
    runTimer();
    cancel();
    expect(timers.size).to.equal(0);
  });
});
