import { setImmediate } from 'node:timers/promises';
import { expect } from 'chai';
import { MAX_PLAYING_MS, ScenarioThread } from '../../../server/adapters/scenarioThread.ts';
import { createSimulatedClock } from '../../support/simulatedClock.ts';

const DOCUMENT = `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" initial="off">
  <state id="off"><transition event="go" target="on"/></state>
  <state id="on"/>
</scxml>`;
const SCENARIO = `scenario: 1
name: It is switched on
document: ../lamp.scxml
steps:
  - start
  - send: go
  - expect: { in: [on] }
`;

function files(scenario: string): ReadonlyMap<string, Uint8Array> {
  const bytes = (text: string) => new TextEncoder().encode(text);
  return new Map([
    ['lamp.scxml', bytes(DOCUMENT)],
    ['tests/the lamp.scenario.yaml', bytes(scenario)],
  ]);
}

describe('the thread that plays the scenarios of templates', () => {
  const clock = createSimulatedClock();
  let thread: ScenarioThread;
  beforeEach(() => {
    thread = new ScenarioThread({ busy: (message) => new Error(message), clock });
  });
  afterEach(() => thread.close());

  it('tells that all pass, with the documents and includes of the template', async () => {
    expect(await thread.play(files(SCENARIO))).to.deep.equal({ scenarios: 1, failed: 0, problems: [] });
  });

  it('tells the place, the difference and the last actions of the step that fails', async () => {
    const { problems, ...counts } = await thread.play(files(SCENARIO.replace('[on]', '[off]')));
    expect(counts).to.deep.equal({ scenarios: 1, failed: 1 });
    const { lastActions, ...problem } = problems[0]!;
    expect(problem).to.deep.equal({
      code: 'SCENARIO_FAILED',
      severity: 'error',
      message: "Expected the session to be in 'off', it is in 'on'.",
      file: 'tests/the lamp.scenario.yaml',
      line: 7,
      column: 20,
      expected: ['off'],
      actual: ['on'],
      documentAt: { file: 'lamp.scxml', line: 3, column: 3 },
    });
    expect(lastActions).to.contain('transition off -> on  (lamp.scxml:2:19)');
  });

  it('tells of a scenario that cannot be read, and reads no file beside those of the template', async () => {
    const unknown = await thread.play(files(SCENARIO.replace('send: go', 'sent: go')));
    expect(unknown.problems).to.have.length(1);
    expect(unknown.problems[0]).to.include({ code: 'SCENARIO_INVALID', line: 6 });
    const outside = await thread.play(files(SCENARIO.replace('../lamp.scxml', '/etc/hostname')));
    expect(outside.problems.map(({ message }) => message)).to.deep.equal([
      "FILE_UNREADABLE: Expected to read etc/hostname, got: 'etc/hostname' is not a file of the template.",
    ]);
  });

  it('ends scenarios that take too long, and plays those that came after them', async () => {
    const slow = thread.play(files(SCENARIO));
    const other = thread.play(files(SCENARIO));
    await setImmediate();
    await clock.advance(MAX_PLAYING_MS, async () => {});
    expect((await slow).problems.map(({ message }) => message)).to.deep.equal([
      'Expected scenarios that are played within 60000 ms (MAX_PLAYING_MS).',
    ]);
    expect(await other).to.deep.equal({ scenarios: 1, failed: 0, problems: [] });
  });

  it('plays nothing where a template has no scenario', async () => {
    expect(await thread.play(new Map())).to.deep.equal({ scenarios: 0, failed: 0, problems: [] });
  });
});
