import { expect } from 'chai';
import { type Durable, joinBatches } from '../../../engine/durable/durable.ts';
import { DurableStore } from '../../../engine/durable/durableStore.ts';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import { StoreError } from '../../../engine/durable/storeError.ts';
import type { StorePort } from '../../../engine/durable/storePort.ts';
import { HostError } from '../../../engine/host/hostError.ts';
import type { Services } from '../../../strategies/callback/services.ts';
import type { ServiceError } from '../../../strategies/instances/errors.ts';
import { initialChatDelayOptions } from '../../../strategies/options/callbackProfiles.ts';
import { createBrittleStore } from '../../support/brittleStore.ts';
import { chatDelayServices } from '../../support/chatDelayServices.ts';
import { ScriptedSessions } from '../../support/scriptedSessions.ts';
import { silentLog } from '../../support/silentLog.ts';
import { createSimulatedClock, type SimulatedClock } from '../../support/simulatedClock.ts';
import { createTestIds } from '../../support/testIds.ts';

const CREATE = {
  name: 'chat-delay',
  scope: 'callback',
  fields: { _customer_number: '1', usr_x: 'y' },
  files: [],
} as const;

describe('services', () => {
  let clock: SimulatedClock;
  let sessions: ScriptedSessions;

  beforeEach(() => {
    clock = createSimulatedClock();
    sessions = new ScriptedSessions();
  });

  function open(store: StorePort): { services: Services; durable: Durable } {
    const durable = new DurableStore({ store, clock, log: silentLog });
    const services = chatDelayServices({
      durable,
      clock,
      ids: createTestIds(),
      sessions,
      options: initialChatDelayOptions,
    });
    durable.start();
    return { services, durable };
  }

  const find = (services: Services) =>
    services.find({ properties: { _customer_number: '1' }, operand: 'AND' })[0];

  describe('whose session does not exist any more', () => {
    it('are cancelled only when the loss of the session is accepted', async () => {
      const { services } = open(new MemoryStore());
      const { instance } = await services.create(CREATE);
      await clock.advance(120_000, async () => {});
      sessions.running.clear();
      const refused = await services.cancel('chat-delay', instance.id).catch((error: unknown) => error);
      expect(refused).to.include({ code: 'CALLBACK_OPERATION_INVALID' });
      expect(services.get(instance.id)?.state).to.equal('QUEUED');
      await services.cancel('chat-delay', instance.id, { withoutSession: true });
      expect(services.get(instance.id)).to.include({ state: 'COMPLETED', reason: 'CANCELLED' });
    });
  });

  describe('asked about a session that is lost', () => {
    it('answer as ORS does for a session that it does not know', async () => {
      const { services } = open(new MemoryStore());
      const { instance } = await services.create(CREATE);
      sessions.requestFails = new HostError('SESSION_NOT_FOUND', String(instance.sessionId));
      const ask = () =>
        services
          .request(instance.id, { name: 'check-queue-position', data: {} })
          .catch((error: unknown) => error);
      const refused = (await ask()) as ServiceError;
      expect(refused).to.include({ code: 'ORS_REQUEST_FAILED' });
      expect(refused.message).to.contain('404 Not Found');
      await services.cancel('chat-delay', instance.id, { withoutSession: true });
      expect(await ask()).to.include({ code: 'SERVICE_NOT_FOUND' });
    });
  });

  describe('requested again with the same idempotency key', () => {
    const KEYED = { ...CREATE, key: 'client:k1' };

    it('are the same instance with the same answer, and another key is another one', async () => {
      const { services } = open(new MemoryStore());
      const first = await services.create(KEYED);
      const again = await services.create({ ...KEYED, fields: { _customer_number: '2' } });
      expect(again).to.deep.equal(first);
      const other = await services.create({ ...KEYED, key: 'client:k2' });
      expect(other.instance.id).not.to.equal(first.instance.id);
    });

    it('get the first answer when they were scheduled, also after they have started', async () => {
      const { services, durable } = open(new MemoryStore());
      const scheduled = { ...KEYED, desiredTime: clock.now() + 3_600_000 };
      const first = await services.create(scheduled);
      expect(first).not.to.have.property('reply');
      await clock.advance(3_600_000, () => durable.idle());
      expect(services.get(first.instance.id)?.state).to.equal('QUEUED');
      sessions.calls.length = 0;
      const again = await services.create(scheduled);
      expect(again).not.to.have.property('reply');
      expect(again.instance.id).to.equal(first.instance.id);
      expect(sessions.calls).to.deep.equal([]);
    });

    it('are one instance when both requests come at the same time', async () => {
      const { services } = open(new MemoryStore());
      const [first, second] = await Promise.all([services.create(KEYED), services.create(KEYED)]);
      expect(second).to.deep.equal(first);
      expect(services.find({ properties: { _customer_number: '1' }, operand: 'AND' })).to.have.length(1);
    });

    it('continue when the process ended before the session started', async () => {
      const store = new MemoryStore();
      sessions.startHangs = true;
      void open(store).services.create(KEYED);
      while (sessions.calls.length === 0) await Promise.resolve();
      sessions.startHangs = false;
      const { services } = open(store);
      const left = find(services)!;
      const { instance, reply } = await services.create(KEYED);
      expect(instance.id).to.equal(left.id);
      expect(reply).to.deep.equal({ positive: true, body: { said: 'start' } });
    });

    it('are not started again when they have ended: the answer is stored', async () => {
      const { services, durable } = open(new MemoryStore());
      const { instance } = await services.create(KEYED);
      await durable.commit(
        joinBatches(
          ...sessions.listeners.map((tell) => tell({ sessionId: instance.sessionId!, status: 'completed' })),
        ),
      );
      sessions.calls.length = 0;
      const { reply } = await services.create(KEYED);
      expect(reply).to.deep.equal({ positive: true, body: { said: 'start' } });
      expect(sessions.calls).to.deep.equal([['request', 'start', 'start']]);
    });

    it('report again that they could not be started', async () => {
      const { services } = open(new MemoryStore());
      sessions.startFails = new Error('no such document');
      const code = async (): Promise<unknown> =>
        services.create(KEYED).then(
          () => 'created',
          (error: { code: string }) => error.code,
        );
      expect(await code()).to.equal('ORS_REQUEST_FAILED');
      sessions.startFails = undefined;
      sessions.calls.length = 0;
      expect(await code()).to.equal('ORS_REQUEST_FAILED');
      expect(sessions.calls).to.deep.equal([]);
    });

    it('wait for their repetition when the store failed during the start', async () => {
      const { services, durable } = open(new MemoryStore());
      sessions.startFails = new StoreError('STORE_UNAVAILABLE');
      const error = await services.create(KEYED).catch((thrown: { code: string }) => thrown);
      expect(error).to.have.property('code', 'STORE_UNAVAILABLE');
      sessions.startFails = undefined;
      await clock.advance(3_600_000, () => durable.idle());
      expect((await services.create(KEYED)).reply).to.deep.equal({ positive: true, body: { said: 'start' } });
    });

    it('are not started when they were cancelled while they waited', async () => {
      const store = new MemoryStore();
      sessions.startHangs = true;
      void open(store).services.create(KEYED);
      while (sessions.calls.length === 0) await Promise.resolve();
      const { services } = open(store);
      await services.cancel('chat-delay', find(services)!.id);
      sessions.requestFails = new HostError('SESSION_NOT_FOUND', 'S');
      sessions.calls.length = 0;
      const error = await services.create(KEYED).catch((thrown: Error) => thrown);
      expect(error).to.include({ code: 'ORS_REQUEST_FAILED' });
      expect((error as Error).message).to.match(/ended before it was started \(CANCELLED\)/);
      expect(sessions.calls).to.deep.equal([['request', 'start', 'start']]);
    });

    it('are remembered for a day from the first request, for any number of repetitions', async () => {
      const { services, durable } = open(new MemoryStore());
      const lasting = { ...KEYED, sender: 'platform' as const, fields: { ...KEYED.fields, _ttl: '864000' } };
      const { instance } = await services.create(lasting);
      await clock.advance(23 * 3_600_000, () => durable.idle());
      expect((await services.create(lasting)).instance.id).to.equal(instance.id);
      await clock.advance(2 * 3_600_000, () => durable.idle());
      // The host also forgets the answer of the session after a day: a later repetition would start it again.
      expect((await services.create(lasting)).instance.id).not.to.equal(instance.id);
    });

    it('are not created again when they were removed meanwhile', async () => {
      const { services } = open(new MemoryStore());
      const { instance } = await services.create(KEYED);
      await services.remove(instance.id);
      const error = await services.create(KEYED).catch((thrown: { code: string }) => thrown);
      expect(error).to.have.property('code', 'SERVICE_NOT_FOUND');
    });
  });

  it('start the session of the instance, ask it to start, and return its answer', async () => {
    const { services } = open(new MemoryStore());
    const { instance, reply } = await services.create(CREATE);
    expect(instance.id).to.match(/^7-/);
    expect(reply).to.deep.equal({ positive: true, body: { said: 'start' } });
    expect(sessions.calls).to.deep.equal([
      ['start', 'http://t/callback/src/chat-delay.scxml'],
      ['request', 'start', 'start'],
    ]);
  });

  it('record SUBMIT_ERROR for an instance whose process ended before its session started', async () => {
    const { services, durable } = open(new MemoryStore());
    sessions.startHangs = true;
    void services.create(CREATE);
    await clock.advance(0, () => durable.idle());
    expect(find(services)).to.include({ state: 'QUEUED' });
    await clock.advance(61_000, () => durable.idle());
    expect(find(services)).to.include({ state: 'COMPLETED', reason: 'SUBMIT_ERROR' });
  });

  it('do not change an instance whose session runs when that check comes', async () => {
    const { services, durable } = open(new MemoryStore());
    await services.create(CREATE);
    await clock.advance(61_000, () => durable.idle());
    expect(find(services)).to.include({ state: 'QUEUED' });
  });

  it('end the session that does not answer its start, and name the reason', async () => {
    const { services } = open(new MemoryStore());
    sessions.requestFails = new HostError('REQUEST_TIMEOUT', 'S');
    const error = await services.create(CREATE).then(
      () => undefined,
      (thrown: Error) => thrown,
    );
    expect(error).to.include({ code: 'ORS_REQUEST_FAILED' });
    expect(error?.message).to.match(/^ORS request failed: Session 'S' did not answer/);
    expect(find(services)).to.include({ state: 'COMPLETED', reason: 'SUBMIT_ERROR' });
    expect(sessions.calls.at(-1)).to.deep.equal(['terminate', 'The service could not be started.']);
  });

  it('terminate the session when it does not end after a cancel', async () => {
    const { services, durable } = open(new MemoryStore());
    const { instance } = await services.create(CREATE);
    await services.cancel('chat-delay', instance.id);
    expect(sessions.calls.at(-1)).to.deep.equal(['event', 'cancel']);
    await clock.advance(121_000, () => durable.idle());
    expect(sessions.calls.at(-1)).to.deep.equal([
      'terminate',
      'The service was cancelled, and its document did not end.',
    ]);
  });

  it('record the end of a session in the commit of its last step', async () => {
    const { services, durable } = open(new MemoryStore());
    const { instance } = await services.create(CREATE);
    const end = { sessionId: instance.sessionId!, status: 'failed' as const };
    await durable.commit(joinBatches(...sessions.listeners.map((listener) => listener(end))));
    expect(find(services)).to.include({ state: 'COMPLETED', reason: 'NOT_AVAILABLE' });
    expect(sessions.listeners.map((listener) => listener(end))).to.deep.equal([{}]);
  });

  it('are reported as cancelled, announced or unchanged only when that is durable', async () => {
    const store = createBrittleStore(new MemoryStore());
    const { services } = open(store);
    const { instance } = await services.create(CREATE);
    const { id } = instance;
    const cancel = () => services.cancel('chat-delay', id);
    const announce = () => services.announce(id);
    const reportNothing = () => services.update('chat-delay', id, { fields: {} });
    for (const asked of [
      [cancel, cancel],
      [cancel, reportNothing],
      [announce, announce],
    ]) {
      store.failNext();
      const outcomes = await Promise.all(
        asked.map((ask) =>
          ask().then(
            () => 'done',
            (error: { code: string }) => error.code,
          ),
        ),
      );
      expect(outcomes).to.deep.equal(['STORE_UNAVAILABLE', 'STORE_UNAVAILABLE']);
    }
    expect(services.get(id)).to.deep.equal(instance);
  });

  it('refuse to cancel the callback of another service', async () => {
    const { services } = open(new MemoryStore());
    const { instance } = await services.create(CREATE);
    const error = await services.cancel('other', instance.id).then(
      () => undefined,
      (thrown: Error) => thrown,
    );
    expect(error).to.include({ code: 'CALLBACK_NOT_FOUND' });
  });
});
