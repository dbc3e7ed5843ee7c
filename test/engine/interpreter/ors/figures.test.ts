import { expect } from 'chai';
import type { ReadFigure } from '../../../../engine/interpreter/figures.ts';
import { parseDocument } from '../../../../engine/interpreter/load/load.ts';
import { createSession } from '../../../../engine/interpreter/session/session.ts';
import { type Stepper, stepper } from '../../../../engine/interpreter/stepper/index.ts';
import type { Json } from '../../../../engine/ports/json.ts';

const document = (body: string): string =>
  `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" profile="ecmascript"
    xmlns:queue="http://www.genesyslab.com/modules/queue">
  <datamodel><data id="x"/><data id="n" expr="0"/></datamodel>${body}</scxml>`;

const FIGURES: Readonly<Record<string, number>> = {
  'Billing@.GA StatAgentsAvailable': 3,
  'VQ@.Q StatCallsInQueue': 7,
  'VQ@.Q StatExpectedWaitingTime': Number.NaN,
};

/** A session that may ask for FIGURES, and the questions that were asked. */
async function open(
  body: string,
  read?: ReadFigure,
): Promise<{ readonly step: Stepper; readonly asked: string[] }> {
  const asked: string[] = [];
  const figures: ReadFigure = (object, statistic) => {
    asked.push(`${object} ${statistic}`);
    return (read ?? ((one, name) => FIGURES[`${one} ${name}`]))(object, statistic);
  };
  return { step: await stepper(document(body), { figures }), asked };
}

const sData = (object: string, statistic: string): string =>
  `_genesys.statistic.sData('${object}', '${statistic}')`;
const AVAILABLE = sData('Billing@.GA', 'StatAgentsAvailable');
const WAITING = sData('VQ@.Q', 'StatCallsInQueue');

async function valueAt(expression: string): Promise<Json | undefined> {
  const { step } = await open(
    `<state id="s"><onentry><assign location="x" expr="${expression}"/></onentry>
      <transition event="error.*"><assign location="x" expr="_event.name + ': ' + _event.data.description"/></transition></state>`,
  );
  return step.start().get('x');
}

describe('_genesys.statistic.sData', () => {
  const values: readonly (readonly [expression: string, value: Json])[] = [
    [AVAILABLE, 3],
    [`${AVAILABLE} + ${WAITING}`, 10],
    [`[1, 2].map(function () { return ${AVAILABLE}; }).join()`, '3,3'],
    [`typeof ${sData('VQ@.Q', 'StatExpectedWaitingTime')}`, 'number'],
    [`isNaN(${sData('VQ@.Q', 'StatExpectedWaitingTime')})`, true],
    [`${sData('VQ@.Q', 'StatExpectedWaitingTime')} &lt; 60`, false],
    [
      sData('Nobody@.GA', 'StatAgentsAvailable'),
      'error.illegalvalue: Error: _genesys.statistic.sData(Nobody@.GA, StatAgentsAvailable): there is no such statistic or object',
    ],
    [
      '_genesys.statistic.sData({ Params: {} })',
      'error.illegalvalue: TypeError: _genesys.statistic.sData() takes the name of an object and of a statistic here: define the statistic in the configuration (statistics.types), and give its name',
    ],
    [
      `_genesys.statistic.sData('x'.repeat(5000), 'y')`,
      'error.illegalvalue: RangeError: Expected at most 4096 characters',
    ],
  ];
  for (const [expression, value] of values) {
    it(`gives ${JSON.stringify(value).slice(0, 60)} for ${expression.slice(0, 90)}`, async () => {
      expect(await valueAt(expression)).to.deep.equal(value);
    });
  }

  it('asks once for each value of a step, and again in the next step', async () => {
    const { step, asked } = await open(
      `<state id="s"><transition event="go"><assign location="x" expr="[${AVAILABLE}, ${AVAILABLE}, ${WAITING}]"/></transition></state>`,
    );
    step.start();
    expect(asked).to.deep.equal([]);
    step.send('go').expectData('x', [3, 3, 7]);
    expect(asked).to.deep.equal(['Billing@.GA StatAgentsAvailable', 'VQ@.Q StatCallsInQueue']);
    step.send('go').back().send('go').expectData('x', [3, 3, 7]);
  });

  it('leaves nothing of the steps in which values were missing', async () => {
    const { step } = await open(
      `<state id="s"><onentry><assign location="n" expr="n + 1"/><queue:cancel requestid="'r'"/><log expr="'once'"/></onentry>
        <transition cond="${AVAILABLE} &gt; 2 &amp;&amp; Math.random() &lt; 1" target="t"/></state>
      <state id="t"><onentry><assign location="x" expr="[n, ${WAITING}]"/></onentry></state>`,
    );
    step.start().expectIn('t').expectData('x', [1, 7]);
    expect(step.open.map(({ name }) => name)).to.deep.equal(['queue.cancel']);
    expect(step.lastLines.filter((line) => line.startsWith('log'))).to.deep.equal(['log once']);
  });

  it('decides conditions of transitions that nothing else follows', async () => {
    const { step } = await open(
      `<state id="s"><transition event="go" cond="${WAITING} === 7" target="t"/></state><final id="t"/>`,
    );
    step.start().send('go');
    expect(step.status).to.equal('completed');
  });

  it('ends no session whose code waits for a value in a loop', async () => {
    const { step } = await open(
      `<state id="s"><transition cond="!(${AVAILABLE} &gt; 0)" target="s"/>
        <onentry><script>while (isNaN(x = ${WAITING})) { n += 1; }</script></onentry></state>`,
    );
    step.start().expectIn('s').expectData('x', 7).expectData('n', 0);
  });

  it('gives at most 100 values to a step', async () => {
    const { step } = await open(
      `<state id="s"><onentry><script>for (n = 0; n &lt; 101; n += 1) { _genesys.statistic.sData('VQ' + n + '@.Q', 'StatCallsInQueue'); }</script></onentry>
        <transition event="error.script"><assign location="x" expr="_event.data.description"/></transition></state>`,
      () => 0,
    );
    const expected = 'RangeError: Expected at most 100 values of statistics in a step';
    step.start().expectData('n', 100).expectData('x', expected);
  });

  it('gives values to sessions in memory', async () => {
    const parsed = await parseDocument(
      document(
        `<state id="s"><transition event="go"><assign location="x" expr="${WAITING}"/></transition></state>`,
      ),
    );
    let waiting = 1;
    const session = createSession(parsed, { ports: { readFigure: () => waiting } });
    session.start();
    session.send('go');
    expect(session.data()).to.deep.include({ x: 1 });
    waiting = 2;
    session.send('go');
    expect(session.data()).to.deep.include({ x: 2 });
  });

  it('throws where nobody has values', async () => {
    const step = await stepper(
      document(
        `<state id="s"><onentry><assign location="x" expr="${AVAILABLE}"/></onentry>
          <transition event="error.illegalvalue"><assign location="x" expr="_event.data.description"/></transition></state>`,
      ),
    );
    const expected = 'Error: _genesys.statistic.sData(Billing@.GA, StatAgentsAvailable) has nobody to ask';
    step.start().expectData('x', expected);
  });
});
