import { expect } from 'chai';
import fc from 'fast-check';
import { DurableStore } from '../../../engine/durable/durableStore.ts';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import type { Services } from '../../../strategies/callback/services.ts';
import type { ServiceId } from '../../../strategies/ids/index.ts';
import { ServiceError } from '../../../strategies/instances/errors.ts';
import type { ServiceInstance } from '../../../strategies/instances/serviceInstance.ts';
import { initialChatDelayOptions } from '../../../strategies/options/callbackProfiles.ts';
import { createBrittleStore } from '../../support/brittleStore.ts';
import { chatDelayServices } from '../../support/chatDelayServices.ts';
import { runsOf } from '../../support/runLength.ts';
import { ScriptedSessions } from '../../support/scriptedSessions.ts';
import { silentLog } from '../../support/silentLog.ts';
import { createSimulatedClock } from '../../support/simulatedClock.ts';
import { createTestIds } from '../../support/testIds.ts';

const MINUTE_MS = 60_000;
const SLOT_MINUTES = 10;
const SLOTS = 12;
const PLACES = 20;
const CUSTOMERS = runsOf({ sample: 500, all: 2_000 });
const SLOT_MS = SLOT_MINUTES * MINUTE_MS;

/** `slot` is the slot that it asks for, `pick` chooses one of the callbacks that exist. */
interface Operation {
  readonly kind: 'create' | 'move' | 'cancel' | 'remove' | 'complete';
  readonly slot: number;
  readonly pick: number;
}

const operation: fc.Arbitrary<Operation> = fc.record({
  kind: fc.constantFrom('create', 'create', 'create', 'move', 'move', 'cancel', 'remove', 'complete'),
  slot: fc.integer({ min: 0, max: SLOTS - 1 }),
  pick: fc.nat(),
});
/** A round is requested at once; the store is opened again after it. `hasFailure`: its first write fails. */
const rounds = fc.array(
  fc.record({
    operations: fc.array(operation, { minLength: 400, maxLength: 700 }),
    hasFailure: fc.boolean(),
  }),
  { minLength: 3, maxLength: 3 },
);

/** More callbacks than one slot has places. */
const CROWD = {
  operations: Array.from({ length: 2 * PLACES }, (_, pick) => ({ kind: 'create' as const, slot: 0, pick })),
  hasFailure: false,
};

describe('the places of time slots', () => {
  const clock = createSimulatedClock();
  const ids = createTestIds();

  function open(store: ReturnType<typeof createBrittleStore>): { services: Services; durable: DurableStore } {
    const durable = new DurableStore({ store, clock, log: silentLog });
    const services = chatDelayServices({
      durable,
      clock,
      ids,
      sessions: new ScriptedSessions(),
      options: () => OPTIONS,
    });
    durable.start();
    return { services, durable };
  }
  const OPTIONS = {
    ...initialChatDelayOptions(),
    _request_time_bucket: String(SLOT_MINUTES),
    _max_request_by_time_bucket: String(PLACES),
  };
  const first = Math.ceil(clock.now() / SLOT_MS) * SLOT_MS + SLOT_MS;
  const timeOf = ({ slot, pick }: Operation): number => first + slot * SLOT_MS + (pick % SLOT_MS);

  /** Performs an operation. Resolves with the free slots of its refusal. */
  async function perform(
    services: Services,
    known: readonly ServiceId[],
    one: Operation,
  ): Promise<readonly number[]> {
    const desiredTime = timeOf(one);
    const id = known[one.pick % Math.max(1, known.length)];
    try {
      if (one.kind === 'create' || id === undefined) {
        const fields = { _customer_number: String(one.pick) };
        await services.create({ name: 'chat-delay', scope: 'callback', fields, files: [], desiredTime });
      } else if (one.kind === 'move') await services.update('chat-delay', id, { desiredTime, fields: {} });
      else if (one.kind === 'cancel') await services.cancel('chat-delay', id);
      else if (one.kind === 'remove') await services.remove(id);
      else await services.update('chat-delay', id, { state: 'COMPLETED', fields: {} });
      return [];
    } catch (error) {
      if (!(error instanceof ServiceError)) return [];
      return Object.values((error.details.availability ?? {}) as Record<string, number>);
    }
  }

  it('are never given twice, by very many requests at once, failed writes and restarts', async () => {
    let refused = 0;
    await fc.assert(
      fc.asyncProperty(rounds, async (played) => {
        const store = createBrittleStore(new MemoryStore());
        for (const { operations, hasFailure } of played) {
          const { services, durable } = open(store);
          const present = [...durable.scan<ServiceInstance>('service.instance')];
          const known = present.map(({ value }) => value.id);
          store.failNext(hasFailure ? 1 : 0);
          const answers = await Promise.all(operations.map((one) => perform(services, known, one)));
          store.failNext(0);
          for (const proposed of answers) {
            if (proposed.length > 0) refused++;
            for (const free of proposed) expect(free).to.be.within(1, PLACES);
          }
          requireExact(services, durable);
          await durable.stop();
          const again = open(store);
          requireExact(again.services, again.durable);
          await again.durable.stop();
        }
      }),
      { examples: [[[CROWD]]], numRuns: runsOf({ sample: 2, all: 4 }) },
    );
    expect(refused).to.be.greaterThan(0);
  }).timeout(120_000);

  /** The counts are those of the stored callbacks, and no slot has more of them than places. */
  function requireExact(services: Services, durable: DurableStore): void {
    const held = Array.from({ length: SLOTS }, () => 0);
    for (const { value } of durable.scan<ServiceInstance>('service.instance')) {
      if (value.state === 'SCHEDULED') held[Math.floor((value.desiredTime - first) / SLOT_MS)]!++;
    }
    const range = { from: first, to: first + SLOTS * SLOT_MS, withBusy: true };
    const { slots } = services.availability('chat-delay', range);
    expect(slots.map(({ free, total }) => total - free)).to.deep.equal(held);
    for (const count of held) expect(count).to.be.at.most(PLACES);
  }

  /** The code of the refusal, or 'booked'. */
  function ask(services: Services, pick: number): Promise<string> {
    const fields = { _customer_number: String(pick) };
    return services
      .create({ name: 'chat-delay', scope: 'callback', fields, files: [], desiredTime: first })
      .then(
        () => 'booked',
        (error: ServiceError) => error.code,
      );
  }

  for (const writes of [0, 1, undefined]) {
    const killed = writes === undefined ? 'after all answers' : `after ${writes} more writes`;
    it(`are the last one for exactly one of very many customers, when the process ends ${killed}`, async () => {
      const memory = new MemoryStore();
      const store = createBrittleStore(memory);
      const { services, durable } = open(store);
      for (let pick = 1; pick < PLACES; pick++) expect(await ask(services, pick)).to.equal('booked');
      const answers: string[] = [];
      const died = writes === undefined ? new Promise<never>(() => {}) : store.dieAfter(writes);
      const asked = Array.from({ length: CUSTOMERS }, async (_, pick) =>
        answers.push(await ask(services, pick)),
      );
      await Promise.race([died, Promise.all(asked)]);
      store.kill();
      const booked = answers.filter((answer) => answer === 'booked').length;
      expect(booked).to.be.at.most(1);
      expect(new Set(answers)).to.have.property('size').that.is.at.most(2);

      // The next process has only what the store got.
      const again = open(createBrittleStore(memory));
      const later = await Promise.all(
        Array.from({ length: CUSTOMERS }, (_, pick) => ask(again.services, pick)),
      );
      requireExact(again.services, again.durable);
      expect([...again.durable.scan('service.instance')]).to.have.length(PLACES);
      const bookedLater = later.filter((answer) => answer === 'booked').length;
      expect(bookedLater, 'an acknowledged place stays taken').to.be.at.most(1 - booked);
      expect(later.filter((answer) => answer === 'CALLBACK_SLOT_FULL')).to.have.length(
        CUSTOMERS - bookedLater,
      );
      await again.durable.stop();
      if (writes === undefined) await durable.stop();
    }).timeout(60_000);
  }
});
