import { expect } from 'chai';
import { type Stepper, StepperAssertion, stepper } from '../../../../engine/index.ts';

const DOCUMENT = `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript">
 <datamodel><data id="paid" expr="1"/></datamodel>
 <state id="open">
  <transition event="pay" cond="paid &gt; 1" target="sent"/>
  <transition event="pay.late order" cond="In('sent')" target="sent"/>
  <transition event="order.paid" target="sent"/>
 </state>
 <parallel id="sent"><state id="left"><transition event="back" target="open"/></state><state id="right"/></parallel>
 <final id="closed"/>
 <transition event="close" target="closed"/>
</scxml>`
  .replace(/ <transition event="close".*\n/, '')
  .replace('<state id="right"/>', '<state id="right"><transition event="close" target="closed"/></state>');

async function started(): Promise<Stepper> {
  return (await stepper(DOCUMENT)).start();
}

function failure(run: () => unknown): string {
  try {
    run();
  } catch (error) {
    if (error instanceof Error) return error.message;
    throw error;
  }
  throw new Error('Expected an error.');
}

/** The reason of an event that no transition takes, in `open`. */
const REASONS: readonly (readonly [string, RegExp])[] = [
  ['pay', /^condition 'paid > 1' is false \(.*:4:\d+\)$/],
  [
    'pay.late',
    /^condition 'paid > 1' is false \(.*:4:\d+\), condition 'In\('sent'\)' is false \(.*:5:\d+\)$/,
  ],
  ['order.new', /^condition 'In\('sent'\)' is false \(.*:5:\d+\)$/],
  ['back', /^no transition waits for it in 'open'; one does in 'left' \(.*:8:\d+\)$/],
  ['order_paid', /^no transition waits for it in 'open'; did you mean 'order\.paid'\?$/],
  [
    'nothing',
    /^no transition waits for it in 'open'; they wait for 'pay', 'pay\.late', 'order', 'order\.paid'$/,
  ],
];

describe('an event that no transition takes', () => {
  for (const [event, reason] of REASONS) {
    it(`has its reason in the trace of the stepper: ${event}`, async () => {
      const s = await started();
      s.send(event).expectLines([`event ${event}`]);
      expect(s.lines.at(-1)!.ignored).to.match(reason);
    });
  }

  it('shows the reason when an assertion fails, also after back()', async () => {
    const s = await started();
    s.send('back').back().send('pay');
    expect(failure(() => s.expectIn('sent'))).to.match(/event pay: condition 'paid > 1' is false/);
  });

  it('shows no reason for an event that is taken', async () => {
    const s = await started();
    s.send('order.paid').expectIn('sent');
    expect(s.lines.filter(({ ignored }) => ignored !== undefined)).to.deep.equal([]);
  });
});

describe('the stepper tells', () => {
  it('the events that the configuration waits for', async () => {
    const s = await started();
    expect(s.accepts()).to.deep.equal(['pay', 'pay.late', 'order', 'order.paid']);
    s.send('order.paid');
    expect(s.accepts()).to.deep.equal(['back', 'close']);
  });

  it('that a session has ended, to whoever sends it an event', async () => {
    const s = await started();
    s.send('order.paid').send('close');
    const ended = "Expected a running session for the event 'x', but it has ended: completed.";
    expect(failure(() => s.send('x'))).to.equal(ended);
    expect(failure(() => s.enqueue('x'))).to.equal(ended);
    expect(failure(() => s.ask('x'))).to.equal(ended);
    expect(failure(() => s.request('x'))).to.equal(ended);
    s.back().expectIn('sent');
  });

  it('ids that no state has, in every assertion about states', async () => {
    const s = await started();
    const unknown = /^Expected ids of states of the document, got 'opne'\. Did you mean 'open'\?/;
    expect(failure(() => s.expectIn('opne'))).to.match(unknown);
    expect(failure(() => s.expectNotIn('opne'))).to.match(unknown);
    expect(failure(() => s.expectConfiguration(['opne']))).to.match(unknown);
  });

  it('what must not be, and is', async () => {
    const s = await started();
    s.expectNotIn('sent', 'closed').expectNoLines('enter sent', /^exit/);
    expect(failure(() => s.expectNotIn('open'))).to.match(/^Expected the session not to be in 'open'/);
    expect(failure(() => s.expectNoLines(/^enter/))).to.match(
      /^Expected no line '\/\^enter\/' .*, got 'enter open'\./,
    );
  });

  it('requests that must not be made, and are', async () => {
    const s = await stepper(
      `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" xmlns:session="www.genesyslab.com/modules/session" xmlns:queue="www.genesyslab.com/modules/queue"><state id="a">
        <transition event="go"><session:fetch srcexpr="'http://a.test/x'" method="'post'"/><queue:query/></transition></state></scxml>`,
      { script: [{ fetch: /./, reply: { status: 200 } }] },
    );
    s.start().expectNoFetch().expectNoModule('queue.query');
    s.send('go').expectNoFetch(/y$/).expectNoFetch(/x/, { method: 'get' }).expectNoModule('queue.submit');
    expect(failure(() => s.expectNoFetch())).to.match(/^Expected no request for a fetch of, got 1\./);
    expect(failure(() => s.expectNoFetch(/x$/, { method: 'post' }))).to.match(
      /a fetch of post \/x\$\/, got 1\./,
    );
    expect(failure(() => s.expectNoModule('queue.query'))).to.match(/for queue\.query, got 1\./);
    s.back().expectNoFetch();
  });

  it('the first line that differs, or is missing, or is too much', async () => {
    const s = await started();
    s.send('order.paid');
    const lines = [...s.lastLines];
    s.expectLines(lines);
    const differs = (given: readonly string[]): string => failure(() => s.expectLines(given)).split('\n')[0]!;
    expect(differs([lines[0]!, 'exit shut', ...lines.slice(2)])).to.equal(
      "Expected other lines of the last action: line 2 was expected to be 'exit shut', got 'exit open'.",
    );
    expect(differs([...lines, 'more'])).to.match(/: line 7 was expected to be 'more', got no line\.$/);
    expect(differs(lines.slice(0, 2))).to.match(
      /: line 3 was expected to be no line, got 'transition open -> sent'\.$/,
    );
    expect(failure(() => s.expectSequence(['exit open', 'enter nowhere']))).to.match(
      /^Expected 'enter nowhere' in the lines after 'exit open', got none\./,
    );
    expect(() => s.expectLines([])).to.throw(StepperAssertion);
  });
});
