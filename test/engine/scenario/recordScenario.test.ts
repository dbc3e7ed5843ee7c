import { expect } from 'chai';
import { ownId, type SessionId } from '../../../engine/ports/index.ts';
import { playScenario, readScenario, recordScenario, writeScenario } from '../../../engine/scenario/index.ts';
import { readTrace } from '../../../engine/trace/index.ts';
import { exportedTrace, playOn, recordingHost, WIDE_BOUNDS } from '../../support/recordingHost.ts';

const HEAD = 'xmlns="http://www.w3.org/2005/07/scxml" version="1.0" profile="ecmascript"';
const TEXTS = {
  '/parent.scxml': `<scxml ${HEAD} initial="asking" xmlns:session="www.genesyslab.com/modules/session"
      xmlns:ws="www.genesyslab.com/modules/ws">
    <datamodel><data id="name"/><data id="price"/><data id="ticks" expr="0"/></datamodel>
    <state id="asking">
      <onentry><session:fetch srcexpr="'http://shop.test/' + _data.name" method="'get'"/></onentry>
      <transition event="session.fetch.done" target="family">
        <assign location="_data.price" expr="JSON.parse(_event.data.content).price"/>
      </transition>
    </state>
    <state id="family">
      <invoke type="scxml" id="worker" src="child.scxml"/>
      <transition event="tick"><assign location="_data.ticks" expr="_data.ticks + 1"/></transition>
      <transition event="price"><ws:response requestid="_event.sendid">
        <param name="price" expr="_data.price"/></ws:response></transition>
      <transition event="done.invoke.worker" target="over"/>
    </state>
    <final id="over"/>
  </scxml>`,
  '/child.scxml': `<scxml ${HEAD} initial="busy">
    <state id="busy">
      <onentry><send event="'tick'" delay="'1s'"/></onentry>
      <transition event="tick"><send target="'#_parent'" event="'tick'"/></transition>
      <transition event="leave" target="left"/>
    </state>
    <final id="left"/>
  </scxml>`,
};

describe('a scenario that is recorded from a trace', () => {
  it('does again what came from outside, and reaches the same states', async () => {
    const host = await recordingHost(TEXTS);
    const trace = () => readTrace(exportedTrace(host), 't');
    const { input } = trace().sessions[0]!.steps[0]!;
    expect(input).to.deep.equal({ kind: 'start' });
    const requestid = [...host.requests].at(-1);
    await host.host.publish(host.sessionId, {
      name: 'session.fetch.done',
      data: { requestid: requestid!, content: '{"price":5}' },
    });
    await playOn(host, [1_500]);
    const reply = host.host.request(host.sessionId, { name: 'price', data: {}, timeoutMs: 1_000 });
    await host.durable.idle();
    expect((await reply).body).to.deep.equal({ price: 5 });
    const worker = trace().sessions.find(({ start }) => start.parent !== undefined)!.start.sessionId;
    await host.host.publish(ownId<SessionId>(worker), { name: 'leave', data: {} });
    await host.durable.idle();
    const scenario = await recordScenario(trace(), 'parent.scxml');
    const kinds = scenario.steps.map((step) => (typeof step === 'string' ? step : Object.keys(step)[0]));
    expect(kinds).to.deep.equal([
      'start',
      'expect',
      'answer',
      'expect',
      'advance',
      'advance',
      'request',
      'send',
      'expect',
    ]);
    const file = readScenario(writeScenario(scenario), 'http://orsay.test/x.scenario.yaml');
    const { failure, stepper } = await playScenario(file, {
      fetchText: async (url) => (TEXTS as { readonly [path: string]: string })[url.pathname]!,
    });
    expect(failure?.message).to.equal(undefined);
    expect(stepper.get('_data')).to.deep.include({ price: 5, ticks: 1 });
    expect(stepper.status).to.equal('completed');
  });

  it('refuses a trace whose first steps are gone', async () => {
    const host = await recordingHost(TEXTS, { ...WIDE_BOUNDS, maxSteps: 2 });
    await playOn(host, ['a', 'b', 'c', 'd']);
    let message = '';
    await recordScenario(readTrace(exportedTrace(host), 't'), 'parent.scxml').catch((error: Error) => {
      message = error.message;
    });
    expect(message).to.match(/^Expected a trace from the start on: the first steps are gone/);
  });
});
