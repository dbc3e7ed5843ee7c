import { expect } from 'chai';
import { type EndedRecord, endEventsBatch } from '../../../../engine/host/sessionEnds.ts';
import { createSession, parseDocument } from '../../../../engine/index.ts';
import { createSimulatedClock } from '../../../support/simulatedClock.ts';

const NS = 'version="1.0" xmlns="http://www.w3.org/2005/07/scxml"';

/** ors-dialect 2.6: done.invoke.* carries sessionid, reason and params. */
describe('done.invoke in the ORS dialect', () => {
  it('has the id of the invoked session, and its donedata as params and by name', async () => {
    const document = await parseDocument(
      `<scxml ${NS} profile="ecmascript"><state id="a">
        <invoke id="i" type="scxml"><param name="n" expr="20"/><content>
          <scxml ${NS} profile="ecmascript"><datamodel><data id="n"/></datamodel>
            <final><donedata><param name="sum" expr="_data.n + 1"/></donedata></final></scxml></content></invoke>
        <transition event="done.invoke.i" target="b"><log expr="[_event.data.params.sum, _event.data.sum, _event.data.sessionid, typeof _event.data.reason, _event.invokeid]"/></transition>
      </state><state id="b"/></scxml>`,
    );
    const session = createSession(document, { clock: createSimulatedClock(), id: 'S' });
    const log: string[] = [];
    session.onEffect((effect) => effect.kind === 'log' && log.push(effect.text));
    session.start();
    await session.settled();
    expect(log).to.deep.equal(['21,21,S~effect1,string,i']);
  });

  it('has them also in a durable session with the ORS dialect, and only in this dialect', () => {
    const ended = {
      sessionId: 'C',
      status: 'completed',
      parent: { sessionId: 'P', invokeId: 'i' },
      donedata: { sum: 21 },
    } as unknown as EndedRecord;
    const dataOf = (dialect: 'ors' | 'w3c') => {
      const batch = endEventsBatch({ ...ended, dialect }, { now: 0, quiet: false });
      return (batch.schedule![0]!.payload as { event: { data: unknown } }).event.data;
    };
    expect(dataOf('ors')).to.deep.equal({ sum: 21, sessionid: 'C', reason: '', params: { sum: 21 } });
    expect(dataOf('w3c')).to.deep.equal({ sum: 21 });
  });
});
