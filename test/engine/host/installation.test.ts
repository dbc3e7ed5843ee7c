import { expect } from 'chai';
import { DurableStore } from '../../../engine/durable/durableStore.ts';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import { EngineChildren } from '../../../engine/host/children/engineChildren.ts';
import type { HostEngine } from '../../../engine/host/hostEngine.ts';
import { createOwnEngine } from '../../../engine/host/ownEngine.ts';
import { SessionHost } from '../../../engine/host/sessionHost.ts';
import type { Installation } from '../../../engine/interpreter/index.ts';
import type { Json } from '../../../engine/ports/json.ts';
import { silentLog } from '../../support/silentLog.ts';
import { createSimulatedClock } from '../../support/simulatedClock.ts';
import { createTestIds } from '../../support/testIds.ts';

/** Answers each request with the values that the server has for it. */
const DOCUMENT = `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" profile="ecmascript"
  xmlns:ws="http://www.genesyslab.com/modules/ws" initial="wait">
  <state id="wait"><transition event="ask"><ws:response requestid="_event.sendid">
    <param name="target" expr="_genesys.session.getListItemValue('Routing', 'Billing', 'target')"/>
    <param name="opens" expr="_genesys.session.getConfigOption('hours', 'open')"/>
    <param name="holiday" expr="_genesys.session.isSpecialDay('holiday', 'UTC')"/>
    <param name="names" expr="Object.keys(_genesys)"/>
  </ws:response></transition></state>
</scxml>`;

const installationOf = (target: string, open: string, holiday: string): Installation => ({
  lists: { Routing: { Billing: { target } } },
  options: { hours: { open } },
  specialDays: { holiday: [holiday] },
});

/** Where documents run: in the server's process, or in an engine child. */
const PLACES: readonly (readonly [
  where: string,
  open: (installation: Installation) => { readonly engine: HostEngine; close(): void },
])[] = [
  ['in the process', (installation) => ({ engine: createOwnEngine(installation), close: () => undefined })],
  [
    'in an engine child',
    (installation) =>
      new EngineChildren({ log: silentLog, children: 1, deadlineMs: 20_000, memoryMb: 400, installation }),
  ],
];

for (const [where, open] of PLACES) {
  describe(`Sessions that read lists, options and special days, ${where}`, () => {
    const store = new MemoryStore();
    const ids = createTestIds();
    let close: () => Promise<void> = async () => undefined;

    /** A server with this installation, which continues the sessions of the one before. */
    async function begin(installation: Installation): Promise<SessionHost> {
      await close();
      const clock = createSimulatedClock(Date.UTC(2026, 11, 25, 12));
      const durable = new DurableStore({ store, clock, log: silentLog });
      const place = open(installation);
      close = async () => {
        await durable.stop();
        place.close();
      };
      durable.start();
      return new SessionHost({
        durable,
        clock,
        ids,
        log: silentLog,
        engine: place.engine,
        baseUrl: () => 'http://orsay.test',
        fetchText: async () => DOCUMENT,
        http: () => Promise.reject(new Error('no request is expected')),
      });
    }

    after(() => close());

    it('get the values of the server that runs them, also after a restart with other values', async () => {
      const names = ['session', 'ixn', 'queue', 'statistic'];
      const first = await begin(installationOf('Billing@SS.GA', '09:00', '12-25'));
      const { sessionId } = await first.start({ src: '/document.scxml' });
      const ask = (sessions: SessionHost, id: string): Promise<Json> =>
        sessions
          .request(sessionId, { name: 'ask', data: null, id, timeoutMs: 60_000 })
          .then(({ body }) => JSON.parse(JSON.stringify(body)) as Json);
      expect(await ask(first, 'r1')).to.deep.equal({
        target: 'Billing@SS.GA',
        opens: '09:00',
        holiday: true,
        names,
      });
      const second = await begin(installationOf('Later@SS.GA', '10:00', '2027-12-25'));
      expect(await ask(second, 'r2')).to.deep.equal({
        target: 'Later@SS.GA',
        opens: '10:00',
        holiday: false,
        names,
      });
      const third = await begin({});
      expect(await ask(third, 'r3')).to.deep.equal({ holiday: false, names });
    }).timeout(60_000);
  });
}
