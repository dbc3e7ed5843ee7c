import { expect } from 'chai';
import { DurableStore } from '../../../engine/durable/durableStore.ts';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import type { StoreOperation } from '../../../engine/durable/storePort.ts';
import { Bayeux } from '../../../server/bayeux/bayeux.ts';
import { NotificationError } from '../../../strategies/notification/errors.ts';
import { NOTIFICATION_LIMITS, type NotificationLimits } from '../../../strategies/notification/limits.ts';
import { MobilePush, NO_PUSH } from '../../../strategies/notification/mobilePush.ts';
import { Notifications } from '../../../strategies/notification/notifications.ts';
import { plainCookies } from '../../support/openGuard.ts';
import { silentLog } from '../../support/silentLog.ts';
import { createSimulatedClock } from '../../support/simulatedClock.ts';
import { createTestIds } from '../../support/testIds.ts';

/** Notifications to CometD users, over a store that keeps the sizes of its writes. */
function world(limits: Partial<NotificationLimits> = {}) {
  const clock = createSimulatedClock();
  const store = new MemoryStore();
  const writes: number[] = [];
  const write = store.write.bind(store);
  store.write = (operations: readonly StoreOperation[]) => {
    writes.push(JSON.stringify(operations).length);
    return write(operations);
  };
  const durable = new DurableStore({ store, clock, log: silentLog });
  const base = { durable, clock, ids: createTestIds(), log: silentLog };
  const bayeux = new Bayeux({ ...base, cookies: plainCookies });
  const posted: string[] = [];
  const lines: string[] = [];
  const notifications = new Notifications({
    ...base,
    log: { ...silentLog, error: (_fields, message) => lines.push(message) },
    limits: { ...NOTIFICATION_LIMITS, ...limits },
    postEvent: async (url, { event }) => {
      posted.push(`${url} ${String(event.message).length}`);
      return { kind: 'delivered' };
    },
    sessions: { publish: async () => {}, query: async () => undefined },
    push: new MobilePush(NO_PUSH),
    comet: bayeux.comet,
  });
  durable.start();
  const subscribe = (user: string, filter = 'news') =>
    notifications.subscribe({
      subscriberId: `subscriber of ${user}`,
      filter,
      notificationDetails: { type: 'comet', deviceId: user },
    });
  return { clock, durable, lines, notifications, bayeux, writes, posted, subscribe };
}

async function refusalOf(promise: Promise<unknown>): Promise<unknown> {
  try {
    await promise;
  } catch (error) {
    expect(error).to.be.instanceOf(NotificationError);
    return { code: (error as NotificationError).code, message: (error as Error).message };
  }
  throw new Error('expected a NotificationError, nothing was thrown');
}

const LONG = 'x'.repeat(60_000);

describe('an event with many destinations', () => {
  for (const way of ['at once', 'as a task'] as const) {
    it(`is stored once and in small commits, published ${way}`, async () => {
      const { clock, durable, notifications, writes, subscribe } = world();
      for (let user = 0; user < 300; user += 1) await subscribe(`user ${user}`);
      writes.length = 0;
      const event = { tag: 'news', message: LONG, key: 'k' };
      if (way === 'at once') await notifications.publish(event);
      else await durable.commit(notifications.publishBatch(event));
      await clock.advance(1000, () => durable.idle());

      expect([...durable.scan('bayeux.notice')]).to.have.length(300);
      expect([...durable.scan('notification.message')]).to.have.length(1);
      // The message is written once as a record, and once more with the task.
      expect(writes.reduce((sum, size) => sum + size, 0)).to.be.below(1_000_000);
      expect(Math.max(...writes)).to.be.below(200_000);
      await durable.stop();
    });
  }

  it('keeps its message until the last delivery, and no longer', async () => {
    const { clock, durable, notifications, subscribe } = world();
    for (const user of ['anna', 'berta']) await subscribe(user);
    await notifications.subscribe({
      subscriberId: 'hook',
      filter: 'news',
      notificationDetails: { type: 'httpcb', deviceId: 'http://hook.example/' },
    });
    await durable.commit(notifications.publishBatch({ tag: 'news', message: LONG, key: 'k' }));
    await clock.advance(1000, () => durable.idle());
    const uses = () => [...durable.scan('notification.messageUse')].length;
    expect(uses()).to.equal(2);
    await clock.advance(3 * 86_400_000, () => durable.idle());
    const left = ['bayeux.notice', 'notification.message', 'notification.messageUse'].flatMap((table) => [
      ...durable.scan(table),
    ]);
    expect(left).to.deep.equal([]);
    await durable.stop();
  });

  it('is posted with its whole message', async () => {
    const { clock, durable, notifications, posted, subscribe } = world();
    await subscribe('anna');
    await notifications.subscribe({
      subscriberId: 'hook',
      filter: 'news',
      notificationDetails: { type: 'httpcb', deviceId: 'http://hook.example/' },
    });
    await durable.commit(notifications.publishBatch({ tag: 'news', message: LONG, key: 'k' }));
    await clock.advance(1000, () => durable.idle());
    await notifications.publish({ tag: 'news', message: LONG });
    expect(posted).to.deep.equal(['http://hook.example/ 60000', 'http://hook.example/ 60000']);
    await durable.stop();
  });

  it('reaches users of comet before hooks, which may take seconds', async () => {
    const { durable, notifications, posted, subscribe } = world();
    for (let hook = 0; hook < 300; hook += 1) {
      await notifications.subscribe({
        subscriberId: `hook ${hook}`,
        filter: 'news',
        notificationDetails: { type: 'httpcb', deviceId: `http://hook.example/${hook}` },
      });
    }
    await subscribe('anna');
    const queuedAt: number[] = [];
    const commit = durable.commit.bind(durable);
    durable.commit = (batch) => {
      if (batch.put?.some(({ table }) => table === 'bayeux.notice')) queuedAt.push(posted.length);
      return commit(batch);
    };
    await notifications.publish({ tag: 'news', message: 'short' });
    expect([queuedAt, posted.length]).to.deep.equal([[0], 300]);
    await durable.stop();
  });

  it('is dropped with a log line when it is a task with too many destinations', async () => {
    const { clock, durable, lines, notifications, posted, subscribe } = world({ deliveriesOfPublish: 1 });
    for (const user of ['anna', 'berta']) await subscribe(user);
    await durable.commit(notifications.publishBatch({ tag: 'news', message: LONG, key: 'k' }));
    await clock.advance(600_000, () => durable.idle());
    expect(lines).to.deep.equal(['A notification was dropped.']);
    expect([posted, [...durable.scan('bayeux.notice')]]).to.deep.equal([[], []]);
    await durable.stop();
  });

  it('leaves nothing in the store when nobody waits for it any more', async () => {
    const { clock, durable, notifications } = world();
    for (const subscriberId of ['one', 'two', 'three']) {
      await notifications.subscribe({
        subscriberId,
        filter: 'news',
        notificationDetails: { type: 'httpcb', deviceId: `http://hook.example/${subscriberId}` },
      });
    }
    await notifications.publish({ tag: 'news', message: LONG });
    await durable.commit(notifications.publishBatch({ tag: 'news', message: LONG, key: 'k' }));
    await clock.advance(1000, () => durable.idle());
    expect([...durable.scan('notification.message')]).to.deep.equal([]);
    expect([...durable.scan('notification.messageUse')]).to.deep.equal([]);
    await durable.stop();
  });
});

describe('the limits of notifications', () => {
  it('refuse one subscription too many of a filter, of a device and in all, and free the place of another', async () => {
    const limits = { subscriptions: 4, subscriptionsOfUser: 2, subscriptionsOfFilter: 2 };
    const { clock, durable, notifications, subscribe } = world(limits);
    const { id } = await subscribe('anna');
    await subscribe('berta');
    expect(await refusalOf(subscribe('carla'))).to.deep.equal({
      code: 'QUOTA_EXCEEDED',
      message: "There are 2 subscriptions to 'news'; limits.notifications.subscriptionsOfFilter is 2.",
    });
    await subscribe('anna', 'a');
    expect(await refusalOf(subscribe('anna', 'b'))).to.deep.equal({
      code: 'QUOTA_EXCEEDED',
      message:
        "There are 2 subscriptions of subscriber 'subscriber of anna'; limits.notifications.subscriptionsOfUser is 2.",
    });
    const sameDevice = notifications.subscribe({
      subscriberId: 'another',
      filter: 'b',
      notificationDetails: { type: 'comet', deviceId: 'anna' },
    });
    expect(await refusalOf(sameDevice)).to.deep.equal({
      code: 'QUOTA_EXCEEDED',
      message:
        "There are 2 subscriptions of comet device 'anna'; limits.notifications.subscriptionsOfUser is 2.",
    });
    await subscribe('carla', 'c');
    expect(await refusalOf(subscribe('dora', 'd'))).to.deep.equal({
      code: 'QUOTA_EXCEEDED',
      message: 'There are 4 subscriptions in all; limits.notifications.subscriptions is 4.',
    });
    await notifications.unsubscribe(id);
    await subscribe('carla');
    await clock.advance(2 * 86_400_000, () => durable.idle());
    for (const user of ['dora', 'emma']) await subscribe(user);
    await durable.stop();
  });

  it('refuse a message one byte too long, and one destination too many', async () => {
    const { durable, notifications, subscribe } = world({ deliveriesOfPublish: 2, messageBytes: 10 });
    for (const user of ['anna', 'berta']) await subscribe(user);
    await notifications.publish({ tag: 'news', message: '0123456789' });
    expect(await refusalOf(notifications.publish({ tag: 'news', message: '012345678é' }))).to.deep.equal({
      code: 'QUOTA_EXCEEDED',
      message: "The message of 'news' has 11 bytes; limits.notifications.messageBytes is 10.",
    });
    await subscribe('carla');
    expect(await refusalOf(notifications.publish({ tag: 'news' }))).to.deep.equal({
      code: 'QUOTA_EXCEEDED',
      message: "'news' has more destinations than limits.notifications.deliveriesOfPublish (2).",
    });
    await notifications.publish({ tag: 'other' });
    await durable.stop();
  });
});
