import { readFileSync } from 'node:fs';
import { createContext, runInContext } from 'node:vm';
import { expect } from 'chai';

const INCLUDE = new URL('../../scxml/callback/src/include/', import.meta.url);

interface Threshold {
  readThresholds(text: unknown): readonly { eta: number; position: number }[];
  judgeThreshold(queue: Record<string, unknown>, options: unknown): { passed: boolean; reason: string };
  mayAnnounce(queue: unknown, options: unknown): boolean;
  pollingPause(queue: unknown, options: unknown, told: unknown): number;
  positionOfInterest(options: unknown): number | string;
  readQueue(content: unknown): Record<string, unknown> | undefined;
  readOptions(raw: Record<string, unknown>): Record<string, unknown>;
}

/** The functions of the document, in a context of their own. */
function load(): Threshold {
  const context = createContext({});
  for (const name of ['values.js', 'options.js', 'threshold.js']) {
    runInContext(readFileSync(new URL(name, INCLUDE), 'utf8'), context);
  }
  return context as unknown as Threshold;
}

/** The data of a session that no server tells of its position. */
const POLLING = { tellPosition: 0, limits: { farPolling: 900 } };

/** Plain values: values of another realm have other prototypes. */
const plain = (value: unknown): unknown => JSON.parse(JSON.stringify(value));

describe('chat-delay: the agent-ready threshold', () => {
  const {
    readThresholds,
    judgeThreshold,
    mayAnnounce,
    pollingPause,
    positionOfInterest,
    readQueue,
    readOptions,
  } = load();
  const options = readOptions({});
  const judge = (pos: number, ewt?: number): unknown =>
    plain(judgeThreshold(readQueue(JSON.stringify({ pos, calls: pos, wt: 0, ewt })) ?? {}, options));

  const cases: readonly (readonly [pos: number, ewt: number | undefined, passed: boolean, reason: string])[] =
    [
      [9, 0, true, 'eta  <= 9 and position <=9 '],
      [9, 9, true, 'eta  <= 9 and position <=9 '],
      [10, 9, false, 'eta  <= 9 and position >9 '],
      [4, 10, true, 'eta  <= 19 and position <=4 '],
      [5, 19, false, 'eta  <= 19 and position >4 '],
      [1, 29, true, 'eta  <= 29 and position <=1 '],
      [2, 29, false, 'eta  <= 29 and position >1 '],
      [1, 39, true, 'position <=1 '],
      [2, 39, false, 'eta  <= 39 and position >1 '],
      [1, 4000, true, 'position <=1 '],
      [2, 40, false, 'eta  >= 40 and position >1 '],
      [70, undefined, true, 'eta n/a'],
      [70, -1, true, 'eta n/a'],
    ];
  for (const [pos, ewt, passed, reason] of cases) {
    it(`${passed ? 'is passed' : 'is not passed'} at position ${pos} with the estimate ${ewt}`, () => {
      expect(judge(pos, ewt)).to.deep.equal({ passed, reason });
    });
  }

  it('is not used with ursdial', () => {
    const queue = { position: 50, eta: 900, total: 50, waited: 0 };
    const verdict = judgeThreshold(queue, readOptions({ _urs_ewt_estimation_method: 'ursdial' }));

    expect(plain(verdict)).to.deep.equal({ passed: true, reason: 'threshold not used with ursdial' });
  });

  it('announces an agent only when URS does not say that nobody is logged in, or the option is set', () => {
    const reply = (agent_logged_in?: boolean) =>
      readQueue(JSON.stringify({ pos: 1, wt: 0, agent_logged_in }));
    const careless = readOptions({ _announce_without_agent: 'true' });

    expect([true, undefined, false].map((value) => mayAnnounce(reply(value), options))).to.deep.equal([
      true,
      true,
      false,
    ]);
    expect(mayAnnounce(reply(false), careless)).to.equal(true);
  });

  it('waits for _min_queue_wait', () => {
    const patient = readOptions({ _min_queue_wait: '60' });
    const queue = { position: 1, eta: 5, total: 1, waited: 59 };

    expect(plain(judgeThreshold(queue, patient))).to.deep.equal({
      passed: false,
      reason: 'waited 59 of 60 ',
    });
    expect(judgeThreshold({ ...queue, waited: 60 }, patient).passed).to.equal(true);
  });

  it('sorts a table, and uses the default table for an invalid text', () => {
    expect(plain(readThresholds('30:1, 0:6'))).to.deep.equal([
      { eta: 0, position: 6 },
      { eta: 30, position: 1 },
    ]);
    const standard = plain(readThresholds('0:10,10:5,20:2,30:1,40:0'));
    for (const text of ['', undefined, 'soon', '0:10,x']) {
      expect(plain(readThresholds(text))).to.deep.equal(standard);
    }
  });

  it('ignores an invalid lvq reply', () => {
    for (const content of ['', 'no json', '[]', 'null', '{}', '{"pos":"first"}']) {
      expect(readQueue(content), content).to.equal(undefined);
    }
  });

  it('polls after half the estimate, within the bounds', () => {
    const pause = (eta: number | null): number =>
      pollingPause({ position: 9, eta, total: 9, waited: 0 }, options, POLLING);

    expect([1, 20, 900, null].map(pause)).to.deep.equal([2, 10, 30, 30]);
    expect(pollingPause(null, options, POLLING)).to.equal(30);
  });

  it('polls seldom before the position of which the server tells', () => {
    expect(positionOfInterest(readOptions({}))).to.equal(9);
    expect(positionOfInterest(readOptions({ _eta_pos_threshold: '0:0' }))).to.equal(1);
    for (const [name, value] of [
      ['_wait_without_polling', 'false'],
      ['_wait_for_agent', 'false'],
      ['_urs_ewt_estimation_method', 'ursdial'],
    ] as const) {
      expect(positionOfInterest(readOptions({ [name]: value })), name).to.equal('');
    }
    const pause = (position: number, eta: number | null): number =>
      pollingPause({ position, eta, total: 99, waited: 0 }, options, { ...POLLING, tellPosition: 9 });
    expect([pause(10, 40), pause(9, 40), pause(10, null)]).to.deep.equal([900, 20, 30]);
    expect(pollingPause(null, options, { ...POLLING, tellPosition: 9 })).to.equal(30);
  });

  it('uses the defaults of options that are no numbers', () => {
    const read = readOptions({
      _ttl: 'long',
      _urs_queued_ttl: '-5',
      _snooze_duration: ' 60 ',
      _wait_for_agent: 'TRUE',
    });

    expect(read).to.include({ ttl: 86400, queuedTtl: 14400, snooze: 60, waitForAgent: true });
    expect(readOptions({ _min_urs_ewt_pos_polling_interval: '0' })).to.include({ minPolling: 1 });
  });
});
