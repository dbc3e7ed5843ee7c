import { expect } from 'chai';
import {
  compileProgram,
  type Document,
  type ExecutionSnapshot,
  parseDocument,
  startExecution,
} from '../../../../engine/index.ts';
import type { StepOutcome, StepRecord } from '../../../../engine/interpreter/execution.ts';

const DOCUMENT = `
  <scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript">
    <datamodel><data id="seen" expr="[]"/></datamodel>
    <state id="a">
      <transition event="go" cond="In('a')" target="b">
        <assign location="seen" expr="seen.concat(_sessionid, _event.data, In('a'), In('b'))"/>
        <log expr="'between'"/>
        <raise event="inner"/>
      </transition>
    </state>
    <state id="b">
      <transition event="inner" target="c">
        <assign location="seen" expr="seen.concat(_event.name, In('b'), Math.random() &lt; 1)"/>
        <send event="later" delay="1s"/>
      </transition>
    </state>
    <state id="c"/>
  </scxml>`;

interface Opened {
  go(data: string, onRecord?: (record: StepRecord) => void): StepOutcome;
  shown(): [readonly string[], unknown, ExecutionSnapshot];
}

function open(document: Document, sessionId: string): Opened {
  const execution = startExecution(compileProgram(document), { sessionId, seed: 3 });
  execution.step({ kind: 'start' }, { now: 0 });
  return {
    go: (data, onRecord) =>
      execution.step(
        { kind: 'event', event: { name: 'go', data } },
        { now: 1, ...(onRecord && { onRecord }) },
      ),
    shown: () => [execution.configuration, execution.data(), execution.snapshot()],
  };
}

describe('nested steps', () => {
  it('of several sessions of one document have the same results as steps one after the other', async () => {
    const document = await parseDocument(DOCUMENT);
    const alone = ['S1', 'S2'].map((id) => open(document, id));
    const outcomes = alone.map((session) => session.go('x'));

    const [outer, inner] = ['S1', 'S2'].map((id) => open(document, id)) as [Opened, Opened];
    let nested: StepOutcome | undefined;
    const outcome = outer.go('x', ({ kind, text }) => {
      if (kind === 'log' && text === 'between') nested = inner.go('x');
    });
    expect([outcome, nested]).to.deep.equal(outcomes);
    expect([outer, inner].map((session) => session.shown())).to.deep.equal(
      alone.map((session) => session.shown()),
    );
  });

  it('of one session are refused', async () => {
    const session = open(await parseDocument(DOCUMENT), 'S1');
    const again = (): void => void session.go('x', () => void session.go('y'));
    expect(again).to.throw('Expected the step of session S1 to end before its next.');
  });
});
