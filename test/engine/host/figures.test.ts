import { expect } from 'chai';
import { DurableStore } from '../../../engine/durable/durableStore.ts';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import { StoreError } from '../../../engine/durable/storeError.ts';
import { EngineChildren } from '../../../engine/host/children/engineChildren.ts';
import type { HostEngine } from '../../../engine/host/hostEngine.ts';
import { createOwnEngine } from '../../../engine/host/ownEngine.ts';
import { SessionHost } from '../../../engine/host/sessionHost.ts';
import type { ReadSessionFigure } from '../../../engine/host/sessions.ts';
import { silentLog } from '../../support/silentLog.ts';
import { createSimulatedClock } from '../../support/simulatedClock.ts';
import { createTestIds } from '../../support/testIds.ts';

const SDATA = "_genesys.statistic.sData('VQ@.Q', 'StatCallsInQueue')";

/** Counts its steps, and answers each request with the number and the values. `_persist` as given. */
const documentOf = (persist: string): string => `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0"
  profile="ecmascript" xmlns:ws="http://www.genesyslab.com/modules/ws" initial="wait" _persist="${persist}">
  <datamodel><data id="steps" expr="0"/><data id="first"/><data id="last"/><data id="random" expr="[]"/></datamodel>
  <state id="wait"><onentry><assign location="first" expr="${SDATA}"/></onentry>
    <transition event="count"><assign location="last" expr="${SDATA}"/></transition>
    <transition event="ask"><script>steps += 1; random.push(Math.random());</script>
      <ws:response requestid="_event.sendid">
      <param name="steps" expr="steps"/><param name="first" expr="first"/><param name="now" expr="${SDATA}"/>
      <param name="different" expr="random.length === new Set(random).size"/>
    </ws:response></transition></state>
</scxml>`;

/** Where documents run: in the server's process, or in an engine child. */
const PLACES: readonly (readonly [
  where: string,
  open: () => { readonly engine: HostEngine; close(): void },
])[] = [
  ['in the process', () => ({ engine: createOwnEngine(), close: () => undefined })],
  [
    'in an engine child',
    () => new EngineChildren({ log: silentLog, children: 1, deadlineMs: 20_000, memoryMb: 400 }),
  ],
];

for (const [where, open] of PLACES) {
  describe(`Sessions that ask for statistics, ${where}`, () => {
    const store = new MemoryStore();
    const ids = createTestIds();
    const clock = createSimulatedClock();
    let waiting = 5;
    let close: () => Promise<void> = async () => undefined;
    const readWaiting: ReadSessionFigure = async ({ object, statistic, sessionId }) => {
      expect([object, statistic, sessionId.length]).to.deep.equal(['VQ@.Q', 'StatCallsInQueue', 32]);
      return { value: waiting };
    };

    /** A server that continues the sessions of the one before. */
    async function begin(read: ReadSessionFigure | undefined): Promise<SessionHost> {
      await close();
      const durable = new DurableStore({ store, clock, log: silentLog });
      const place = open();
      close = async () => {
        await durable.stop();
        place.close();
      };
      durable.start();
      const host = new SessionHost({
        durable,
        clock,
        ids,
        log: silentLog,
        engine: place.engine,
        baseUrl: () => 'http://orsay.test',
        fetchText: async ({ pathname }) => documentOf(pathname.slice(1)),
        http: () => Promise.reject(new Error('no request is expected')),
      });
      if (read !== undefined) host.onFigure(read);
      return host;
    }

    const ask = async (
      sessions: SessionHost,
      sessionId: Awaited<ReturnType<SessionHost['start']>>['sessionId'],
    ) => (await sessions.request(sessionId, { name: 'ask', data: null, timeoutMs: 60_000 })).body;

    after(() => close());

    for (const persist of ['true', 'false']) {
      it(`get the values of the moment, each step once (_persist ${persist})`, async () => {
        waiting = 5;
        const host = await begin(readWaiting);
        const { sessionId } = await host.start({ src: `/${persist}` });
        waiting = 6;
        expect(await ask(host, sessionId)).to.deep.equal({ steps: 1, first: 5, now: 6, different: true });
        waiting = 7;
        expect(await ask(host, sessionId)).to.deep.equal({ steps: 2, first: 5, now: 7, different: true });
      }).timeout(60_000);
    }

    it('keep the values that they got when they are restored by another server', async () => {
      waiting = 5;
      const { sessionId } = await (await begin(readWaiting)).start({ src: '/true' });
      waiting = 6;
      const second = await begin(readWaiting);
      expect(await ask(second, sessionId)).to.deep.equal({ steps: 1, first: 5, now: 6, different: true });
    }).timeout(60_000);

    it('are as before the step when a value cannot be read', async () => {
      waiting = 5;
      let isBroken = false;
      const host = await begin(async (question) => {
        if (isBroken) throw new StoreError('STORE_UNAVAILABLE');
        return readWaiting(question);
      });
      const { sessionId } = await host.start({ src: '/true' });
      isBroken = true;
      const failure = await ask(host, sessionId).catch((error: unknown) => error);
      expect(failure).to.have.property('code', 'STORE_UNAVAILABLE');
      isBroken = false;
      expect(await ask(host, sessionId)).to.deep.equal({ steps: 1, first: 5, now: 5, different: true });
    }).timeout(60_000);

    it('get an error where nobody has values', async () => {
      const host = await begin(undefined);
      const { sessionId } = await host.start({ src: '/true' });
      const view = await host.query(sessionId);
      expect(view).to.deep.include({ status: 'running', configuration: ['wait'] });
      expect(view?.data).to.deep.equal({ steps: 0, random: [] });
    }).timeout(60_000);

    it('see in the copy of a step for a breakpoint what the step sees, and each value is read once', async () => {
      let reads = 0;
      const host = await begin(async () => ({ value: ++reads }));
      const { sessionId } = await host.start({ src: 'true' });
      const told: string[] = [];
      const session = await host.debuggable.attach(sessionId, { tell: ({ kind }) => told.push(kind) });
      await session.setBreakpoints([{ kind: 'condition', condition: 'last === 3' }]);
      session.proceed();
      await host.publish(sessionId, { name: 'count' });
      expect(reads).to.equal(2);
      expect((await host.query(sessionId))!.data).to.deep.include({ first: 1, last: 2 });
      await host.publish(sessionId, { name: 'count' });
      expect(session.isStopped).to.equal(true);
      expect(told).to.deep.equal(['stopped', 'continued', 'step', 'stopped', 'input']);
      await session.detach();
      expect((await host.query(sessionId))!.data).to.deep.include({ last: 4 });
    });
  });
}
