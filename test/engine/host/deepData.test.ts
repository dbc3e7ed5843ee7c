import { expect } from 'chai';
import { DurableStore } from '../../../engine/durable/durableStore.ts';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import { ChildEngine } from '../../../engine/host/children/childEngine.ts';
import { ChildPool } from '../../../engine/host/children/childPool.ts';
import { DocumentLoader } from '../../../engine/host/children/documentLoader.ts';
import type { HostEngine } from '../../../engine/host/hostEngine.ts';
import { ownEngine } from '../../../engine/host/ownEngine.ts';
import { SessionHost } from '../../../engine/host/sessionHost.ts';
import type { AdministeredSessions } from '../../../engine/host/sessions.ts';
import { MAX_DATA_DEPTH } from '../../../engine/interpreter/session/dataDepth.ts';
import type { SessionId } from '../../../engine/ports/brandedIds.ts';
import type { Json } from '../../../engine/ports/json.ts';
import { drain } from '../../support/drain.ts';
import { createScriptedChildren } from '../../support/scriptedChildren.ts';
import { silentLog } from '../../support/silentLog.ts';
import { createSimulatedClock, type SimulatedClock } from '../../support/simulatedClock.ts';
import { createTestIds } from '../../support/testIds.ts';

/** Stores the data of 'keep'. Answers 'ask' with the number of their levels, and with the errors so far. */
const DOCUMENT = `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript"
  xmlns:ws="www.genesyslab.com/modules/ws">
  <datamodel><data id="kept" expr="null"/><data id="errors" expr="[]"/><data id="target" expr="''"/></datamodel>
  <script>
    function nested(levels) { var all = 1; for (var i = 0; i &lt; levels; i++) all = i % 2 ? { a: all } : [all]; return all; }
    function levels(all) { var count = 0; for (; all !== null &amp;&amp; typeof all === 'object'; count++) all = all.a || all[0]; return count; }
  </script>
  <state id="s">
    <transition event="keep"><assign location="kept" expr="_event.data"/></transition>
    <transition event="pass">
      <assign location="target" expr="'#_scxml_' + _event.data.target"/>
      <send event="keep" targetexpr="target"><content expr="nested(_event.data.levels)"/></send>
    </transition>
    <transition event="ask">
      <ws:response requestid="_event.sendid">
        <param name="levels" expr="levels(kept)"/><param name="errors" expr="errors"/>
      </ws:response>
    </transition>
    <transition event="error.*"><script>errors.push(_event.name)</script></transition>
  </state></scxml>`;

function nested(levels: number): Json {
  let all: Json = 1;
  for (let level = 0; level < levels; level++) all = level % 2 === 0 ? [all] : { a: all };
  return all;
}

const ENGINES: { readonly [name: string]: (clock: SimulatedClock) => HostEngine } = {
  'in the server': () => ownEngine,
  'in a child': (clock) => {
    const pool = new ChildPool({
      spawn: createScriptedChildren({}).spawn,
      clock,
      log: silentLog,
      size: 1,
      limits: { deadlineMs: 1_000, memoryBytes: 1e9 },
    });
    return new ChildEngine(pool, new DocumentLoader(pool, 1_000));
  },
};

for (const [where, makeEngine] of Object.entries(ENGINES)) {
  describe(`Deeply nested data for a session ${where}`, () => {
    let clock: SimulatedClock;
    let durable: DurableStore;
    let sessions: AdministeredSessions;
    let id: SessionId;

    beforeEach(async () => {
      clock = createSimulatedClock();
      durable = new DurableStore({ store: new MemoryStore(), clock, log: silentLog });
      sessions = new SessionHost({
        durable,
        clock,
        ids: createTestIds(),
        log: silentLog,
        engine: makeEngine(clock),
        // Every event restores its session from a snapshot.
        maxLiveSessions: 0,
        baseUrl: () => 'http://orsay.test',
        fetchText: async () => DOCUMENT,
        http: () => Promise.reject(new Error('not here')),
      });
      durable.start();
      id = await begin();
    });

    afterEach(() => durable.stop());

    async function begin(params: { readonly [name: string]: Json } = {}): Promise<SessionId> {
      return (await sessions.start({ src: 'document.scxml', params })).sessionId;
    }

    function codeOf(promise: Promise<unknown>): Promise<unknown> {
      return promise.then(
        () => 'done',
        (error: { code?: string }) => error.code,
      );
    }

    async function ask(sessionId: SessionId): Promise<Json> {
      return (await sessions.request(sessionId, { name: 'ask', data: null, timeoutMs: 1_000 })).body;
    }

    it('arrive unchanged up to MAX_DATA_DEPTH levels; only deeper data are refused', async () => {
      expect(await codeOf(sessions.publish(id, { name: 'keep', data: nested(MAX_DATA_DEPTH) }))).to.equal(
        'done',
      );
      for (const levels of [MAX_DATA_DEPTH + 1, 5_000, 20_000]) {
        const data = nested(levels);
        expect(await codeOf(sessions.publish(id, { name: 'keep', data }))).to.equal('DATA_TOO_DEEP');
        expect(await codeOf(sessions.request(id, { name: 'ask', data, timeoutMs: 1_000 }))).to.equal(
          'DATA_TOO_DEEP',
        );
        expect(await codeOf(begin({ a: data }))).to.equal('DATA_TOO_DEEP');
      }
      await begin({ a: nested(MAX_DATA_DEPTH) });
      expect(await ask(id)).to.deep.equal({ levels: MAX_DATA_DEPTH, errors: [] });
    });

    it('in a send to another session arrive, or the sender gets an error', async () => {
      const other = await begin();
      await sessions.publish(id, { name: 'pass', data: { target: other, levels: MAX_DATA_DEPTH } });
      await clock.advance(1_000, drain);
      await sessions.publish(id, { name: 'pass', data: { target: other, levels: MAX_DATA_DEPTH + 1 } });
      await clock.advance(1_000, drain);
      expect(await ask(other)).to.deep.equal({ levels: MAX_DATA_DEPTH, errors: [] });
      expect(await ask(id)).to.deep.equal({ levels: 0, errors: ['error.communication'] });
    });

    it("in a delayed event turn it into 'error.execution'", async () => {
      const event = { id: 'e', name: 'keep', data: nested(MAX_DATA_DEPTH + 1) };
      await durable.commit(sessions.eventBatch(id, event, clock.now()));
      await clock.advance(1_000, drain);
      expect(await ask(id)).to.deep.equal({ levels: 0, errors: ['error.execution'] });
    });
  });
}
