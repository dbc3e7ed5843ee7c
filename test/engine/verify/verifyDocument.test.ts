import { expect } from 'chai';
import { parseDocument } from '../../../engine/interpreter/index.ts';
import { playScenario, readScenario, writeScenario } from '../../../engine/scenario/index.ts';
import {
  type Bounds,
  type Finding,
  NO_SURROUNDINGS,
  readSurroundings,
  type VerifyReport,
  verifyDocument,
} from '../../../engine/verify/index.ts';

const HEAD = `<scxml xmlns="http://www.w3.org/2005/07/scxml" xmlns:ws="http://www.genesyslab.com/modules/ws"
  xmlns:session="http://www.genesyslab.com/modules/session" xmlns:ixn="http://www.genesyslab.com/modules/interaction"
  version="1.0" profile="ecmascript">`;
const URL_OF_ALL = new URL('file:///verified/document.scxml');

async function verify(
  body: string,
  surroundings = '',
  bounds: Partial<Bounds> = {},
): Promise<VerifyReport & { readonly text: string }> {
  const text = `${HEAD}\n${body}\n</scxml>`;
  const document = await parseDocument(text, { baseUrl: URL_OF_ALL });
  const read =
    surroundings === '' ? NO_SURROUNDINGS : readSurroundings(surroundings, 'file:///verified/d.verify.yaml');
  let time = 0;
  const report = await verifyDocument(document, { surroundings: read, bounds, elapsed: () => time++ });
  return { ...report, text };
}

/** Kind and moves of each finding. */
function shown({ findings }: VerifyReport): readonly (readonly string[])[] {
  return findings.map(({ kind, moves }) => [kind, ...moves.map(({ text }) => text)]);
}

/** Plays the scenario of a finding. Returns the message of its failure. */
async function replayed(text: string, { scenario }: Finding): Promise<string | undefined> {
  const file = writeScenario({ ...scenario, document: URL_OF_ALL.href });
  const played = await playScenario(readScenario(file, 'file:///verified/found.scenario.yaml'), {
    fetchText: async () => text,
  });
  return played.failure?.message;
}

/** Messages of the scenarios of all findings, of a document with faults and of the mended one. */
async function replayedAndMended(
  report: VerifyReport & { readonly text: string },
  mend: (text: string) => string,
): Promise<readonly (readonly (string | undefined)[])[]> {
  const mended = mend(report.text);
  expect(mended).not.to.equal(report.text);
  return Promise.all(
    report.findings.map(async (finding) => [
      await replayed(report.text, finding),
      await replayed(mended, finding),
    ]),
  );
}

const FETCH = `<datamodel><data id="id" expr="''"/></datamodel>
<state id="asking">
  <onentry><session:fetch requestid="_data.id" srcexpr="'http://shop.example/tea'"/></onentry>
  <transition event="session.fetch.done" target="end"/>
  ERROR
</state>
<final id="end"/>`;

describe('the verification of a document', () => {
  it('explores a document without a fault to the end', async () => {
    const report = await verify(
      FETCH.replace('ERROR', '<transition event="error.session.fetch" target="end"/>'),
    );
    const { isClosed, states, steps, depth, findings, missed, unconfirmed } = report;
    expect({ isClosed, states, steps, depth, findings, missed, unconfirmed }).to.deep.equal({
      isClosed: true,
      states: 2,
      steps: 5,
      depth: 0,
      findings: [],
      missed: [],
      unconfirmed: 0,
    });
  });

  it('guesses events with the data that the document reads, and without', async () => {
    const report = await verify(`<datamodel><data id="total" expr="0"/></datamodel>
      <state id="open">
        <transition event="add"><assign location="total" expr="total + _event.data.price"/></transition>
        <transition event="checkout" cond="total &gt; 0" target="end"/>
      </state><final id="end"/>`);
    expect([report.missed, report.isClosed]).to.deep.equal([[], true]);
    expect(shown(report)).to.deep.equal([['deadEnd', 'event add']]);
  });

  it('finds the error of a request that nothing takes, and the state that nothing leaves then', async () => {
    const report = await verify(FETCH.replace('ERROR', ''));
    expect(shown(report)).to.deep.equal([
      ['unhandledError', 'GET http://shop.example/tea answers 404'],
      ['deadEnd', 'GET http://shop.example/tea answers 404'],
    ]);
    expect(report.findings[0]!.at?.line).to.equal(5);
    expect(await Promise.all(report.findings.map((finding) => replayed(report.text, finding)))).to.deep.equal(
      [
        "Expected no line '/^log error\\.\\S+: Not handled/' in the last action, got 'log error.session.fetch: Not handled: 'http://shop.example/tea' answered 404.'.",
        "Expected the session not to be in 'asking', it is in 'asking'.",
      ],
    );
  });

  it('finds code that throws for a malformed body', async () => {
    const report = await verify(
      FETCH.replace('ERROR', '<transition event="error.*" target="end"/>').replace(
        'target="end"/>',
        `target="end" cond="JSON.parse(_event.data.content) != ''"/>`,
      ),
    );
    expect(shown(report)).to.deep.equal([['fault', 'GET http://shop.example/tea answers 200 <{']]);
  });

  it('finds requests that are answered twice and never', async () => {
    const report = await verify(`<state id="s">
      <transition event="ask" cond="_event.sendid">
        <ws:response requestid="_event.sendid"/><ws:response requestid="_event.sendid"/>
      </transition>
      <transition event="stop" target="end"/>
    </state><final id="end"/>`);
    expect(shown(report)).to.deep.equal([
      ['answeredTwice', 'request ask'],
      ['unanswered', 'request stop'],
    ]);
    const mended = await replayedAndMended(report, (text) =>
      text
        .replace('<ws:response requestid="_event.sendid"/><ws', '<ws')
        .replace('event="stop"', 'event="stop" cond="!_event.sendid"'),
    );
    expect(mended).to.deep.equal([
      ["Expected 1 answer to the request 'request-1', got 2.", undefined],
      [
        "Expected an answer to the request 'request-1', got none.",
        "Expected an answer to the request 'request-1', got none.",
      ],
    ]);
  });

  it('finds timers that fire, or are armed again, when nothing waits for them', async () => {
    const report = await verify(`<state id="a">
      <onentry><send event="'late'" delay="'10s'"/></onentry>
      <transition event="go" target="b"/>
    </state>
    <state id="b"><transition event="back" target="a"/><transition event="stop" target="end"/></state>
    <final id="end"/>`);
    expect(shown(report)).to.deep.equal([
      ['timerOutlives', 'timer late'],
      ['timerOutlives', 'event go', 'event back'],
    ]);
    const mended = await replayedAndMended(report, (text) =>
      text
        .replace('<send event="\'late\'"', '<send id="late" event="\'late\'"')
        .replace('</onentry>', '</onentry><onexit><cancel sendid="\'late\'"/></onexit>')
        .replace('<transition event="go"', '<transition event="late" target="b"/><transition event="go"'),
    );
    expect(mended).to.deep.equal([
      [
        "Expected a transition for 'event late', got none: no transition waits for it in 'a'; they wait for 'go'.",
        undefined,
      ],
      [
        "None of these holds: Expected 0 armed timers for 'late', got 2. - Expected 1 armed timer for 'late', got 2.",
        undefined,
      ],
    ]);
  });

  it('finds times at which a short timer is due after a long one', async () => {
    const report = await verify(
      `<datamodel><data id="n" expr="0"/></datamodel>
      <parallel id="p">
        <onentry><send event="'long'" delay="'60s'"/></onentry>
        <state id="x"><transition event="go" target="y"/></state>
        <state id="y">
          <onentry><send event="'short'" delay="'5s'"/></onentry>
          <transition event="short" target="z"/>
        </state>
        <state id="z"/>
        <transition event="long" target="end"/>
      </parallel>
      <final id="end"/>`
        .replace('<parallel id="p">', '<state id="p" initial="x">')
        .replace('</parallel>', '</state>'),
      "properties: [{ name: not in y, never: In('y') && n > 0 }, { name: short, eventually: In('z') }]",
    );
    const [finding] = report.findings;
    expect(finding!.moves).to.deep.equal([{ text: 'timer long', atMs: 60_000 }]);
    expect(report.isClosed).to.equal(true);
  });

  it('finds interactions and places that are with nobody at the end', async () => {
    const report = await verify(
      `<datamodel><data id="id" expr="''"/></datamodel>
      <state id="s"><onentry><session:fetch requestid="_data.id" srcexpr="'http://urs/start'"/></onentry>
        <transition event="session.fetch.done" target="t"/><transition event="error.*" target="end"/></state>
      <state id="t"><transition event="interaction.added" target="end"/>
        <transition event="interaction.deleted" target="t"/><transition event="stop" target="end"/></state>
      <final id="end"/>`,
      `fetches: [{ fetch: /start, ok: [{}] }]
held: [{ name: the place, takenBy: { fetch: /start }, givenBackBy: [{ fetch: /delete }] }]`,
    );
    expect(shown(report)).to.deep.equal([
      ['notGivenBack', 'GET http://urs/start answers 200 {}', 'event stop'],
      ['notGivenBack', 'GET http://urs/start answers 200 {}', 'interaction i1 comes'],
    ]);
    const mended = await replayedAndMended(report, (text) =>
      text.replace(
        '<state id="t">',
        `<state id="t"><onexit><session:fetch srcexpr="'http://urs/delete'"/>
          <ixn:terminate interactionid="'i1'"/></onexit>`,
      ),
    );
    expect(mended).to.deep.equal([
      [
        "None of these holds: Expected the status 'running', got 'completed'. - Expected '/^fetch \\w+ \\S*\\/delete/' in the lines after 'fetch GET http://urs/start', got none.",
        undefined,
      ],
      [
        "None of these holds: Expected the status 'running', got 'completed'. - Expected '/^(interaction\\.(redirect|terminate|associate)|queue\\.submit) .*\"interactionid\":\"i1\"/' in the lines after 'event interaction.added', got none.",
        undefined,
      ],
    ]);
  });

  it('finds loops without rest, inside a step and over steps', async () => {
    const inStep = await verify(`<state id="a"><transition event="go" target="b"/></state>
      <state id="b"><transition target="c"/></state><state id="c"><transition target="b"/></state>`);
    const overSteps = await verify(
      `<state id="a"><transition event="go tick"><send event="'tick'"/></transition></state>`,
    );
    expect([shown(inStep), shown(overSteps)]).to.deep.equal([
      [['restless', 'event go']],
      [['restless', 'event go']],
    ]);
  });

  it('watches the properties of the author', async () => {
    const report = await verify(
      `<datamodel><data id="paid" expr="false"/></datamodel>
      <state id="a"><transition event="pay" target="b"><assign location="paid" expr="true"/></transition>
        <transition event="stop" target="end"/></state>
      <state id="b"><transition event="stop" target="end"/></state><state id="shipped"/><final id="end"/>`,
      `properties:
  - { name: p1, invariant: '!paid' }
  - { name: p2, never: In('b') }
  - { name: p3, eventually: paid }
  - { name: p4, after: In('b'), leadsTo: In('shipped') }`,
    );
    expect(report.findings.map(({ message, moves }) => [message.split("'")[1], moves.length])).to.deep.equal([
      ['p1', 1],
      ['p2', 1],
      ['p3', 1],
      ['p4', 2],
    ]);
    expect(report.missed.map(({ name }) => name)).to.deep.equal(['state shipped']);
    const mended = await replayedAndMended(report, (text) =>
      text
        .replace('<assign location="paid" expr="true"/>', '')
        .replace('<transition event="pay" target="b">', '<transition event="pay" target="shipped">')
        .replace(/<transition event="stop" target="end"\/>/g, '<transition event="stop" target="shipped"/>'),
    );
    expect(mended).to.deep.equal([
      ['Expected !paid to be true, got false.', undefined],
      ["Expected In('b') to be false, got true.", undefined],
      [
        "None of these holds: Expected the status 'running', got 'completed'. - Expected paid to have been true after a step, it never was.",
        undefined,
      ],
      [
        "None of these holds: Expected the status 'running', got 'completed'. - Expected In('shipped') to be true after In('b'), it was not.",
        undefined,
      ],
    ]);
  });

  describe('judges loops', () => {
    const POLLING = `<datamodel><data id="id" expr="''"/><data id="good" expr="false"/></datamodel>
      <state id="polling" initial="asking">TTL
        <state id="asking">
          <onentry><session:fetch requestid="_data.id" srcexpr="'http://shop.example/tea'"/></onentry>
          <transition event="session.fetch.done" target="end"><assign location="_data.good" expr="true"/></transition>
          <transition event="error.session.fetch" target="pausing"/>
        </state>
        <state id="pausing">
          <onentry><send event="'timer.pause'" delay="'2s'"/></onentry>
          <transition event="timer.pause" target="asking"/>
        </state>
        <transition event="look"/>
      </state>
      <final id="end"/>`;
    const TTL = `<onentry><send event="'timer.ttl'" id="ttl" delay="'1h'"/></onentry>
      <onexit><cancel sendid="'ttl'"/></onexit>
      <transition event="timer.ttl" target="end"/>`;
    const PROPERTIES = `properties:
  - { name: it ends, eventually: In('end') }
  - { name: asked once, eventually: In('asking') }
  - { name: pauses end, after: In('pausing'), leadsTo: In('asking') }
  - { name: each is good, after: In('asking'), leadsTo: _data.good }`;

    it('in which a property never becomes true, once round, as a scenario too', async () => {
      const report = await verify(POLLING.replace('TTL', ''), PROPERTIES);
      expect(report.findings.map(({ message, round }) => [message, round])).to.deep.equal([
        [
          "the property 'it ends' (eventually: In('end')) does not hold: the last moves can repeat without end before it is true",
          2,
        ],
        [
          "the property 'each is good' (leadsTo: In('asking')) does not hold: the last moves can repeat without end before it is true",
          2,
        ],
      ]);
      expect(report.findings[0]!.moves).to.deep.equal([
        { text: 'GET http://shop.example/tea answers 404', atMs: 0 },
        { text: 'timer timer.pause', atMs: 2000 },
      ]);
      const mended = await replayedAndMended(report, (text) =>
        text.replace(
          'event="error.session.fetch" target="pausing"',
          'event="error.session.fetch" target="end"',
        ),
      );
      expect(mended.map(([faulty]) => faulty)).to.deep.equal([
        "None of these holds: Expected In('end') to have been true after a step, it never was.",
        "None of these holds: Expected _data.good to be true after In('asking'), it was not.",
      ]);
    });

    it('and leaves out those in which a timer stays armed, because it fires in the end', async () => {
      const report = await verify(POLLING.replace('TTL', TTL), PROPERTIES);
      expect(report.findings.map(({ message, round }) => [message.split("'")[1], round])).to.deep.equal([
        ['each is good', undefined],
        ['pauses end', undefined],
      ]);
    });

    it('of one state, which its timer arms again', async () => {
      const report = await verify(
        `<state id="a"><onentry><send event="'tick'" delay="'1s'"/></onentry>
          <transition event="tick" target="a"/><transition event="go" target="b"/></state><final id="b"/>`,
        "properties: [{ name: it ends, eventually: In('b') }]",
      );
      expect(report.findings.map(({ moves, round }) => [moves, round])).to.deep.equal([
        [[{ text: 'timer tick', atMs: 1000 }], 1],
      ]);
    });
  });

  it('verifies sessions that a document invokes', async () => {
    const child = `<scxml version="1.0"><state id="c"><onentry><send event="'over'" delay="'5s'"/></onentry>
      <transition event="over" target="f"/></state><final id="f"/></scxml>`;
    const report = await verify(`<state id="a"><invoke id="child"><content>${child}</content></invoke>
      <transition event="done.invoke" target="b"/></state><state id="b"/>`);
    expect(shown(report)).to.deep.equal([['deadEnd', 'timer over']]);
  });

  it('stops at a bound, names it, and says what it did not reach', async () => {
    const counter = `<datamodel><data id="n" expr="0"/></datamodel>
      <state id="a"><onentry><send event="'tick'" delay="'1s'"/></onentry>
        <transition event="tick" cond="n &lt; 1000" target="a"><assign location="n" expr="n + 1"/></transition>
        <transition event="tick" target="end"/></state><final id="end"/>`;
    const { isClosed, stoppedBy, depth, missed } = await verify(counter, '', { MAX_DEPTH: 10 });
    expect({ isClosed, stoppedBy, depth, missed: missed.map(({ name }) => name) }).to.deep.equal({
      isClosed: false,
      stoppedBy: 'MAX_DEPTH',
      depth: 10,
      missed: ['state end', 'transition a -> end'],
    });
  });

  it('says where a file with surroundings is wrong', () => {
    expect(() => readSurroundings('events:\n  - { request: a, notice: b }\n', 'file:///s.yaml')).to.throw(
      'file:///s.yaml:2:5: expected request or notice, and not both',
    );
    expect(() => readSurroundings('properties:\n  - { never: a, after: b }\n', 'file:///s.yaml')).to.throw(
      "file:///s.yaml:2:5: expected 'after' beside 'leadsTo', and only there",
    );
  });
});
