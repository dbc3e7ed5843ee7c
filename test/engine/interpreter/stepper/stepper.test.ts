import { expect } from 'chai';
import {
  DocumentError,
  parseDocument,
  type Stepper,
  StepperAssertion,
  stepper,
} from '../../../../engine/index.ts';

const XMLNS = 'xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript"';

const RING = `<scxml ${XMLNS} initial="a">
  <datamodel><data id="count" expr="0"/><data id="order" expr="({ items: [{ price: 1 }], at: new Date(0) })"/></datamodel>
  <state id="a">
    <onexit><assign location="count" expr="count + 1"/></onexit>
    <transition event="go" target="b"><assign location="count" expr="count + 10"/></transition>
  </state>
  <state id="b">
    <onentry><raise event="inner"/></onentry>
    <transition event="inner" target="c"/>
  </state>
  <state id="c">
    <transition cond="count === 11" target="d"><assign location="count" expr="100"/></transition>
  </state>
  <state id="d">
    <onentry><send event="late" delay="30s"/></onentry>
    <transition event="late" target="e"/>
  </state>
  <final id="e"><donedata><param name="count" expr="count"/></donedata></final>
</scxml>`;

function failure(run: () => unknown): StepperAssertion {
  try {
    run();
  } catch (error) {
    if (error instanceof StepperAssertion) return error;
    throw error;
  }
  throw new Error('Expected a StepperAssertion.');
}

describe('the stepper', () => {
  it('runs actions to a stable configuration in virtual time', async () => {
    const s = await stepper(RING);
    expect(s.start().configuration).to.deep.equal(new Set(['a']));
    s.send('go').expectConfiguration(['d']).expectData('count', 100);
    s.expectLines([
      'event go',
      'exit a',
      'transition a -> b',
      'enter b',
      'event inner',
      'exit b',
      'transition b -> c',
      'enter c',
      'exit c',
      'transition c -> d',
      'enter d',
      'timer in 30000ms',
    ]);
    s.advance('29.9s').expectIn('d');
    s.advance(100);
    expect({ status: s.status, donedata: s.donedata }).to.deep.equal({
      status: 'completed',
      donedata: { count: 100 },
    });
  });

  it('takes one microstep at a time, and shows configuration and data between them', async () => {
    const s = await stepper(RING);
    const seen: unknown[] = [];
    const look = (more: boolean): void => {
      seen.push([more, [...s.configuration], s.get('count')]);
    };
    look(s.microstep());
    s.enqueue('go');
    look(true);
    for (let step = 0; step < 4; step++) look(s.microstep());
    expect(seen).to.deep.equal([
      [true, ['a'], 0],
      [true, ['a'], 0],
      [true, ['b'], 11],
      [true, ['c'], 11],
      [true, ['d'], 100],
      [false, ['d'], 100],
    ]);
    s.advance('30s').expectIn('e');
    s.expectSequence([
      'enter b',
      'event inner',
      'enter c',
      'enter d',
      'timer in 30000ms',
      'event late',
      'enter e',
    ]);
    expect(s.lines.filter(({ text }) => text === 'enter c')).to.have.length(1);
  });

  it('steps through the microsteps of the start', async () => {
    const s = await stepper(`<scxml ${XMLNS} initial="a">
      <state id="a"><transition target="b"/></state>
      <state id="b"><transition target="c"/></state>
      <state id="c"/>
    </scxml>`);
    const seen: string[] = [];
    while (s.microstep()) seen.push([...s.configuration].join());
    expect(seen).to.deep.equal(['a', 'b', 'c']);
  });

  it('takes one macrostep at a time, also for events that the session sends itself', async () => {
    const s = await stepper(`<scxml ${XMLNS} initial="a">
      <state id="a"><onentry><send event="one"/></onentry><transition event="one" target="b"/></state>
      <state id="b"><onentry><send event="two"/></onentry><transition event="two" target="c"/></state>
      <state id="c"/>
    </scxml>`);
    const seen: string[] = [];
    while (s.macrostep()) seen.push([...s.configuration].join());
    expect(seen).to.deep.equal(['a', 'b', 'c']);
  });

  it('completes with macrostep() the macrostep that microstep() began', async () => {
    const s = (await stepper(RING)).start().enqueue('go');
    s.microstep();
    s.expectIn('b');
    expect(() => s.setData('count', 5)).to.throw('between two macrosteps');
    expect(s.macrostep()).to.equal(true);
    s.expectIn('d');
    expect(s.macrostep()).to.equal(false);
  });

  it('goes back any number of actions: configuration, data, time, timers and trace', async () => {
    const s = (await stepper(RING)).start();
    const begin = s.now;
    s.send('go').advance('10s').advance('20s').expectIn('e');
    s.back().expectIn('d');
    expect(s.now).to.equal(begin + 10_000);
    s.advance('20s').expectIn('e');
    s.back(3).expectConfiguration(['a']).expectData('count', 0);
    expect(s.lines.map(({ text }) => text)).to.deep.equal(['transition scxml -> a', 'enter a']);
    s.send('go').expectIn('d').back(2);
    expect([...s.configuration]).to.deep.equal([]);
    s.start().enqueue('go');
    s.microstep();
    s.microstep();
    s.back().expectIn('b');
    s.microstep();
    s.expectIn('c');
    expect(() => s.back(99)).to.throw(RangeError, '1 to');
  });

  it('reads and sets data at any location, and keeps values that JSON cannot carry', async () => {
    const s = (await stepper(RING)).start();
    s.setData('order.items[0].price', 12).expectData('order.items[0].price * 2', 24);
    s.expectData('order.at instanceof Date', true);
    s.setData('count', 40).send('go').expectData('count', 51).expectIn('c');
    s.back(2).expectData('count', 0);
    expect((s.data as { count: number }).count).to.equal(0);
  });

  it('shows the last actions with their locations in the document when an assertion fails', async () => {
    const s = (await stepper(RING)).start().send('go', { by: 'James' });
    const { message, actual, expected } = failure(() => s.expectIn('e'));
    expect(message).to.contain("Expected the session to be in 'e', it is in 'd'.");
    expect(message).to.contain('2. send go {"by":"James"}');
    expect(message).to.match(/transition b -> c {2}\(memory:\/\/\/document\.scxml:9:\d+\)/);
    expect({ actual, expected }).to.deep.equal({ actual: ['d'], expected: ['e'] });
    expect(failure(() => s.expectLines(['enter d'])).message).to.contain('other lines');
    expect(failure(() => s.expectData('count', 1)).message).to.contain('Expected count to be 1, got 100.');
    expect(failure(() => s.expectConfiguration([])).message).to.contain('no state');
    expect(failure(() => s.expectSequence(['enter d', 'enter b'])).message).to.contain('enter b');
  });

  it('throws errors that name what it expected', async () => {
    const s = await stepper(await parseDocument(RING));
    expect(() => s.send('go')).to.throw('start()');
    expect(() => s.advance('soon')).to.throw(TypeError, "'30s'");
    s.start();
    expect(() => s.start()).to.throw('once');
    s.expectConfiguration(['a']);
    const rejected = await stepper('<scxml/>').then(
      () => undefined,
      (error: unknown) => error,
    );
    expect(rejected).to.be.instanceOf(DocumentError);
  });

  it('steps invoked sessions as well, forward and back', async () => {
    const s = await stepper(`<scxml ${XMLNS} initial="a">
      <state id="a">
        <invoke id="child"><content>
          <scxml ${XMLNS} initial="wait">
            <state id="wait"><transition event="ask" target="count"/></state>
            <state id="count"><onentry><send event="done" delay="5s"/></onentry><transition event="done" target="end"/></state>
            <final id="end"/>
          </scxml>
        </content></invoke>
        <transition event="ask"><send target="#_child" event="ask"/></transition>
        <transition event="done.invoke.child" target="b"/>
      </state>
      <state id="b"/>
    </scxml>`);
    s.start().send('ask').advance('4s').expectIn('a');
    s.advance('1s').expectIn('b').back().expectIn('a').advance('1s').expectIn('b');
    s.back(3).advance('10s').expectIn('a').send('ask').advance('5s').expectIn('b');
  });
});

describe('answers of the stepper', () => {
  const MODULES = `<scxml ${XMLNS} xmlns:session="http://www.genesyslab.com/modules/session"
      xmlns:queue="http://www.genesyslab.com/modules/queue" xmlns:ws="http://www.genesyslab.com/modules/ws" initial="a">
    <datamodel><data id="price"/><data id="id"/></datamodel>
    <state id="a">
      <transition event="look">
        <session:fetch srcexpr="'http://shop.test/price?of=' + _event.data.of" method="'get'" requestid="_data.id"/>
      </transition>
      <transition event="session.fetch.done" target="b">
        <assign location="_data.price" expr="JSON.parse(_event.data.content).price"/>
      </transition>
      <transition event="error.session.fetch" target="f"><assign location="_data.price" expr="_event.data.error"/></transition>
      <transition event="price"><ws:response requestid="_event.sendid"><param name="price" expr="_data.price"/></ws:response></transition>
    </state>
    <state id="b">
      <onentry><queue:submit queue="'vq'" priority="5" requestid="_data.id"/></onentry>
      <transition event="queue.submit.done" target="c"/>
      <transition event="error.queue.submit" target="f"/>
      <transition event="price"><ws:response requestid="_event.sendid"><param name="price" expr="_data.price"/></ws:response></transition>
    </state>
    <state id="c"/>
    <state id="f"/>
  </scxml>`;
  const open = async (script?: Parameters<typeof stepper>[1]): Promise<Stepper> =>
    (await stepper(MODULES, { dialect: 'ors', ...script })).start();

  it('are given by expectations, before or after the request', async () => {
    const s = await open();
    s.expectFetch(/price\?of=tea/).reply({ status: 200, json: { price: 3 } });
    s.send('look', { of: 'tea' }).expectIn('b').expectData('_data.price', 3);
    expect(s.open.map(({ name }) => name)).to.deep.equal(['queue.submit']);
    const submit = s.expectModule('queue.submit', { queue: 'vq' });
    expect(failure(() => s.verify()).message).to.contain('queue.submit');
    submit.done({ resource: { agent: 'K' } });
    s.expectIn('c').verify();
    expect(() => submit.done()).to.throw('one answer');
    s.back().expectIn('b');
    submit.error({ error: 'timeout' });
    s.expectIn('f');
  });

  it('are for the nth of the open requests that fit', async () => {
    const s = await open();
    s.send('look', { of: 'tea' }).send('look', { of: 'tea' });
    const [first, second] = s.open.map(({ requestId }) => requestId);
    s.expectFetch('price', { nth: 2 }).reply({ json: { price: 4 } });
    s.expectIn('b').expectData('_data.price', 4);
    expect(s.open.map(({ requestId }) => requestId))
      .to.include(first)
      .and.not.include(second);
  });

  it('are given by a script, for every request without an expectation', async () => {
    const s = await open({
      script: [
        {
          fetch: 'shop.test',
          method: 'get',
          reply: ({ url }) => (url.endsWith('tea') ? { json: { price: 4 } } : 'unreachable'),
        },
        { module: 'queue.submit', done: ({ attributes }) => ({ queue: attributes.queue }) },
      ],
    });
    s.send('look', { of: 'tea' }).expectIn('c').verify();
    s.back().send('look', { of: 'milk' }).expectIn('f').expectData('_data.price', 'http.unreachable');
    s.back();
    s.expectFetch('shop.test').reply({ status: 503 });
    s.send('look', { of: 'tea' }).expectData('_data.price', 'http.503');
  });

  it('include the answer of a <ws:response>', async () => {
    const s = await open({ script: [{ fetch: 'shop.test', reply: { json: { price: 4 } } }] });
    s.send('look', { of: 'tea' });
    expect(s.request('price')).to.deep.equal({ positive: true, body: { price: 4 } });
    expect(failure(() => s.request('nothing')).message).to.contain("answer to the request 'nothing'");
    const id = s.ask('price');
    expect(s.answerTo(id)?.positive).to.equal(true);
    s.back();
    expect(s.answerTo(id)).to.equal(undefined);
  });

  it('are missing: verify names the expectations without a request', async () => {
    const s = await open();
    s.expectFetch('elsewhere').reply('timeout');
    s.expectModule('queue.submit', { queue: 'other' }).done();
    expect(failure(() => s.verify()).message)
      .to.contain('a fetch of elsewhere')
      .and.contain('queue.submit with {"queue":"other"}');
  });
});
