import { expect } from 'chai';
import { DurableStore } from '../../../engine/durable/durableStore.ts';
import { ownEngine } from '../../../engine/host/ownEngine.ts';
import { SessionHost } from '../../../engine/host/sessionHost.ts';
import type { Sessions } from '../../../engine/host/sessions.ts';
import { STORES, type StorePlace } from '../../support/eachStore.ts';
import { silentLog } from '../../support/silentLog.ts';
import { createSimulatedClock, type SimulatedClock } from '../../support/simulatedClock.ts';
import { createTestIds } from '../../support/testIds.ts';

const BASE_URL = 'http://orsay.test';

/** Waits for an invoked session that waits a second. Then answers the request that came meanwhile. */
const TEXTS: { readonly [path: string]: string } = {
  '/parent.scxml': `
    <scxml xmlns="http://www.w3.org/2005/07/scxml" xmlns:ws="www.genesyslab.com/modules/ws" version="1.0"
           profile="ecmascript" initial="waiting">
      <datamodel><data id="name"/><data id="asked"/></datamodel>
      <state id="waiting">
        <invoke id="child" type="scxml" src="child.scxml"><param name="greeting" expr="'hello ' + _data.name"/></invoke>
        <transition event="ask"><assign location="_data.asked" expr="_event.sendid"/></transition>
        <transition event="done.invoke.child" target="answered">
          <ws:response requestid="_data.asked"><param name="msg" expr="_event.data.text"/></ws:response>
        </transition>
      </state>
      <state id="answered"><transition event="bye" target="over"/></state>
      <final id="over"/>
    </scxml>`,
  '/child.scxml': `
    <scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript" initial="sleeping">
      <datamodel><data id="greeting"/></datamodel>
      <state id="sleeping">
        <onentry><send event="wake" delay="1s"/></onentry>
        <transition event="wake" target="done"/>
      </state>
      <final id="done"><donedata><param name="text" expr="greeting"/></donedata></final>
    </scxml>`,
  '/loop.scxml': `
    <scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript">
      <state id="a"><transition event="go" target="b"/></state>
      <state id="b"><transition target="c"/></state>
      <state id="c"><transition target="b"/></state>
    </scxml>`,
  '/self.scxml': `
    <scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript">
      <state id="a"><transition event="go" target="b"/></state>
      <state id="b"><onentry><send event="again"/></onentry><transition event="again" target="b"/></state>
    </scxml>`,
};

for (const { name, make } of STORES) {
  describe(`Sessions of the interpreter over the ${name}`, () => {
    let place: StorePlace;
    let clock: SimulatedClock;
    let durable: DurableStore;
    let sessions: Sessions;
    const ids = createTestIds();

    beforeEach(async () => {
      place = await make();
      clock = createSimulatedClock();
      open();
    });

    afterEach(async () => {
      await durable.stop();
      await place.remove();
    });

    function open(): void {
      durable = new DurableStore({ store: place.open(), clock, log: silentLog });
      sessions = new SessionHost({
        durable,
        clock,
        ids,
        log: silentLog,
        engine: ownEngine,
        baseUrl: () => BASE_URL,
        fetchText: async (url) => TEXTS[url.pathname]!,
        http: () => Promise.reject(new Error('no request is expected')),
      });
      durable.start();
    }

    it('survive a restart with an invoked session, a delayed send, and a repeated request', async () => {
      const { sessionId } = await sessions.start({ src: '/parent.scxml', params: { name: 'Ada' } });
      const ask = () => sessions.request(sessionId, { name: 'ask', data: null, id: 'r1', timeoutMs: 60_000 });
      const before = ask();
      await clock.advance(500, () => durable.idle());
      before.catch(() => {});
      await durable.stop();

      open();
      const after = ask();
      await clock.advance(499, () => durable.idle());
      expect((await sessions.query(sessionId))!.configuration).to.deep.equal(['waiting']);
      await clock.advance(1, () => durable.idle());
      expect(await after).to.deep.equal({ positive: true, body: { msg: 'hello Ada' } });
      expect((await sessions.query(sessionId))!.configuration).to.deep.equal(['answered']);
      await sessions.publish(sessionId, { name: 'bye' });
      expect(await sessions.query(sessionId)).to.include({ status: 'completed' });
    });

    it('end only the session that loops for ever', async () => {
      const [loop, other] = await Promise.all([
        sessions.start({ src: '/loop.scxml' }),
        sessions.start({ src: '/parent.scxml' }),
      ]);
      await sessions.publish(loop.sessionId, { name: 'go' });
      const [ended, running] = await Promise.all(
        [loop, other].map(({ sessionId }) => sessions.query(sessionId)),
      );
      expect(ended).to.include({ status: 'failed' });
      expect(ended!.reason).to.contain('MAX_MICROSTEPS_PER_MACROSTEP');
      expect(running).to.include({ status: 'running' });
    });

    it('end only the session that sends itself events for ever', async () => {
      const [self, other] = await Promise.all([
        sessions.start({ src: '/self.scxml' }),
        sessions.start({ src: '/parent.scxml' }),
      ]);
      await sessions.publish(self.sessionId, { name: 'go' });
      await durable.idle();
      const [ended, running] = await Promise.all(
        [self, other].map(({ sessionId }) => sessions.query(sessionId)),
      );
      expect(ended).to.include({ status: 'failed' });
      expect(ended!.reason).to.contain('MAX_CONTINUED_STEPS');
      expect(running).to.include({ status: 'running' });
    });
  });
}
