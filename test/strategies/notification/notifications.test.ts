import { expect } from 'chai';
import type { Durable } from '../../../engine/durable/durable.ts';
import { joinBatches } from '../../../engine/durable/durable.ts';
import { DurableStore } from '../../../engine/durable/durableStore.ts';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import { HostError } from '../../../engine/host/hostError.ts';
import type { PublishedEvent, SessionView } from '../../../engine/host/sessions.ts';
import { HttpFault, type HttpRequest } from '../../../engine/ports/httpClient.ts';
import { createPostEvent } from '../../../server/push/postEvent.ts';
import type { Notice } from '../../../strategies/notification/cometChannel.ts';
import { NotificationError } from '../../../strategies/notification/errors.ts';
import { NOTIFICATION_LIMITS } from '../../../strategies/notification/limits.ts';
import { MobilePush, NO_PUSH } from '../../../strategies/notification/mobilePush.ts';
import type {
  NotificationDetails,
  SubscriptionRequest,
} from '../../../strategies/notification/notificationRequests.ts';
import { Notifications } from '../../../strategies/notification/notifications.ts';
import { StoredMessages } from '../../../strategies/notification/storedMessages.ts';
import { type BrittleStore, createBrittleStore } from '../../support/brittleStore.ts';
import { silentLog } from '../../support/silentLog.ts';
import { createSimulatedClock, type SimulatedClock } from '../../support/simulatedClock.ts';
import { createTestIds } from '../../support/testIds.ts';

const SESSION = '0'.repeat(30).concat('S9');
const HOOK = 'http://hook.example/events';

describe('strategies/notification', () => {
  let clock: SimulatedClock;
  let store: BrittleStore;
  let durable: Durable;
  let notifications: Notifications;
  let pushed: (readonly [string, Notice])[];
  let posted: HttpRequest[];
  let published: (readonly [string, PublishedEvent])[];
  /** The next answers of the hook; the last is repeated. */
  let hookAnswers: (number | HttpFault)[];

  beforeEach(() => {
    clock = createSimulatedClock();
    store = createBrittleStore(new MemoryStore());
    durable = new DurableStore({ store, clock, log: silentLog });
    pushed = [];
    posted = [];
    published = [];
    hookAnswers = [200];
    notifications = new Notifications({
      limits: NOTIFICATION_LIMITS,
      durable,
      clock,
      ids: createTestIds(),
      log: silentLog,
      postEvent: createPostEvent(async (request) => {
        posted.push(request);
        const answer = hookAnswers.length > 1 ? hookAnswers.shift()! : hookAnswers[0]!;
        if (typeof answer !== 'number') throw answer;
        return { status: answer, headers: {}, body: '' };
      }),
      sessions: {
        async publish(sessionId, event) {
          if (sessionId !== SESSION) throw new HostError('SESSION_NOT_FOUND', sessionId);
          published.push([sessionId, event]);
        },
        async query(sessionId) {
          return sessionId === SESSION ? ({ status: 'running' } as SessionView) : undefined;
        },
      },
      push: new MobilePush(NO_PUSH),
      comet: {
        async deliver(gmsUser, notice, receipt = {}) {
          await durable.commit(receipt);
          pushed.push([gmsUser, new StoredMessages(durable).notice(notice)!]);
        },
        queueBatch(gmsUser, notice) {
          pushed.push([gmsUser, new StoredMessages(durable).notice(notice)!]);
          return {};
        },
        forgetBatch: () => ({ batch: {}, notices: 0 }),
        isActive: () => true,
      },
    });
    durable.start();
  });
  afterEach(() => durable.stop());

  const comet = (deviceId: string): NotificationDetails => ({ type: 'comet', deviceId });

  function subscribe(filter: string, details: NotificationDetails, more: Partial<SubscriptionRequest> = {}) {
    return notifications.subscribe({ subscriberId: 'me', filter, notificationDetails: details, ...more });
  }

  async function failure(promise: Promise<unknown>): Promise<NotificationError> {
    try {
      await promise;
    } catch (error) {
      if (error instanceof NotificationError) return error;
      throw error;
    }
    throw new Error('expected a NotificationError, nothing was thrown');
  }

  it('delivers an event to every matching subscription and the device that it names, with one id', async () => {
    await subscribe('*', comet('all'));
    await subscribe('ors.*', comet('ors'));
    await subscribe('ors.agent.*', comet('agent'));
    await subscribe('other.*', comet('other'));
    await subscribe('ors.agent.free', { type: 'httpcb', deviceId: HOOK }, { authorization: 'ZGVtbzo=' });
    await subscribe('ors.agent.free', { type: 'orscb', deviceId: `http://ors/scxml/session/${SESSION}` });
    const message = '{"_id":"7", "_action":"get-dialog"}';
    await notifications.publish({ tag: 'ors.agent.free', message, notificationDetails: comet('named') });

    const { id } = pushed[0]![1];
    expect(id).to.match(/^[0-9a-f]{32}$/);
    const notice = { id, message: { _id: '7', _action: 'get-dialog' }, tag: 'ors.agent.free' };
    expect(new Map(pushed)).to.deep.equal(
      new Map(['all', 'ors', 'agent', 'named'].map((user) => [user, notice])),
    );
    expect(pushed).to.have.length(4);
    expect(posted).to.deep.equal([
      {
        method: 'POST',
        url: HOOK,
        headers: {
          'content-type': 'text/plain;charset=UTF-8',
          'idempotency-key': id,
          'notification-tag': 'ors.agent.free',
          authorization: 'Basic ZGVtbzo=',
        },
        body: message,
        timeoutMs: 10_000,
      },
    ]);
    expect(published).to.deep.equal([[SESSION, { name: 'ors.agent.free', data: { message }, id }]]);
  });

  it('skips the destinations that have it, when an event is published again with its key after a failure', async () => {
    await subscribe('a', comet('anna'));
    await subscribe('a', { type: 'httpcb', deviceId: HOOK });
    await subscribe('a', { type: 'orscb', deviceId: SESSION });
    hookAnswers = [500, 200];
    const event = { tag: 'a', message: 'x', key: 'k1' };
    expect(await failure(notifications.publish(event))).to.include({ code: 'DELIVERY_FAILED' });
    await notifications.publish(event);
    await notifications.publish(event);
    const { id } = pushed[0]![1];
    expect(pushed).to.deep.equal([['anna', { id, message: 'x', tag: 'a' }]]);
    expect(published.map(([, one]) => one.id)).to.deep.equal([id]);
    // The second attempt has the same id, so the hook can recognise it.
    expect(posted.map(({ headers }) => headers?.['idempotency-key'])).to.deep.equal([id, id]);
    await notifications.publish({ ...event, key: 'k2' });
    expect(pushed).to.have.length(2);
  });

  it('delivers once to a destination that several subscriptions name', async () => {
    await subscribe('*', comet('anna'));
    await subscribe('a.*', comet('anna'));
    await notifications.publish({ tag: 'a.b', notificationDetails: comet('anna') });
    expect(pushed.map(([user]) => user)).to.deep.equal(['anna']);
  });

  it('delivers text that is no JSON object or array unchanged, and an absent message as empty text', async () => {
    for (const message of ['hello', '17', '{"broken', '"text"', undefined]) {
      await notifications.publish({
        tag: 'a',
        ...(message === undefined ? {} : { message }),
        notificationDetails: comet('anna'),
      });
    }
    await notifications.publish({ tag: 'a', message: '[1]', notificationDetails: comet('anna') });
    expect(pushed.map(([, notice]) => notice.message)).to.deep.equal([
      'hello',
      '17',
      '{"broken',
      '"text"',
      '',
      [1],
    ]);
  });

  it('ends a subscription when it expires, and by request', async () => {
    await subscribe('a', comet('short'), { expire: 30 });
    await subscribe('a', comet('day'));
    const { id } = await subscribe('a', comet('removed'));
    await subscribe('a', comet('other subscriber'), { subscriberId: 'other' });
    expect(await notifications.unsubscribe(id)).to.equal(true);
    expect(await notifications.unsubscribe(id)).to.equal(false);
    await clock.advance(30_000, () => durable.idle());
    await notifications.publish({ tag: 'a' });
    expect(pushed.map(([user]) => user)).to.have.members(['day', 'other subscriber']);

    expect(await notifications.unsubscribeSubscriber('me')).to.equal(true);
    expect(await notifications.unsubscribeSubscriber('me')).to.equal(false);
    pushed.length = 0;
    await notifications.publish({ tag: 'a' });
    expect(pushed.map(([user]) => user)).to.deep.equal(['other subscriber']);
    await clock.advance(86_400_000, () => durable.idle());
    pushed.length = 0;
    await notifications.publish({ tag: 'a' });
    expect(pushed).to.deep.equal([]);
  });

  it('reports a removed subscription only when that is durable', async () => {
    const { id } = await subscribe('news', comet('anna'));
    for (const remove of [
      () => notifications.unsubscribe(id),
      () => notifications.unsubscribeSubscriber('me'),
    ]) {
      store.failNext();
      const outcomes = await Promise.allSettled([remove(), remove()]);
      expect(outcomes.map(({ status }) => status)).to.deep.equal(['rejected', 'rejected']);
    }
    expect(await notifications.unsubscribe(id)).to.equal(true);
  });

  it('names the failed deliveries after all were tried', async () => {
    await subscribe('a', { type: 'httpcb', deviceId: HOOK });
    await subscribe('a', comet('anna'));
    for (const answer of [500, 204, new HttpFault('unreachable', 'no answer')]) {
      hookAnswers = [answer];
      const error = await failure(notifications.publish({ tag: 'a' }));
      expect(error).to.include({ code: 'DELIVERY_FAILED' });
      expect(error.message).to.include(`to 1 of 2 destinations: httpcb '${HOOK}': `);
    }
    expect(pushed).to.have.length(3);
  });

  it('fails for a session that is gone', async () => {
    for (const details of [
      { type: 'orscb', deviceId: '1'.repeat(32) },
      { type: 'orscb', deviceId: 'nonsense' },
    ] as NotificationDetails[])
      expect(await failure(notifications.publish({ tag: 'a', notificationDetails: details }))).to.include({
        code: 'DELIVERY_FAILED',
      });
  });

  it('refuses a device of a push service that is not enabled, however many others get the event', async () => {
    const notificationDetails = { type: 'gcm', deviceId: 'token' } as const;
    for (const others of [0, 1]) {
      const error = await failure(notifications.publish({ tag: 'a', notificationDetails }));
      expect(error).to.include({
        code: 'TYPE_NOT_ENABLED',
        message: "Push of type 'gcm' is not enabled; comet, httpcb, orscb are.",
      });
      expect(pushed).to.have.length(others);
      await subscribe('a', comet('anna'));
    }
  });

  it('refuses subscriptions that are not valid or not enabled, naming what it expected', async () => {
    const cases: readonly (readonly [Promise<unknown>, string])[] = [
      [subscribe('a*', comet('x')), 'SUBSCRIPTION_INVALID'],
      [subscribe('a', comet('')), 'SUBSCRIPTION_INVALID'],
      [subscribe('a', comet('x'.repeat(257))), 'SUBSCRIPTION_INVALID'],
      [subscribe('a', comet('x'), { subscriberId: '' }), 'SUBSCRIPTION_INVALID'],
      [subscribe('a', comet('x'), { expire: 0 }), 'SUBSCRIPTION_INVALID'],
      [subscribe('a', comet('x'), { expire: Number.POSITIVE_INFINITY }), 'SUBSCRIPTION_INVALID'],
      [subscribe('a', { type: 'httpcb', deviceId: 'file:///etc/passwd' }), 'SUBSCRIPTION_INVALID'],
      [
        subscribe('a', { type: 'httpcb', deviceId: HOOK }, { authorization: 'a\r\nb: c' }),
        'SUBSCRIPTION_INVALID',
      ],
      [subscribe('a', { type: 'orscb', deviceId: 'http://ors/' }), 'SUBSCRIPTION_INVALID'],
      [subscribe('a', { type: 'ios', deviceId: 'token' }), 'TYPE_NOT_ENABLED'],
      [subscribe('a', { type: 'fcm', deviceId: 'token' }), 'TYPE_NOT_ENABLED'],
      [notifications.publish({ tag: 'a.*' }), 'EVENT_INVALID'],
      [notifications.publish({ tag: '' }), 'EVENT_INVALID'],
    ];
    for (const [promise, code] of cases) {
      const error = await failure(promise);
      expect(error.code).to.equal(code);
      expect(error.message).to.match(/^Expected|is not enabled/);
    }
  });

  it('limits the subscriptions of one subscriber', async () => {
    for (let count = 0; count < 100; count += 1) await subscribe(`a.b${count}`, comet(`x${count}`));
    expect(await failure(subscribe('a', comet('y')))).to.deep.include({
      code: 'QUOTA_EXCEEDED',
      message:
        "There are 100 subscriptions of subscriber 'me'; limits.notifications.subscriptionsOfUser is 100.",
    });
    await subscribe('a', comet('y'), { subscriberId: 'other' });
    await notifications.unsubscribeSubscriber('me');
    await subscribe('a', comet('z'));
  });

  describe('as a task', () => {
    it('delivers in the order of the commits, again after a failure, and to the others only once', async () => {
      await subscribe('a.*', comet('anna'));
      await subscribe('a.*', { type: 'httpcb', deviceId: HOOK });
      hookAnswers = [503, 200];
      const lane = 'chat 1';
      await durable.commit(notifications.publishBatch({ key: '1', lane, tag: 'a.one', message: 'one' }));
      await durable.commit(notifications.publishBatch({ key: '2', lane, tag: 'a.two', message: 'two' }));
      await clock.advance(60_000, () => durable.idle());
      expect(pushed.map(([, { message }]) => message)).to.deep.equal(['one', 'two']);
      expect(posted.map(({ body }) => body)).to.deep.equal(['one', 'one', 'two']);
      const [first, second] = posted.map(({ headers }) => headers?.['idempotency-key']);
      expect(first).to.equal(second);
    });

    it('comes after an event of its lane that the same commit makes a task', async () => {
      await subscribe('a.b', { type: 'httpcb', deviceId: HOOK });
      const publish = (number: number, tag: string) => {
        const event = { tag, message: String(number), notificationDetails: comet('anna') };
        return notifications.publishBatch({ key: `chat 1 ${number}`, lane: 'chat 1', ...event });
      };
      await durable.commit(joinBatches(publish(1, 'a.b'), publish(2, 'a.c')));
      await durable.commit(publish(3, 'a.c'));
      await clock.advance(60_000, () => durable.idle());
      await durable.commit(publish(4, 'a.c'));
      expect(durable.taskKeys('notification')).to.deep.equal([]);
      expect(pushed.map(([, { message }]) => message)).to.deep.equal(['1', '2', '3', '4']);
    });

    it('needs no task for the CometD clients of one user, but after an earlier task of its lane', async () => {
      const lane = 'chat 1';
      const notificationDetails = comet('anna');
      const publish = (number: number): Promise<void> => {
        const task = { key: `chat 1 ${number}`, lane, tag: 'a.b', message: String(number) };
        return durable.commit(notifications.publishBatch({ ...task, notificationDetails }));
      };
      await publish(1);
      expect(durable.taskKeys('notification')).to.deep.equal([]);
      hookAnswers = [503, 200];
      const { id } = await subscribe('a.b', { type: 'httpcb', deviceId: HOOK });
      await publish(2);
      await notifications.unsubscribe(id);
      await publish(3);
      expect(durable.taskKeys('notification')).to.have.lengthOf(2);
      await clock.advance(60_000, () => durable.idle());
      await publish(4);
      expect(durable.taskKeys('notification')).to.deep.equal([]);
      expect(pushed.map(([, { message }]) => message)).to.deep.equal(['1', '2', '3', '4']);
    });

    it('gives up an event that no later attempt can deliver', async () => {
      const notificationDetails = { type: 'ios', deviceId: 'token' } as const;
      await durable.commit(notifications.publishBatch({ key: '1', tag: 'a', notificationDetails }));
      await clock.advance(600_000, () => durable.idle());
      expect([pushed, posted]).to.deep.equal([[], []]);
    });

    it('refuses an event that is not valid before anything is committed', () => {
      expect(() => notifications.publishBatch({ key: '1', tag: 'a b' })).to.throw(NotificationError);
    });
  });
});
