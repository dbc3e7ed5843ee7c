import { expect } from 'chai';
import {
  type PlayedScenario,
  playScenario,
  readScenario,
  type Scenario,
  ScenarioFault,
  type ScenarioStep,
  writeScenario,
} from '../../../engine/scenario/index.ts';

const BASE = 'file:///documents/play.scenario.yaml';

const SHOP = `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" profile="ecmascript" initial="idle"
    xmlns:session="www.genesyslab.com/modules/session" xmlns:queue="www.genesyslab.com/modules/queue"
    xmlns:ws="www.genesyslab.com/modules/ws">
  <datamodel><data id="tries" expr="0"/><data id="who"/></datamodel>
  <state id="idle">
    <transition event="ask"><assign location="_data.who" expr="_event.sendid"/></transition>
    <transition event="tell"><ws:response requestid="_data.who" resultcode="'7'"><param name="tries" expr="_data.tries"/></ws:response></transition>
    <transition event="go" target="fetching"/>
    <transition event="queue" target="queued"/>
    <transition event="family" target="family"/>
  </state>
  <state id="fetching">
    <onentry><session:fetch srcexpr="'http://shop.test/try'" method="'get'"/></onentry>
    <transition event="session.fetch.done" target="good"/>
    <transition event="error.session.fetch" target="fetching">
      <assign location="_data.tries" expr="_data.tries + 1"/>
    </transition>
  </state>
  <state id="queued">
    <onentry><queue:submit route="false()" requestid="_data.who"/></onentry>
    <transition event="queue.submit.done" target="good"/>
    <transition event="error.queue.submit" target="idle"/>
  </state>
  <state id="family">
    <invoke type="'scxml'" id="worker"><content><scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0"
      profile="ecmascript" initial="busy">
      <datamodel><data id="done" expr="0"/></datamodel>
      <state id="busy"><transition event="work" target="ready"><assign location="_data.done" expr="1"/></transition></state>
      <state id="ready"><transition event="leave" target="left"/></state>
      <final id="left"/>
    </scxml></content></invoke>
    <transition event="done.invoke.worker" target="good"/>
  </state>
  <state id="good"><transition event="end" target="over"/></state>
  <final id="over"><donedata><param name="tries" expr="_data.tries"/></donedata></final>
</scxml>`.replaceAll('false()', 'false');

function play(steps: readonly ScenarioStep[], others: Partial<Scenario> = {}): Promise<PlayedScenario> {
  const text = writeScenario({ scenario: 1, document: 'shop.scxml', ...others, steps });
  return playScenario(readScenario(text, BASE), {
    fetchText: (url) =>
      url.pathname.endsWith('/shop.scxml')
        ? Promise.resolve(SHOP)
        : Promise.reject(new Error(`${url}: ENOENT`)),
  });
}

async function failureOf(steps: readonly ScenarioStep[], others: Partial<Scenario> = {}): Promise<string> {
  const { failure } = await play(steps, others);
  return failure === undefined ? 'passed' : `${failure.at.line}:${failure.at.column} ${failure.message}`;
}

describe('a played scenario', () => {
  it('counts the answers to a named request, and the timers that are armed for an event', async () => {
    const asked: readonly ScenarioStep[] = [
      'start',
      { request: 'ask', as: 'first' },
      { expect: { answered: { first: 0 } } },
      { send: 'tell' },
      { expect: { answered: { first: 1 } } },
      { send: 'tell' },
    ];
    expect(await failureOf([...asked, { expect: { answered: { first: 2 }, timers: { tick: 0 } } }])).to.equal(
      'passed',
    );
    expect(await failureOf([...asked, { expect: { answered: { first: 1 } } }])).to.match(
      /Expected 1 answer to the request 'first', got 2/,
    );
    expect(await failureOf(['start', { expect: { timers: { tick: 1 } } }])).to.match(
      /Expected 1 armed timer for 'tick', got 0/,
    );
  });

  it('knows which events of the last action no transition took', async () => {
    const steps: readonly ScenarioStep[] = ['start', { send: 'nobody' }];
    expect(await failureOf([...steps, { expect: { notIgnored: ['go', 'nobody'] } }])).to.match(
      /Expected a transition for 'event nobody', got none: no transition waits for it/,
    );
    expect(
      await failureOf([...steps, { send: 'go' }, { expect: { notIgnored: ['go', 'nobody'] } }]),
    ).to.equal('passed');
  });

  it('remembers the conditions that were true after a step', async () => {
    const steps: readonly ScenarioStep[] = [
      'start',
      { send: 'go' },
      { answer: { fetch: 'shop.test', reply: {} } },
    ];
    const fetching = "In('fetching')";
    const eventually = [fetching, "In('good')"];
    expect(await failureOf([...steps, { expect: { eventually } }])).to.equal('passed');
    expect(await failureOf([...steps, { expect: { eventually: [fetching, 'no.such.name'] } }])).to.match(
      /Expected no.such.name to have been true after a step, it never was/,
    );
    const leadsTo = [{ after: "In('idle')", to: fetching }];
    expect(await failureOf([...steps, { expect: { leadsTo } }])).to.equal('passed');
    expect(
      await failureOf([...steps, { expect: { leadsTo: [{ after: fetching, to: "In('idle')" }] } }]),
    ).to.match(/Expected In\('idle'\) to be true after In\('fetching'\), it was not/);
  });

  it('takes one of several expectations', async () => {
    const any = [{ status: 'completed' as const }, { in: ['idle'] }];
    expect(await failureOf(['start', { expect: { any } }])).to.equal('passed');
    expect(await failureOf(['start', { send: 'go' }, { expect: { any } }])).to.match(
      /None of these holds: Expected the status 'completed', got 'running'. - Expected the session to be in 'idle'/,
    );
  });

  it('gives the answers of a list in turn, then those of the next row', async () => {
    const answers = [
      { fetch: 'shop.test', replies: [{ status: 503 }, 'unreachable', 'timeout'] as const },
      { fetch: { $matches: 'try$' }, reply: { json: {} } },
    ];
    const steps: readonly ScenarioStep[] = [
      'start',
      { send: 'go' },
      { expect: { configuration: ['good'], data: { '_data.tries': 3 } } },
    ];
    expect(await failureOf(steps, { answers })).to.equal('passed');
  });

  it('leaves a request open that is met with silence, and takes its answer from a step', async () => {
    const steps: readonly ScenarioStep[] = [
      'start',
      { send: 'go' },
      { expect: { in: ['fetching'], open: ['session.fetch'] } },
      'restart',
      { answer: { fetch: 'try', reply: { json: 1 } } },
      { expect: { in: ['good'], open: [] } },
      { send: 'end' },
      { expect: { status: 'completed', donedata: { tries: 0 } } },
    ];
    expect(await failureOf(steps, { answers: [{ fetch: 'try', reply: 'silence' }] })).to.equal('passed');
  });

  it('answers elements of modules', async () => {
    const answers = [
      { module: 'queue.submit', attributes: { route: false }, results: [{ error: { error: 'x' } }] },
    ];
    const steps: readonly ScenarioStep[] = [
      'start',
      { send: 'queue' },
      { expect: { in: ['idle'] } },
      { send: 'queue' },
      { expect: { in: ['queued'] } },
      { answer: { module: 'queue.submit', result: { event: 'queue.submit.done', data: { agent: 'K' } } } },
      {
        expect: {
          in: ['good'],
          lines: ['event queue.submit.done', 'exit queued', 'transition queued -> good', 'enter good'],
        },
      },
    ];
    expect(await failureOf(steps, { answers })).to.equal('passed');
  });

  it('compares replies, also of a request that is answered later', async () => {
    const steps: readonly ScenarioStep[] = [
      'start',
      { request: 'ask', as: 'mine' },
      { expect: { replies: { mine: null } } },
      { send: 'tell' },
      {
        expect: {
          replies: {
            mine: { positive: true, resultCode: '7', body: { tries: { $any: true } }, bodyHas: { tries: 0 } },
          },
        },
      },
    ];
    expect(await failureOf(steps)).to.equal('passed');
    expect(await failureOf(['start', { request: 'ask', reply: {} }])).to.equal(
      "6:5 Expected an answer to the request 'ask', got none.",
    );
    const wrong = { replies: { mine: { body: { tries: 1 } } } };
    expect(await failureOf([...steps, { expect: wrong }])).to.match(
      /^\d+:11 Expected another body of the answer to the request 'mine'\.$/,
    );
  });

  it('looks into an invoked session by the id of its invoke, and sends it events', async () => {
    const steps: readonly ScenarioStep[] = [
      'start',
      { send: 'family' },
      { expect: { child: 'worker', configuration: ['busy'], data: { '_data.done': 0 }, status: 'running' } },
      { send: 'work', child: 'worker' },
      'restart',
      { expect: { child: 'worker', in: ['ready'], notIn: ['busy'], data: { '_data.done': 1 } } },
      { send: 'leave', child: 'worker' },
      { expect: { child: 'worker', ended: true } },
      { expect: { in: ['good'] } },
    ];
    expect(await failureOf(steps)).to.equal('passed');
    expect(await failureOf([...steps.slice(0, 2), { expect: { child: 'worker', in: ['idle'] } }])).to.match(
      /^9:11 Expected ids of states of the document, got 'idle'\./,
    );
    expect(await failureOf(['start', { send: 'work', child: 'worker' }])).to.equal(
      "5:5 Expected a running invoked session 'worker', got none.",
    );
  });

  it('tells the first step that fails, with both places and the last actions', async () => {
    const { failure, steps } = await play([
      'start',
      { send: 'queue' },
      { expect: { in: ['queued', 'good'] } },
    ]);
    expect(steps).to.equal(3);
    const { lastActions = '', ...others } = failure!;
    expect(others).to.deep.equal({
      at: { file: BASE, line: 9, column: 11 },
      message: "Expected the session to be in 'good', it is in 'queued'.",
      expected: ['queued', 'good'],
      actual: ['queued'],
      documentAt: { file: 'file:///documents/shop.scxml', line: 19, column: 3 },
    });
    expect(lastActions).to.match(
      /2\. send queue\n +event queue\n.*\n.*\n +enter queued {2}\(file:\/\/\/documents\/shop\.scxml:19:3\)/,
    );
  });

  it('tells each kind of difference', async () => {
    const start = async (step: ScenarioStep): Promise<string> =>
      (await failureOf(['start', step])).replace(/^\S+ /, '');
    expect(await start({ expect: { notIn: ['idle'] } })).to.match(/not to be in 'idle'/);
    expect(await start({ expect: { configuration: ['good'] } })).to.match(
      /the configuration 'good', got 'idle'/,
    );
    expect(await start({ expect: { data: { '_data.tries': 1 } } })).to.equal(
      'Expected _data.tries to be 1, got 0.',
    );
    expect(await start({ expect: { data: { 'a b': 1 } } })).to.match(/^'a b' has no value: /);
    expect(await start({ expect: { sequence: ['enter good'] } })).to.match(
      /Expected 'enter good' in the lines/,
    );
    expect(await start({ expect: { noLines: [{ $matches: '^enter' }] } })).to.match(/Expected no line/);
    expect(await start({ expect: { lines: [] } })).to.match(/Expected other lines/);
    expect(await start({ expect: { status: 'completed' } })).to.match(/status 'completed', got 'running'/);
    expect(await start({ expect: { ended: true } })).to.match(/to have ended/);
    expect(await start({ expect: { open: ['session.fetch'] } })).to.match(/to be open, got no request/);
    expect(await start({ expect: { reason: 'x' } })).to.match(/Expected the reason/);
    expect(await start({ expect: { donedata: {} } })).to.match(/Expected the donedata/);
    expect(await start({ expect: { child: 'worker', in: ['busy'] } })).to.match(/running invoked session/);
    expect(await failureOf(['start', { terminate: 'over' }, { send: 'go' }])).to.match(
      /but it has ended: terminated/,
    );
    expect(await failureOf([{ send: 'go' }])).to.equal(
      '4:5 Expected start() before send() of session STEPPER.',
    );
    expect(await failureOf(['start', 'start'])).to.match(/^5:5 Expected start\(\) once/);
  });

  it('refuses a document that is missing or has another text', async () => {
    const faultOf = async (others: Partial<Scenario>): Promise<string> => {
      try {
        await play(['start'], others);
        return 'played';
      } catch (error) {
        return error instanceof ScenarioFault ? error.message : String(error);
      }
    };
    expect(await faultOf({ documentHash: '0'.repeat(64) })).to.match(
      /^file:\/\/\/documents\/play\.scenario\.yaml:3:1: documentHash: the document has changed: expected the text with the hash 0+, got [0-9a-f]{64}$/,
    );
    expect(await faultOf({ document: 'http://[' })).to.match(/:2:1: document: expected a path or a URL/);
    expect(await faultOf({ document: 'other.scxml' })).to.match(/DocumentError/);
  });
});
