import { expect } from 'chai';
import {
  createSession,
  createSessionDirectory,
  type Document,
  type Effect,
  parseDocument,
  restoreSession,
  type Session,
  type SessionOptions,
  type Snapshot,
  type StepRecord,
} from '../../../../engine/index.ts';
import { VirtualClock } from '../../../../engine/interpreter/session/virtualClock.ts';

const XMLNS = 'xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript"';
const scxml = (content: string, attributes = ''): string =>
  `<scxml ${XMLNS} ${attributes}>${content}</scxml>`;
const parse = (content: string, attributes = ''): Promise<Document> =>
  parseDocument(scxml(content, attributes));

/** An invoking session that records the events of its invoked session and forwards events to it. */
const parentOf = (child: string): string => `
  <datamodel><data id="heard" expr="[]"/></datamodel>
  <state id="a">
    <invoke id="child"${child}</invoke>
    <transition event="tell"><send target="#_child" eventexpr="_event.data"/></transition>
    <transition event="leave" target="b"/>
    <transition event="done.invoke error.communication from.child">
      <assign location="heard" expr="heard.concat([[_event.name, _event.invokeid, _event.data]])"/>
    </transition>
  </state>
  <state id="b"/>`;
const inline = (content: string): string => `><content>${scxml(content)}</content>`;

interface Opened {
  readonly session: Session;
  readonly clock: VirtualClock;
  heard(): unknown;
}

function open(document: Document, options: SessionOptions = {}): Opened {
  const clock = new VirtualClock(0);
  const session = createSession(document, {
    clock,
    seed: 1,
    ...options,
    ports: { sessions: createSessionDirectory(), ...options.ports },
  });
  return { session, clock, heard: () => (session.data() as { heard: unknown }).heard };
}

describe('a session in memory', () => {
  it('shows objects as JSON in logs and traces', async () => {
    const document = await parse(
      '<state id="a"><onentry><log label="l" expr="({ a: [1] })"/></onentry></state>',
    );
    const found: unknown[] = [];
    const session = createSession(document, {
      onRecord: (record) => record.kind === 'log' && found.push(record),
    });
    session.onEffect((effect) => found.push(effect));
    session.start();
    expect(found).to.deep.equal([
      { kind: 'log', label: 'l', text: '{"a":[1]}' },
      { kind: 'log', label: 'l', text: '{"a":[1]}' },
    ]);
  });

  it('runs to a stable configuration in start and send', async () => {
    const document = await parse(`
      <state id="a"><transition event="go" target="b"/></state>
      <state id="b"><state id="c"><onentry><raise event="in"/></onentry><transition event="in" target="d"/></state><state id="d"/></state>`);
    const session = createSession(document);
    expect(session.id).to.match(/^[0-9A-Z]{32}$/);
    session.start();
    expect([...session.configuration]).to.deep.equal(['a']);
    session.send('go');
    expect([...session.configuration]).to.deep.equal(['b', 'd']);
    expect(session.status).to.equal('running');
    session.terminate('enough');
    expect([session.status, session.reason]).to.deep.equal(['terminated', 'enough']);
    session.send('go');
  });

  it('throws errors that name what it expected', async () => {
    const document = await parse('<datamodel><data id="x"/></datamodel><state id="a"/>');
    const session = createSession(document);
    for (const call of [() => session.send('e'), () => session.snapshot(), () => session.terminate()]) {
      expect(call).to.throw('Expected start() before');
    }
    session.start();
    expect(() => session.start()).to.throw('Expected start() once');
    expect(() => session.send({ name: 'e', data: { deep: [() => 1] } })).to.throw(
      TypeError,
      "a function in '0'",
    );
    expect(() => session.send({ name: 'e', data: Number.NaN })).to.throw(TypeError, 'got NaN');
    expect(() => createSession(document, { params: { x: 1n } })).to.throw(TypeError, "parameter 'x'");
    session.terminate();
  });

  it('copies parameters and event data of any shape that JSON can represent', async () => {
    const document = await parse(`
      <datamodel><data id="order"/></datamodel>
      <state id="a"><transition event="set"><assign location="order" expr="_event.data"/></transition></state>`);
    const order = { items: [1, { two: 2 }], at: new Date(0) };
    const { session } = open(document, { params: { order } });
    session.start();
    order.items.push(3);
    expect(session.data()).to.deep.equal({
      order: { items: [1, { two: 2 }], at: '1970-01-01T00:00:00.000Z' },
    });
    session.send({ name: 'set', data: [null, undefined, 'x'] });
    expect(session.data()).to.deep.equal({ order: [null, null, 'x'] });
  });

  it('sends to other sessions of the process, and gets an error event for sessions that do not exist', async () => {
    const ponging = await parse(
      '<state id="a"><transition event="ping"><send targetexpr="_event.origin" event="pong"/></transition></state>',
    );
    const pinging = await parse(`
      <state id="a">
        <onentry><send target="#_scxml_PONGING" event="ping"/></onentry>
        <transition event="pong" target="b"/><transition event="error.communication" target="c"/>
      </state><state id="b"/><state id="c"/>`);
    const alone = createSession(pinging);
    alone.start();
    expect([...alone.configuration]).to.deep.equal(['c']);
    const pong = createSession(ponging, { id: 'PONGING' });
    pong.start();
    const ping = createSession(pinging);
    ping.start();
    expect([...ping.configuration]).to.deep.equal(['b']);
    for (const session of [alone, pong, ping]) session.terminate();
    const late = createSession(pinging);
    late.start();
    expect([...late.configuration]).to.deep.equal(['c']);
    late.terminate();
  });

  it('has no network: an effect that leaves the process is an error when nothing performs it', async () => {
    const text = `<scxml ${XMLNS} xmlns:queue="http://www.genesyslab.com/modules/queue" initial="a">
      <state id="a">
        <onentry><queue:submit queue="'vq'"/></onentry>
        <transition event="error.queue.submit" target="b"/>
      </state>
      <state id="b">
        <onentry><send type="http://www.w3.org/TR/scxml/#BasicHTTPEventProcessor" target="'http://localhost/'" event="'x'"/></onentry>
        <transition event="error.send.targetunavailable" target="c"/>
      </state>
      <state id="c"/>
    </scxml>`;
    const document = await parseDocument(text, { dialect: 'ors' });
    const { session } = open(document);
    session.start();
    expect([...session.configuration]).to.deep.equal(['c']);

    const performed: string[] = [];
    const ports = { perform: (effect: Effect) => void performed.push(effect.kind) };
    const performing = open(document, { ports }).session;
    performing.start();
    expect(performed).to.deep.equal(['module']);
    expect([...performing.configuration]).to.deep.equal(['a']);

    const heard: string[] = [];
    const listened = open(document).session;
    listened.onEffect((effect) => void heard.push(effect.kind));
    listened.start();
    expect([heard, [...listened.configuration]]).to.deep.equal([['module'], ['a']]);
  });

  it('continues when a listener throws, then throws that error from the call', async () => {
    const document = await parse(
      `<state id="a"><onentry><log expr="1"/><send event="go"/></onentry><transition event="go" target="b"/></state><state id="b"/>`,
    );
    const { session } = open(document);
    const leave = session.onEffect(() => {
      throw new Error('of the listener');
    });
    expect(() => session.start()).to.throw('of the listener');
    expect([...session.configuration]).to.deep.equal(['b']);
    leave();
  });

  it('returns to its caller when a document sends itself events without end', async () => {
    const document = await parse(
      `<state id="a"><onentry><send event="again"/></onentry><transition event="again" target="a"/></state>`,
    );
    const { session, clock } = open(document, { limits: { MAX_EVENTS_PER_STEP: 1 } });
    session.start();
    expect(clock.next).to.equal(0);
    const again = restoreSession(document, session.snapshot(), { clock });
    again.terminate();
    session.terminate();
  });

  it('also reports the traces and effects of invoked sessions to its listeners', async () => {
    const document = await parse(
      parentOf(inline('<final id="end"><onentry><log label="in" expr="1"/></onentry></final>')),
    );
    const traced: StepRecord[] = [];
    const { session } = open(document, { id: 'P', onRecord: (record) => void traced.push(record) });
    const told: unknown[] = [];
    session.onEffect((effect, from) => void told.push([from.id === 'P', effect.kind]));
    session.start();
    await session.settled();
    expect(told).to.deep.equal([[false, 'log']]);
    expect(traced.filter(({ kind }) => kind === 'state_enter').map(({ name }) => name)).to.deep.equal([
      'a',
      'end',
    ]);
  });
});

describe('invoked sessions in memory', () => {
  const heardOf = async (child: string, options: SessionOptions = {}): Promise<unknown> => {
    const { session, heard } = open(await parse(parentOf(child)), options);
    session.start();
    await session.settled();
    return heard();
  };

  it('send an event to the invoking session when they are done, fail or cannot be loaded', async () => {
    expect(
      await heardOf(inline('<final id="end"><donedata><content expr="[1]"/></donedata></final>')),
    ).to.deep.equal([['done.invoke.child', 'child', [1]]]);
    const failed = (await heardOf(inline('<state id="x"><transition target="x"/></state>'))) as unknown[][];
    expect(failed[0]!.slice(0, 2)).to.deep.equal(['error.communication', 'child']);
    expect(JSON.stringify(failed[0])).to.contain('MAX_MICROSTEPS_PER_MACROSTEP');
    const absent = (await heardOf(' src="memory:///absent.scxml">')) as unknown[][];
    expect(absent).to.have.length(1);
    expect(absent[0]!.slice(0, 2)).to.deep.equal(['error.communication', 'child']);
  });

  it('send events with the id of the invoke to the invoking session', async () => {
    const child = '<state id="x"><onentry><send target="#_parent" event="from.child"/></onentry></state>';
    expect(await heardOf(inline(child))).to.deep.equal(
      [['from.child', 'child', undefined]].map(([a, b]) => [a, b, null]),
    );
  });

  const COUNTING = `
    <datamodel><data id="n" expr="0"/></datamodel>
    <state id="x">
      <transition event="add"><assign location="n" expr="n + 1"/><send event="late" delay="10s"/></transition>
      <transition event="late"><assign location="n" expr="n + 100"/></transition>
      <transition event="end" target="end"/>
    </state>
    <final id="end"><donedata><content expr="n"/></donedata></final>`;

  it('get the events that came while their document was being read', async () => {
    const { session, heard } = open(await parse(parentOf(inline(COUNTING))));
    session.start();
    for (const data of ['add', 'add', 'end']) session.send({ name: 'tell', data });
    expect(heard()).to.deep.equal([]);
    await session.settled();
    expect(heard()).to.deep.equal([['done.invoke.child', 'child', 2]]);
  });

  it('never start when the invoke is cancelled before their document is read', async () => {
    let reads = 0;
    const fetchText = async (): Promise<string> => {
      reads += 1;
      return scxml('<state id="x"><onentry><send target="#_parent" event="from.child"/></onentry></state>');
    };
    const { session, heard } = open(await parse(parentOf(' src="memory:///child.scxml">')), {
      ports: { fetchText },
    });
    session.start();
    session.send('leave');
    await session.settled();
    expect([reads, heard(), [...session.configuration]]).to.deep.equal([1, [], ['b']]);
  });

  it('are restored from a snapshot: data, timers, and waiting events', async () => {
    const document = await parse(parentOf(inline(COUNTING)));
    const first = open(document);
    first.session.start();
    await first.session.settled();
    first.session.send({ name: 'tell', data: 'add' });
    const snapshot = JSON.parse(JSON.stringify(first.session.snapshot())) as Snapshot;

    const clock = new VirtualClock(4000);
    const ports = { sessions: createSessionDirectory() };
    const session = restoreSession(document, snapshot, { clock, ports });
    session.send({ name: 'tell', data: 'add' });
    // The invoked session is not restored yet: a snapshot has its stored state and its waiting events.
    const between = JSON.parse(JSON.stringify(session.snapshot())) as Snapshot;
    await session.settled();
    // Version 1 gave the invoked sessions another name.
    const { invoked, ...others } = between;
    const earlier = { ...others, version: 1, children: invoked } as unknown as Snapshot;
    const restorable = [between, earlier];
    for (const restored of [
      session,
      ...restorable.map((each) => restoreSession(document, each, { clock, ports })),
    ]) {
      await restored.settled();
      expect(clock.next).to.equal(10_000);
    }
    while (clock.fireNext(20_000));
    session.send({ name: 'tell', data: 'end' });
    expect((session.data() as { heard: unknown }).heard).to.deep.equal([['done.invoke.child', 'child', 202]]);
  });

  it('fire timers that are due together before the events of others come, also after a restore', async () => {
    const child = inline(
      `<state id="on"><onentry><send target="#_parent" event="from.child" delay="1s"/></onentry></state>`,
    );
    const document = await parse(`
      <datamodel><data id="heard" expr="[]"/></datamodel>
      <state id="a">
        <invoke id="child"${child}</invoke>
        <transition event="arm">
          <send event="own.first" delay="600ms"/>
          <send event="own.second" delay="600ms"/>
        </transition>
        <transition event="from own"><assign location="heard" expr="heard.concat(_event.name)"/></transition>
      </state>`);
    const first = open(document);
    first.session.start();
    await first.session.settled();
    first.clock.moveTo(400);
    first.session.send('arm');
    const restored = (snapshot: Snapshot): Opened => {
      const clock = new VirtualClock(400);
      const session = restoreSession(document, snapshot, {
        clock,
        ports: { sessions: createSessionDirectory() },
      });
      return { session, clock, heard: () => (session.data() as { heard: unknown }).heard };
    };
    const second = restored(first.session.snapshot());
    // Its invoked session is not opened yet: the timer of that is armed after those of the invoking session.
    const third = restored(second.session.snapshot());
    for (const { session } of [second, third]) await session.settled();
    for (const { clock, heard } of [first, second, third]) {
      while (clock.fireNext(1000));
      expect(heard()).to.deep.equal(['own.first', 'own.second', 'from.child']);
    }
  });

  it('cancel a timer that is due together with the one whose event cancels it, also after a restore', async () => {
    const document = await parse(`
      <datamodel><data id="heard" expr="[]"/></datamodel>
      <state id="a">
        <onentry>
          <send event="own.first" delay="1s"/>
          <send id="second" event="own.second" delay="1s"/>
        </onentry>
        <transition event="own.first">
          <cancel sendid="second"/>
          <assign location="heard" expr="heard.concat(_event.name)"/>
        </transition>
        <transition event="own.second"><assign location="heard" expr="heard.concat(_event.name)"/></transition>
      </state>`);
    const first = open(document);
    first.session.start();
    const clock = new VirtualClock(0);
    const second = restoreSession(document, first.session.snapshot(), { clock });
    for (const one of [first, { session: second, clock }]) {
      while (one.clock.fireNext(1000));
      expect(one.session.data()).to.deep.include({ heard: ['own.first'] });
      expect(one.clock.next).to.equal(undefined);
    }
  });

  it('end with the invoking session, whose snapshot shows how it ended', async () => {
    const document = await parse(parentOf(inline(COUNTING)));
    const { session, clock } = open(document);
    session.start();
    await session.settled();
    session.send({ name: 'tell', data: 'add' });
    expect(clock.next).to.equal(10_000);
    session.terminate('enough');
    expect(clock.next).to.equal(undefined);
    const restored = restoreSession(document, session.snapshot(), { clock });
    expect([restored.status, restored.reason]).to.deep.equal(['terminated', 'enough']);
    restored.send('tell');
  });

  it('are not restored with another document', async () => {
    const { session } = open(await parse('<state id="a"/>'));
    session.start();
    const other = await parse('<state id="other"/>');
    expect(() => restoreSession(other, session.snapshot())).to.throw('Expected a snapshot of document');
  });
});
