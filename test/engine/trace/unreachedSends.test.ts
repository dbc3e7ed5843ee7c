import { expect } from 'chai';
import { readTrace, stepperAfter } from '../../../engine/trace/index.ts';
import { exportedTrace, recordingHost } from '../../support/recordingHost.ts';

/** The first of two events that it sends in one step ends the invoked session. */
const PARENT = `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" profile="ecmascript" initial="on">
  <datamodel><data id="heard" expr="[]"/></datamodel>
  <state id="on">
    <invoke id="c" type="scxml"><content>
      <scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" profile="ecmascript" initial="open">
        <state id="open"><transition event="bye" target="over"/></state>
        <final id="over"/>
      </scxml>
    </content></invoke>
    <transition event="go">
      <send target="'#_c'" event="'bye'"/>
      <send target="'#_c'" event="'ping'" id="late"/>
      <send target="'#_c'" event="'ping'" id="later" delay="'1s'"/>
    </transition>
    <transition event="done.invoke error"><script>heard.push([_event.name, _event.sendid || ''])</script></transition>
  </state>
</scxml>`;

describe('a send in a traced session that finds no session when it arrives', () => {
  it('is an error of its sender in a fork after any step', async () => {
    const host = await recordingHost({ '/parent.scxml': PARENT });
    await host.host.publish(host.sessionId, { name: 'go' });
    await host.durable.idle();
    await host.clock.advance(2_000, () => host.durable.idle());
    const { data } = (await host.host.query(host.sessionId))!;
    const heard = [...(data as { readonly heard: readonly string[][] }).heard];
    expect(heard.sort()).to.deep.equal([
      ['done.invoke.c', ''],
      ['error.send.nosuchsession', 'late'],
      ['error.send.nosuchsession', 'later'],
    ]);

    const trace = readTrace(exportedTrace(host), 'trace');
    const steps = trace.sessions.flatMap((session) => session.steps).length;
    const forks: unknown[] = [];
    for (let taken = 3; taken <= steps; taken++) {
      const fork = await stepperAfter(trace, { steps: taken });
      await fork.settled();
      fork.advance(host.clock.now() - fork.now);
      forks.push((fork.get('heard') as string[][]).sort());
    }
    expect(forks).to.deep.equal(forks.map(() => heard));
    expect(forks.length).to.be.greaterThan(3);
    await host.durable.stop();
  });
});
