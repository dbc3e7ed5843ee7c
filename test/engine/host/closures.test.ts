import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { DurableStore } from '../../../engine/durable/durableStore.ts';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import { EngineChildren } from '../../../engine/host/children/engineChildren.ts';
import type { HostEngine } from '../../../engine/host/hostEngine.ts';
import { ownEngine } from '../../../engine/host/ownEngine.ts';
import { SessionHost } from '../../../engine/host/sessionHost.ts';
import type { Sessions } from '../../../engine/host/sessions.ts';
import { caseUrl } from '../../support/cases.ts';
import { silentLog } from '../../support/silentLog.ts';
import { createSimulatedClock } from '../../support/simulatedClock.ts';
import { createTestIds } from '../../support/testIds.ts';

const NS = 'xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript"';
/** Answers with its count, which only a closure has. */
const COUNTING = `<scxml ${NS} xmlns:ws="www.genesyslab.com/modules/ws">
  <script>var counter = (function () { var c = 0; return { next: function () { return ++c; } }; })();</script>
  <state id="a"><transition event="t"><ws:response requestid="_event.sendid"><param name="n" expr="counter.next()"/></ws:response></transition></state>
</scxml>`;
const REFUSED = `<scxml ${NS}><state id="a"><transition event="t"><script>var it = (function* () { yield 1; })(); it.next();</script></transition></state></scxml>`;

const TEXTS: { readonly [path: string]: string } = {
  '/counting.scxml': COUNTING,
  '/refused.scxml': REFUSED,
  ...Object.fromEntries(
    ['closure', 'closure2', 'closure_ors'].map((name) => [
      `/${name}.scxml`,
      readFileSync(caseUrl(name), 'utf8'),
    ]),
  ),
};

/** Where documents run: in the server's process, or in an engine child. */
const PLACES: readonly (readonly [where: string, open: () => { engine: HostEngine; close(): void }])[] = [
  ['in the process', () => ({ engine: ownEngine, close: () => undefined })],
  [
    'in an engine child',
    () => new EngineChildren({ log: silentLog, children: 1, deadlineMs: 20_000, memoryMb: 400 }),
  ],
];

for (const [where, open] of PLACES) {
  describe(`Sessions with functions that capture variables, ${where}`, () => {
    const store = new MemoryStore();
    const ids = createTestIds();
    let place: ReturnType<typeof open>;
    let durable: DurableStore;
    let sessions: Sessions;

    function begin(): void {
      const clock = createSimulatedClock();
      durable = new DurableStore({ store, clock, log: silentLog });
      sessions = new SessionHost({
        durable,
        clock,
        ids,
        log: silentLog,
        engine: place.engine,
        baseUrl: () => 'http://orsay.test',
        fetchText: async (url) => TEXTS[url.pathname]!,
        http: () => Promise.reject(new Error('no request is expected')),
      });
      durable.start();
    }

    before(() => {
      place = open();
      begin();
    });

    after(async () => {
      await durable.stop();
      place.close();
    });

    async function restart(): Promise<void> {
      await durable.stop();
      begin();
    }

    it('count on after each restart', async () => {
      const { sessionId } = await sessions.start({ src: '/counting.scxml' });
      const found: unknown[] = [];
      for (const id of ['r1', 'r2', 'r3']) {
        found.push(await sessions.request(sessionId, { name: 't', data: null, id, timeoutMs: 60_000 }));
        await restart();
      }
      expect(found).to.deep.equal([1, 2, 3].map((n) => ({ positive: true, body: { n } })));
    });

    it('run the documents closure, closure2 and closure_ors', async () => {
      for (const name of ['closure', 'closure2']) {
        const { sessionId } = await sessions.start({ src: `/${name}.scxml` });
        for (const id of ['t1', 't2']) {
          await sessions.publish(sessionId, { name: 't', id });
          await restart();
        }
        expect(await sessions.query(sessionId)).to.include({ status: 'running' });
      }
      const { sessionId } = await sessions.start({ src: '/closure_ors.scxml' });
      await restart();
      const reply = await sessions.request(sessionId, {
        name: 'start',
        data: null,
        id: 'r',
        timeoutMs: 60_000,
      });
      expect(reply).to.deep.equal({ positive: true, body: { k: 'id-1' } });
    });

    it('say in the answer which data cannot be stored', async () => {
      const { sessionId } = await sessions.start({ src: '/refused.scxml' });
      const error = await sessions.publish(sessionId, { name: 't' }).then(
        () => undefined,
        (thrown: unknown) => thrown as { code: string; message: string },
      );
      expect([error?.code, error?.message]).to.deep.equal([
        'SESSION_ENDED',
        `Session '${sessionId}' failed: TypeError: A snapshot cannot carry Generator at d.it.`,
      ]);
      expect(await sessions.query(sessionId)).to.include({
        status: 'failed',
        reason: 'TypeError: A snapshot cannot carry Generator at d.it',
      });
    });
  });
}
