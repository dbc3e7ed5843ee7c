import { expect } from 'chai';
import { DurableStore } from '../../../engine/durable/durableStore.ts';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import type { Services } from '../../../strategies/callback/services.ts';
import type { ServiceInstance } from '../../../strategies/instances/serviceInstance.ts';
import { initialChatDelayOptions } from '../../../strategies/options/callbackProfiles.ts';
import { chatDelayServices } from '../../support/chatDelayServices.ts';
import { ScriptedSessions } from '../../support/scriptedSessions.ts';
import { silentLog } from '../../support/silentLog.ts';
import { createSimulatedClock } from '../../support/simulatedClock.ts';
import { createTestIds } from '../../support/testIds.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;
const STATISTIC = 'ExpectedWaitTime;Queue;8999@SIP_Server;Environment';

describe('a scheduled callback', () => {
  const clock = createSimulatedClock();
  const ids = createTestIds();
  let sessions: ScriptedSessions;
  let store: MemoryStore;
  let durable: DurableStore;
  let services: Services;
  /** Seconds that each queue waits. */
  let waits: Record<string, number>;
  let options: Record<string, string>;
  /** The tags of status notices. */
  let notices: string[];

  function open(): void {
    durable = new DurableStore({ store, clock, log: silentLog });
    services = chatDelayServices({
      durable,
      clock,
      ids,
      sessions,
      options: () => options,
      queueWait: async (queue) => waits[queue] ?? 0,
      publishBatch({ tag }) {
        notices.push(tag);
        return {};
      },
    });
    durable.start();
  }

  beforeEach(() => {
    sessions = new ScriptedSessions();
    store = new MemoryStore();
    waits = {};
    notices = [];
    options = { ...initialChatDelayOptions(), _request_execution_time_buffer: '120' };
    open();
  });

  const advance = (ms: number): Promise<void> => clock.advance(ms, () => durable.idle());
  const present = ({ id }: ServiceInstance): ServiceInstance => services.get(id)!;
  const starts = (): number => sessions.calls.filter(([name]) => name === 'start').length;

  async function book(inMs: number, fields: Record<string, string> = {}): Promise<ServiceInstance> {
    const { instance } = await services.create({
      name: 'chat-delay',
      scope: 'callback',
      fields: { _customer_number: '1', ...fields },
      files: [],
      desiredTime: clock.now() + inMs,
    });
    return instance;
  }

  it('starts _request_execution_time_buffer seconds before its desired time', async () => {
    const callback = await book(HOUR_MS);
    await advance(HOUR_MS - 2 * MINUTE_MS - 1);
    expect([present(callback).state, starts()]).to.deep.equal(['SCHEDULED', 0]);
    await advance(1);
    expect([present(callback).state, starts()]).to.deep.equal(['QUEUED', 1]);
  });

  // The two worked examples of the reference, 002:2646.
  it('is one whose desired time is later than the buffer and the wait of the queue', async () => {
    options._request_queue_time_stat = STATISTIC.replace('Expected', 'Estimated');
    options._request_execution_time_buffer = '300';
    waits = { 8999: 600 };
    expect((await book(HOUR_MS)).state).to.equal('SCHEDULED');
    options = { ...options, _request_execution_time_buffer: '120' };
    waits = { 8999: 300 };
    expect((await book(5 * MINUTE_MS)).state).to.equal('QUEUED');
    expect((await book(7 * MINUTE_MS)).state).to.equal('QUEUED');
    expect((await book(7 * MINUTE_MS + 1)).state).to.equal('SCHEDULED');
  });

  it('takes the statistic from the request, if the service has none', async () => {
    waits = { 8999: 300, 9000: 3600 };
    expect((await book(6 * MINUTE_MS, { _request_queue_time_stat: STATISTIC })).state).to.equal('QUEUED');
    options._request_queue_time_stat = STATISTIC;
    const other = STATISTIC.replace('8999', '9000');
    expect((await book(30 * MINUTE_MS, { _request_queue_time_stat: other })).state).to.equal('SCHEDULED');
  });

  it('starts earlier by the wait of its queue, and later again when the queue gets shorter', async () => {
    options._request_queue_time_stat = STATISTIC;
    waits = { 8999: 1200 };
    const early = await book(HOUR_MS);
    await advance(38 * MINUTE_MS - 1);
    expect(present(early).state).to.equal('SCHEDULED');
    await advance(1);
    expect(present(early).state).to.equal('QUEUED');

    const late = await book(HOUR_MS);
    waits = { 8999: 60 };
    await advance(57 * MINUTE_MS - 1);
    expect(present(late).state).to.equal('SCHEDULED');
    await advance(1);
    expect(present(late).state).to.equal('QUEUED');
  });

  it('reports once that its session has started, however often the session is asked to start', async () => {
    Object.assign(options, { _enable_status_notification: 'notify', _max_ors_submit_attempts: '4' });
    sessions.requestFails = new Error('no reply');
    await book(HOUR_MS);
    await advance(59 * MINUTE_MS);
    expect([starts(), notices.filter((tag) => tag.endsWith('_submitted'))]).to.deep.equal([
      4,
      ['_cbe_on_callback_submitted'],
    ]);
  });

  describe('whose session does not start', () => {
    beforeEach(() => {
      sessions.startFails = new Error('no engine');
    });

    it('is tried _max_ors_submit_attempts times with growing pauses, then ends with SUBMIT_ERROR', async () => {
      options._max_ors_submit_attempts = '4';
      const callback = await book(HOUR_MS);
      await advance(58 * MINUTE_MS);
      const seen: unknown[] = [];
      for (const pause of [5_000, 10_000, 20_000]) {
        await advance(pause - 1);
        const before = starts();
        await advance(1);
        const { state, reason } = present(callback);
        seen.push([before, starts(), state, reason]);
      }
      expect(seen).to.deep.equal([
        [1, 2, 'SCHEDULED', ''],
        [2, 3, 'SCHEDULED', ''],
        [3, 4, 'COMPLETED', 'SUBMIT_ERROR'],
      ]);
      await advance(HOUR_MS);
      expect(starts()).to.equal(4);
    });

    it('counts its attempts across a restart, and is served when a later one succeeds', async () => {
      const callback = await book(HOUR_MS);
      await advance(58 * MINUTE_MS);
      expect(starts()).to.equal(1);
      await durable.stop();
      open();
      await advance(5_000);
      expect([starts(), present(callback).state]).to.deep.equal([2, 'SCHEDULED']);
      sessions.startFails = undefined;
      await advance(10_000);
      expect([starts(), present(callback).state]).to.deep.equal([3, 'QUEUED']);
    });

    it('can be cancelled and rescheduled in between', async () => {
      const [cancelled, moved] = [await book(HOUR_MS), await book(HOUR_MS)];
      await advance(58 * MINUTE_MS);
      await services.cancel('chat-delay', cancelled.id);
      await services.update('chat-delay', moved.id, { desiredTime: clock.now() + HOUR_MS, fields: {} });
      sessions.startFails = undefined;
      await advance(57 * MINUTE_MS);
      expect([starts(), present(cancelled).reason, present(moved).state]).to.deep.equal([
        2,
        'CANCELLED',
        'SCHEDULED',
      ]);
      await advance(MINUTE_MS);
      expect([starts(), present(moved).state]).to.deep.equal([3, 'QUEUED']);
    });
  });
});
