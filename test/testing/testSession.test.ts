import { AssertionError } from 'node:assert';
import { expect, use } from 'chai';
import { DocumentError } from '../../engine/interpreter/index.ts';
import {
  assertAccepts,
  assertAnswered,
  assertAsked,
  assertConfiguration,
  assertData,
  assertEnded,
  assertFault,
  assertIn,
  assertNotAccepts,
  assertNotAsked,
  assertNotIn,
  assertNotSent,
  assertRunning,
  assertSent,
  CoverageCollector,
  openCentre,
  openDocument,
  orsayChai,
  type TestSession,
} from '../../testing/index.ts';

use(orsayChai);

const HEAD =
  '<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" profile="ecmascript" ' +
  'xmlns:session="www.genesyslab.com/modules/session" xmlns:queue="www.genesyslab.com/modules/queue"';

/** Asks for a price, then waits for the payment. */
const ORDER = `${HEAD}>
  <datamodel><data id="price" expr="0"/></datamodel>
  <state id="pricing">
    <onentry><session:fetch srcexpr="'http://shop.test/prices?item=tea'" method="'get'"/></onentry>
    <transition event="session.fetch.done" target="waiting">
      <assign location="price" expr="JSON.parse(_event.data.content).price"/>
    </transition>
    <transition event="error.session.fetch" target="failed"/>
  </state>
  <state id="waiting">
    <onentry><send event="'late'" delay="'10m'"/></onentry>
    <transition event="pay" cond="_event.data.amount &gt;= price" target="paid"/>
    <transition event="late" target="failed"/>
  </state>
  <final id="paid"/>
  <final id="failed"/>
</scxml>`;

const PRICE = [{ fetch: '/prices', reply: { json: { price: 5 } } }] as const;

/** The message of the error that an action throws. */
function failureOf(action: () => unknown): string {
  try {
    action();
  } catch (error) {
    expect(error).to.be.instanceOf(AssertionError);
    return (error as Error).message;
  }
  return expect.fail('Expected a failure, got none.');
}

function firstLine(action: () => unknown): string {
  return failureOf(action).split('\n')[0]!;
}

describe('a session of the test kit', () => {
  it('is started, takes events, answers by table or by hand, and passes time', async () => {
    const table = await openDocument(ORDER, { script: PRICE });
    expect(table).to.be.in('waiting').and.to.have.data('price', 5);
    table.advance('10m');
    expect(table).to.have.ended.and.to.be.in('failed');

    const byHand = await openDocument(ORDER);
    expect(byHand).to.be.in('pricing').and.not.to.be.answered;
    byHand.expectFetch('/prices', { method: 'get' }).reply({ json: { price: 7 } });
    byHand.send('pay', { amount: 6 });
    expect(byHand).to.be.in('waiting').and.to.accept('pay').and.not.to.accept('ship');
    byHand.restart().send('pay', { amount: 7 });
    expect(byHand).to.have.ended.and.to.have.configuration('paid');
  });

  it('waits for start() when the test wants that', async () => {
    const session = await openDocument(ORDER, { start: false });
    session.expectFetch('/prices').reply({ status: 503 });
    expect(session.configuration.size).to.equal(0);
    expect(session.start()).to.be.in('failed');
  });

  it('refuses a document that has a transition to no state, with its place', async () => {
    const error = await openDocument(
      `${HEAD}>\n  <state id="a"><transition event="go" target="b"/></state>\n</scxml>`,
    ).then(
      () => expect.fail('Expected a DocumentError.'),
      (rejected: unknown) => rejected,
    );
    expect(error).to.be.instanceOf(DocumentError);
    expect((error as DocumentError).message).to.match(/:2:\d+: TARGET_UNKNOWN: .*'b'/);
  });
});

describe('a failed assertion of the test kit', () => {
  const open = (): Promise<TestSession> => openDocument(ORDER, { script: PRICE });

  it('shows the difference and the last actions with their places', async () => {
    const session = await open();
    session.send('pay', { amount: 1 });
    const message = failureOf(() => expect(session).to.be.in('paid'));
    expect(message.split('\n').slice(0, 2)).to.deep.equal([
      "Expected the session to be in 'paid', it is in 'waiting'.",
      'The last actions:',
    ]);
    expect(message)
      .to.contain('2. send pay {"amount":1}')
      .and.match(/enter waiting {2}\(\S+:10:3\)/);
    expect(message).to.match(/event pay: condition '_event\.data\.amount >= price' is false \(\S+:12:\d+\)/);
  });

  it('is the same as a function and as an assertion of chai', async () => {
    const session = await open();
    const cases: readonly (readonly [() => unknown, () => unknown])[] = [
      [() => expect(session).to.be.in('paid'), () => assertIn(session, 'paid')],
      [() => expect(session).not.to.be.in('waiting'), () => assertNotIn(session, 'waiting')],
      [() => expect(session).to.be.in('wating'), () => assertIn(session, 'wating')],
      [() => expect(session).not.to.be.in('wating'), () => assertNotIn(session, 'wating')],
      [() => expect(session).to.have.configuration('paid'), () => assertConfiguration(session, 'paid')],
      [() => expect(session).to.accept('ship'), () => assertAccepts(session, 'ship')],
      [() => expect(session).not.to.accept('pay'), () => assertNotAccepts(session, 'pay')],
      [() => expect(session).to.have.asked('/orders'), () => assertAsked(session, '/orders')],
      [() => expect(session).not.to.have.asked('/prices'), () => assertNotAsked(session, '/prices')],
      [() => expect(session).to.have.sent('ship'), () => assertSent(session, 'ship')],
      [() => expect(session).to.have.data('price', 6), () => assertData(session, 'price', 6)],
      [() => expect(session).to.have.data('prize', 6), () => assertData(session, 'prize', 6)],
      [() => expect(session).to.have.ended, () => assertEnded(session)],
      [() => expect(session).to.have.fault('error.x'), () => assertFault(session, 'error.x')],
    ];
    const messages = cases.map(([chai, plain]) => {
      const message = firstLine(plain);
      expect(firstLine(chai)).to.equal(message);
      return message;
    });
    expect(messages).to.deep.equal([
      "Expected the session to be in 'paid', it is in 'waiting'.",
      "Expected the session not to be in 'waiting', it is in 'waiting'.",
      "Expected ids of states of the document, got 'wating'. Did you mean 'waiting'?",
      "Expected ids of states of the document, got 'wating'. Did you mean 'waiting'?",
      "Expected the configuration 'paid', got 'waiting'.",
      "Expected the session to accept 'ship', it accepts 'pay', 'late'.",
      "Expected the session not to accept 'pay', it accepts 'pay', 'late'.",
      "Expected a request for /orders, got none. The session asked for 'GET http://shop.test/prices?item=tea'.",
      'Expected no request for /prices, got 1.',
      "Expected the session to have sent 'ship'. It sent nothing.",
      'Expected price to be 6, got 5.',
      "'prize' has no value: ReferenceError: prize is not defined",
      "Expected the session to have ended, it is in 'waiting'.",
      "Expected the fault 'error.x', got nothing.",
    ]);
    session.terminate();
    expect(firstLine(() => assertRunning(session))).to.contain('Expected the session to go on');
    assertNotSent(session, 'ship');
    assertAnswered(session);
  });

  it('has the message of the test before its own', async () => {
    const session = await open();
    expect(firstLine(() => expect(session, 'after the payment').to.be.in('paid'))).to.equal(
      "after the payment: Expected the session to be in 'paid', it is in 'waiting'.",
    );
    expect(() => expect({}).to.be.in('paid')).to.throw(TypeError, 'Expected a session of openDocument');
  });

  it('compares the parameters, the method and the number of requests', async () => {
    const session = await open();
    expect(session).to.have.asked('GET /prices', { item: 'tea' }, 1);
    expect(session).not.to.have.asked('PUT /prices');
    expect(session).to.have.asked(/prices\?item=\w+$/);
    expect(firstLine(() => assertAsked(session, '/prices', { item: 'milk' }))).to.contain(
      'Expected a request for /prices with {"item":"milk"}, got none.',
    );
    expect(firstLine(() => assertAsked(session, '/prices', {}, 2))).to.contain(
      'Expected 2 requests for /prices, got 1.',
    );
  });
});

describe('a fault of a document', () => {
  const FAULTY = `${HEAD}>
  <state id="a">
    <transition event="go"><assign location="missing.x" expr="1"/></transition>
    <transition event="ask"><queue:submit/></transition>
  </state>
</scxml>`;

  it('that nothing handles fails the action, with file, line and column', async () => {
    const session = await openDocument(FAULTY);
    expect(firstLine(() => session.send('go'))).to.match(
      /^\S*:3:28: The document does not handle error\.illegalloc: <assign>: .*missing/,
    );
    session.send('ask');
    expect(firstLine(() => session.expectModule('queue.submit').error({ error: 'timeout' }))).to.match(
      /^\S*:\d+:\d+: The document does not handle error\.queue\.submit: .*timeout/,
    );
  });

  it('may be allowed, and is still there for the test', async () => {
    const session = await openDocument(FAULTY, { allowFaults: ['error.illegalloc'] });
    session.send('go');
    expect(session).to.have.fault('error.illegalloc');
    assertFault(session, 'error.illegalloc');
    expect(session.faults.map(({ event, at }) => [event, at?.line])).to.deep.equal([['error.illegalloc', 3]]);
  });

  it('is none when ORS answers the <cancel> of a timer that has fired', async () => {
    const session = await openDocument(`${HEAD}>
  <state id="a">
    <onentry><send id="t" event="'late'" delay="'1s'"/></onentry>
    <onexit><cancel id="'t'"/></onexit>
    <transition event="late" target="b"/>
  </state>
  <state id="b"/>
</scxml>`);
    expect(session.advance('1s')).to.be.in('b');
    expect(session.faults).to.deep.equal([]);
  });
});

describe('sessions with one clock', () => {
  const PING = `${HEAD}>
  <datamodel><data id="other" expr="''"/><data id="at" expr="0"/></datamodel>
  <state id="a">
    <transition event="go"><send event="'ping'" targetexpr="'#_scxml_' + other" delay="'5s'"/></transition>
    <transition event="ping" target="b"><assign location="at" expr="Date.now()"/></transition>
  </state>
  <state id="b"/>
</scxml>`;

  it('send each other events, and see the same time', async () => {
    const centre = await openCentre({ now: 1_000_000 });
    const first = await centre.open(PING);
    const second = await centre.open(PING, { params: { other: first.id } });
    first.setData('other', second.id);
    second.send('go');
    first.advance('4s');
    expect(first).to.be.in('a');
    centre.advance('2s');
    expect(first).to.be.in('b').and.to.have.data('at', 1_005_000);
    expect(second).to.have.sent('ping');
    expect([first.now, second.now, centre.now]).to.deep.equal([1_006_000, 1_006_000, 1_006_000]);
  });

  it('refuse a time that is none', async () => {
    const centre = await openCentre();
    expect(() => centre.advance('soon')).to.throw(
      TypeError,
      "Expected a time as '30s', '5m', '200ms' or in ms, got 'soon'.",
    );
  });
});

describe('the coverage of many tests', () => {
  it('counts the sessions of all, as orsay test does', async () => {
    const coverage = new CoverageCollector();
    (await openDocument(ORDER, { coverage, script: PRICE })).send('pay', { amount: 5 });
    const before = coverage.counts();
    expect(Object.values(before).map(({ states, guards }) => [states.passed, guards.passed])).to.deep.equal([
      [3, 1],
    ]);
    (await openDocument(ORDER, { coverage, script: PRICE })).send('pay', { amount: 1 }).advance('10m');

    expect(coverage.text().split('\n')).to.deep.equal([
      `${Object.keys(before)[0]}: states 4/4 100%, transitions 3/4 75%, guards 2/2 100%, pairs 2/2 100%`,
      `  never taken: pricing -> failed on error.session.fetch (${Object.keys(before)[0]}:8:5)`,
    ]);
    expect(coverage.lcov()).to.contain('FNDA:2,waiting');
  });
});
