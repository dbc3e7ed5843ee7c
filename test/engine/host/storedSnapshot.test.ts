import { expect } from 'chai';
import { DurableStore } from '../../../engine/durable/durableStore.ts';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import { StoreDamagedError, StoreError } from '../../../engine/durable/storeError.ts';
import { ownEngine } from '../../../engine/host/ownEngine.ts';
import { SessionHost } from '../../../engine/host/sessionHost.ts';
import type { SessionRecord } from '../../../engine/host/sessionRecord.ts';
import { readSnapshot, SESSION_BASE, snapshotRecords } from '../../../engine/host/storedSnapshot.ts';
import type { SessionId } from '../../../engine/ports/brandedIds.ts';
import { createRandom } from '../../support/crash/random.ts';
import { asId } from '../../support/ids.ts';
import { silentLog } from '../../support/silentLog.ts';
import { createSimulatedClock } from '../../support/simulatedClock.ts';
import { createTestIds } from '../../support/testIds.ts';

const ID = asId<SessionId>('S1');
const BASE_URL = 'http://orsay.test';
const DOCUMENT = `
  <scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript">
    <datamodel>
      <data id="first" expr="'first '.repeat(200)"/><data id="n" expr="0"/><data id="last" expr="'last '.repeat(200)"/>
    </datamodel>
    <state id="counting">
      <transition event="add"><assign location="n" expr="n + 1"/></transition>
      <transition event="replace">
        <assign location="first" expr="'new '.repeat(300)"/><assign location="last" expr="'other '.repeat(100)"/>
      </transition>
      <transition event="end" target="over"/>
    </state>
    <final id="over"/>
  </scxml>`;

describe('The stored snapshot of a session', () => {
  let memory: MemoryStore;
  let durable: DurableStore;

  beforeEach(() => {
    memory = new MemoryStore();
    durable = new DurableStore({ store: memory, clock: createSimulatedClock(), log: silentLog });
  });

  async function store(snapshot: string): Promise<readonly string[]> {
    const put = snapshotRecords(durable, { sessionId: ID } as SessionRecord, snapshot);
    await durable.commit({ put });
    for (const { text } of put) expect(Buffer.from(text!).toString()).to.equal(text);
    return put.map(({ table, text }) => `${table} ${text!.length}`);
  }

  it('is the line that changes, and the part of the data that changes; a long part becomes a new base', async () => {
    const long = 'x'.repeat(2_000);
    expect(await store(`{"n":1}\n${long}`)).to.deep.equal(['session 22', 'sessionBase 2002']);
    expect(await store(`{"n":2}\n${long}`)).to.deep.equal(['session 22']);
    expect(await store(`{"n":3}\n${long}yy${long}`)).to.deep.equal(['session 22', 'sessionBase 4004']);
    expect(await store(`{"n":4}\n${long}yyz${long}`)).to.deep.equal(['session 26']);
    expect(readSnapshot(durable, ID)).to.equal(`{"n":4}\n${long}yyz${long}`);
    expect(durable.text('session', ID)).to.equal('base 2 2002 2000\n{"n":4}\nz');
    expect(await store('{"n":5}\nshort')).to.deep.equal(['session 13', 'sessionBase 2']);
    expect(await store('{"n":6}\nshorter')).to.deep.equal(['session 15']);
    expect(await store(`{"n":7}\n${long}yyzz${long}`)).to.deep.equal(['session 22', 'sessionBase 4006']);
    expect(readSnapshot(durable, ID)).to.equal(`{"n":7}\n${long}yyzz${long}`);
  });

  it('has no values in its base that short data do not have any more, and uses no number again', async () => {
    const long = 'x'.repeat(2_000);
    await store(`{"n":1}\n${long}`);
    expect(durable.text(SESSION_BASE, ID)).to.equal(`1\n${long}`);
    await store('{"n":2}\nshort');
    expect(durable.text(SESSION_BASE, ID)).to.equal('2\n');
    await store(`{"n":3}\n${long}`);
    expect(durable.text(SESSION_BASE, ID)).to.equal(`3\n${long}`);
  });

  it('divides no character of two code units', async () => {
    const long = 'x'.repeat(1_000);
    for (const middle of [
      '\u{1f600}',
      '\u{1f601}',
      '\u{1fa00}',
      '\u{1f600}\u{1f601}',
      '\u{1fa01}\u{1f601}',
      '',
    ]) {
      await store(`{}\n${long}${middle}${long}`);
      expect(readSnapshot(durable, ID)).to.equal(`{}\n${long}${middle}${long}`);
    }
  });

  it('is read as it was written, after any changes of the data', async () => {
    const random = createRandom(7);
    const pieces = ['a', 'bc', '\u{1f600}', '\u{1f601}', '\u2028', '\n', 'base 1 2 3'];
    let data = Array.from({ length: 1_500 }, () => random.pick(pieces)).join('');
    for (let step = 0; step < 300; step++) {
      const at = Array.from(data);
      at.splice(
        random.below(at.length),
        random.below(3) * random.below(40),
        random.pick(pieces),
        random.pick(pieces),
      );
      data = at.join('');
      await store(`{"step":${step}}\n${data}`);
      expect(readSnapshot(durable, ID)).to.equal(`{"step":${step}}\n${data}`);
    }
  });

  it('is not read with another base, or without one', async () => {
    const long = 'x'.repeat(2_000);
    await store(`{}\n${long}`);
    await durable.commit({ put: [{ table: SESSION_BASE, key: ID, value: 1, text: `2\n${long}` }] });
    expect(() => readSnapshot(durable, ID)).to.throw(
      'Expected the base of the snapshot, number 1, got number 2.',
    );
    await durable.commit({ remove: [{ table: SESSION_BASE, key: ID }] });
    expect(() => readSnapshot(durable, ID)).to.throw(
      'Expected the base of the snapshot, number 1, got none.',
    );
  });

  describe('of the interpreter', () => {
    let sessions: SessionHost;

    /** Begins another process over the same store, in which no session is in memory. */
    function open(): void {
      durable = new DurableStore({ store: memory, clock: createSimulatedClock(), log: silentLog });
      sessions = new SessionHost({
        durable,
        clock: createSimulatedClock(),
        ids: createTestIds(),
        log: silentLog,
        engine: ownEngine,
        baseUrl: () => BASE_URL,
        fetchText: async () => DOCUMENT,
        http: () => Promise.reject(new Error('no request is expected')),
      });
      durable.start();
    }

    beforeEach(async () => {
      open();
      await sessions.start({ id: ID, src: '/counting.scxml' });
    });

    function lengths(): readonly (number | undefined)[] {
      return ['session', SESSION_BASE].map((table) => durable.text(table, ID)?.length);
    }

    it('continues in another process, from the base and the change', async () => {
      const [, before] = lengths();
      await sessions.publish(ID, { name: 'add' });
      open();
      await sessions.publish(ID, { name: 'add' });
      const [session, base] = lengths();
      expect(base).to.equal(before);
      expect(session).to.be.below(500);
      await sessions.publish(ID, { name: 'replace' });
      open();
      const view = await sessions.query(ID);
      expect(view!.data).to.deep.equal({ first: 'new '.repeat(300), n: 2, last: 'other '.repeat(100) });
      expect(durable.text(SESSION_BASE, ID)).to.match(/^2\n/);
    });

    it('takes an input once, whose step was computed when the store could not be read', async () => {
      const get = memory.get.bind(memory);
      memory.get = (table, key) => {
        if (table === SESSION_BASE) throw new StoreError('STORE_UNAVAILABLE');
        return get(table, key);
      };
      const refused = await sessions.publish(ID, { name: 'add' }).catch((error: unknown) => error);
      expect(refused).to.be.instanceOf(StoreError);
      memory.get = get;
      await sessions.publish(ID, { name: 'add' });
      expect((await sessions.query(ID))!.data).to.include({ n: 1 });
    });

    it('has no base after the end of the session', async () => {
      await sessions.publish(ID, { name: 'end' });
      expect(lengths()).to.deep.equal([undefined, undefined]);
    });

    it('sets the session aside without its base, and continues when the base is there again', async () => {
      const base = durable.text(SESSION_BASE, ID);
      await durable.commit({ remove: [{ table: SESSION_BASE, key: ID }] });
      open();
      expect(await sessions.query(ID)).to.include({
        status: 'setAside',
      });
      await durable.commit({ put: [{ table: SESSION_BASE, key: ID, value: 1, text: base! }] });
      await sessions.retry(ID);
      await sessions.publish(ID, { name: 'add' });
      expect((await sessions.query(ID))!.data).to.include({ n: 1 });
    });

    describe('whose base is damaged', () => {
      let repair: () => void;

      beforeEach(() => {
        open();
        const get = memory.get.bind(memory);
        memory.get = (table, key) => {
          if (table === SESSION_BASE) throw new StoreDamagedError('The record is not what was written.');
          return get(table, key);
        };
        repair = () => {
          memory.get = get;
        };
      });

      it('sets the session aside, and continues after a repair', async () => {
        const refused = await sessions.publish(ID, { name: 'add' }).catch((error: unknown) => error);
        expect(refused).to.include({ code: 'SESSION_SET_ASIDE' });
        expect(await sessions.query(ID)).to.include({ status: 'setAside' });
        const again = await sessions.retry(ID).catch((error: unknown) => error);
        expect(again).to.include({ code: 'SESSION_SET_ASIDE' });
        repair();
        await sessions.retry(ID);
        await sessions.publish(ID, { name: 'add' });
        expect((await sessions.query(ID))!.data).to.include({ n: 1 });
      });

      it('can be terminated', async () => {
        await sessions.query(ID);
        await sessions.terminate(ID, 'damaged');
        expect(await sessions.query(ID)).to.include({ status: 'terminated' });
        repair();
        expect(lengths()).to.deep.equal([undefined, undefined]);
      });
    });
  });
});
