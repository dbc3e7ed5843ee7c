import { expect } from 'chai';
import { DurableStore } from '../../../engine/durable/durableStore.ts';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import type { StorePort } from '../../../engine/durable/storePort.ts';
import { NOTIFICATION_LIMITS } from '../../../strategies/notification/limits.ts';
import {
  type DevicePush,
  MobilePush,
  NO_PUSH,
  type PushConnection,
  type PushResult,
} from '../../../strategies/notification/mobilePush.ts';
import type { NotificationType } from '../../../strategies/notification/notificationRequests.ts';
import { Notifications } from '../../../strategies/notification/notifications.ts';
import { asId } from '../../support/ids.ts';
import { silentLog } from '../../support/silentLog.ts';
import { createSimulatedClock, type SimulatedClock } from '../../support/simulatedClock.ts';
import { createTestIds } from '../../support/testIds.ts';

const BUSY: PushResult = { kind: 'failed', reason: 'busy', retry: true, retryAfterMs: 20_000 };
const DOWN: PushResult = { kind: 'failed', reason: 'down', retry: true };

/** A push service that does what the test says. */
class ScriptedService implements PushConnection {
  readonly sent: (readonly [number, DevicePush])[] = [];
  readonly #clock: SimulatedClock;
  answer: (push: DevicePush) => PushResult | Promise<PushResult> = () => ({ kind: 'delivered' });

  constructor(clock: SimulatedClock) {
    this.#clock = clock;
  }

  async send(push: DevicePush): Promise<PushResult> {
    this.sent.push([this.#clock.now(), push]);
    return this.answer(push);
  }
}

describe('a push to a mobile device, as a task', () => {
  let clock: SimulatedClock;
  let store: StorePort;
  let ids: ReturnType<typeof createTestIds>;
  let fcm: ScriptedService;
  let sales: ScriptedService;
  let isActive: boolean;
  let posted: string[];
  let lost: string[];
  let world: { readonly durable: DurableStore; readonly notifications: Notifications };

  function open(): typeof world {
    const log = { ...silentLog, error: (_fields: object, message: string) => lost.push(message) };
    const durable = new DurableStore({ store, clock, log });
    const notifications = new Notifications({
      durable,
      clock,
      ids,
      log,
      limits: NOTIFICATION_LIMITS,
      postEvent: async (url) => {
        posted.push(url);
        return { kind: 'delivered' };
      },
      sessions: { publish: async () => {}, query: async () => undefined },
      comet: {
        deliver: async () => {},
        queueBatch: () => ({}),
        forgetBatch: () => ({ batch: {}, notices: 0 }),
        isActive: () => isActive,
      },
      push: new MobilePush({
        ...NO_PUSH,
        enabled: ['comet', 'httpcb', 'fcm'],
        providers: ['Sales'],
        connections: [
          { service: 'fcm', isDebug: false, connection: fcm },
          { service: 'fcm', isDebug: false, provider: 'Sales', connection: sales },
        ],
      }),
    });
    durable.start();
    return { durable, notifications };
  }

  beforeEach(() => {
    clock = createSimulatedClock();
    store = new MemoryStore();
    ids = createTestIds();
    fcm = new ScriptedService(clock);
    sales = new ScriptedService(clock);
    isActive = true;
    posted = [];
    lost = [];
    world = open();
  });
  afterEach(() => world.durable.stop());

  const advance = (ms: number) => clock.advance(ms, () => world.durable.idle());
  const subscribe = (deviceId: string, more: object = {}, type: NotificationType = 'fcm') =>
    world.notifications.subscribe({
      subscriberId: deviceId,
      filter: 'a.*',
      notificationDetails: { type, deviceId },
      expire: 86_400 * 3,
      ...more,
    });
  const publish = async (key = 'k') => {
    await world.durable.commit(world.notifications.publishBatch({ tag: 'a.b', message: 'm', key }));
    await world.durable.idle();
  };
  const times = (service: ScriptedService) => {
    const [first] = service.sent;
    return service.sent.map(([at]) => at - first![0]);
  };

  it('waits as long as the service asks, and keeps its id', async () => {
    await subscribe('d1');
    fcm.answer = () => (fcm.sent.length < 3 ? BUSY : { kind: 'delivered' });
    await publish();
    await advance(60_000);
    expect(times(fcm)).to.deep.equal([0, 20_000, 40_000]);
    expect(new Set(fcm.sent.map(([, { id }]) => id)).size).to.equal(1);
  });

  it('is tried again with growing pauses when the service does not say how long it is down', async () => {
    await subscribe('d1');
    fcm.answer = () => (fcm.sent.length < 12 ? DOWN : { kind: 'delivered' });
    await publish();
    await advance(300_000);
    const pauses = times(fcm).map((at, index, all) => at - (all[index - 1] ?? 0));
    expect(pauses).to.have.length(12);
    expect(pauses.slice(1)).to.deep.equal([...pauses.slice(1)].sort((a, b) => a - b));
    expect(lost).to.deep.equal([]);
  });

  it('is given up after an hour, however long the service asks to wait', async () => {
    await subscribe('d1');
    fcm.answer = () => BUSY;
    await publish();
    await advance(2 * 3_600_000);
    expect(times(fcm).at(-1)).to.be.within(3_500_000, 4_300_000);
    expect(lost).to.deep.equal(['A task failed in its last attempt; it is given up.']);
  });

  it('goes on after a restart, and delivers once to those that did not have it', async () => {
    await subscribe('d1');
    await subscribe('d2');
    fcm.answer = ({ deviceId }) => (deviceId === 'd1' ? { kind: 'delivered' } : DOWN);
    await publish();
    await world.durable.stop();
    fcm.answer = () => ({ kind: 'delivered' });
    fcm.sent.length = 0;
    // The memory of the first process is gone; its store stays.
    world = open();
    await advance(60_000);
    expect(fcm.sent.map(([, { deviceId }]) => deviceId)).to.deep.equal(['d2']);
  });

  it('delays no other service and no other type while its service is slow', async () => {
    let release = (): void => {};
    const held = new Promise<void>((done) => {
      release = done;
    });
    fcm.answer = async () => {
      await held;
      return { kind: 'delivered' };
    };
    for (let device = 0; device < 99; device += 1) await subscribe(`slow ${device}`);
    await subscribe('fast', { providerName: 'Sales' });
    await subscribe('http://hook.example/', {}, 'httpcb');
    for (const key of ['k1', 'k2', 'k3', 'k4', 'k5']) {
      await world.durable.commit(world.notifications.publishBatch({ tag: 'a.b', message: 'm', key }));
    }
    while (sales.sent.length < 5 || posted.length < 5) await new Promise((done) => setImmediate(done));
    expect(fcm.sent).to.have.length(64);
    release();
    await world.durable.idle();
    expect(fcm.sent).to.have.length(5 * 99);
  });

  it('ends the subscription of a device that is gone', async () => {
    const { id } = await subscribe('d1');
    fcm.answer = () => ({ kind: 'gone', reason: 'UNREGISTERED' });
    await publish();
    expect(world.notifications.has(id, () => true)).to.equal(false);
    await publish('another');
    expect(fcm.sent).to.have.length(1);
  });

  it('stands in for a CometD client who is not connected', async () => {
    const { id } = await subscribe('d1', { filter: 'chat.away' });
    const send = async (key: string, whenAway = id): Promise<void> => {
      const notificationDetails = { type: 'comet', deviceId: 'anna' } as const;
      const event = { tag: 'a.b', message: key, key, notificationDetails, whenAway };
      await world.durable.commit(world.notifications.publishBatch(event));
      await world.durable.idle();
    };
    await send('while connected');
    isActive = false;
    await send('while away');
    await send('with a subscription that has ended', asId('gone'));
    expect(fcm.sent.map(([, { message }]) => message)).to.deep.equal(['while away']);
  });
});
