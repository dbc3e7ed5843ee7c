import { expect } from 'chai';
import { stepper } from '../../../../engine/index.ts';

const SCXML = 'xmlns="http://www.w3.org/2005/07/scxml" version="1.0"';
const DOCUMENT = `<scxml ${SCXML} profile="ecmascript" initial="asking"
    xmlns:session="www.genesyslab.com/modules/session" xmlns:ws="www.genesyslab.com/modules/ws">
  <state id="asking">
    <onentry>
      <session:fetch srcexpr="'http://shop.test/price'"/>
      <send event="'early'" delay="'10s'"/>
      <send event="'late'" delay="'20s'"/>
    </onentry>
    <transition event="session.fetch.done" target="asked"/>
    <transition event="hello"><ws:response requestid="_event.sendid" resultcode="'ok'"/></transition>
  </state>
  <state id="asked">
    <transition event="late" target="end"/>
  </state>
  <final id="end"/>
</scxml>`;

describe('inputs that the stepper queues', () => {
  it('are an answer, a timer, the next timer and a request, each taken with the next step', async () => {
    const s = await stepper(DOCUMENT, { now: 0 });
    expect([s.timers, s.waiting]).to.deep.equal([[], []]);
    s.start();
    const [request] = s.open;
    s.enqueueAnswer(request!.requestId).reply({ json: 3 });
    expect([s.waiting, [...s.configuration], s.open]).to.deep.equal([
      ['event session.fetch.done'],
      ['asking'],
      [],
    ]);
    expect(s.macrostep()).to.equal(true);
    s.expectConfiguration(['asked']);

    expect(s.timers.map(({ event, dueAt, session }) => ({ event, dueAt, session }))).to.deep.equal([
      { event: 'early', dueAt: 10_000, session: 'STEPPER' },
      { event: 'late', dueAt: 20_000, session: 'STEPPER' },
    ]);
    s.enqueueTimer(s.timers[1]!.key);
    expect([s.waiting, s.now]).to.deep.equal([['timer late'], 0]);
    s.back();
    expect(s.enqueueNextTimer(9_999)).to.equal(false);
    expect(s.enqueueNextTimer(10_000)).to.equal(true);
    expect([s.waiting, s.now]).to.deep.equal([['timer early'], 10_000]);
    s.macrostep();
    s.enqueueTimer(s.timers[0]!.key);
    s.macrostep();
    expect([s.status, s.now, s.timers]).to.deep.equal(['completed', 10_000, []]);
  });

  it('include a request, whose answer comes with its step', async () => {
    const s = (await stepper(DOCUMENT)).start();
    const id = s.enqueueRequest('hello');
    expect(s.answerTo(id)).to.equal(undefined);
    s.macrostep();
    expect(s.answerTo(id)).to.deep.equal({ positive: true, resultCode: 'ok', body: {} });
  });

  it('do not fire a timer twice that was fired before it was due', async () => {
    const s = (await stepper(DOCUMENT)).start();
    s.enqueueTimer(s.timers[0]!.key);
    s.macrostep();
    s.advance('15s');
    expect(s.lines.filter(({ text }) => text === 'event early').length).to.equal(1);
  });

  it('are refused when nothing waits for them', async () => {
    const s = (await stepper(DOCUMENT)).start();
    expect(() => s.enqueueAnswer('nobody')).to.throw(
      RangeError,
      "Expected the id of an open request, got 'nobody'.",
    );
    expect(() => s.enqueueTimer('none')).to.throw(
      RangeError,
      "Expected the key of a pending timer, got 'none'.",
    );
  });
});
