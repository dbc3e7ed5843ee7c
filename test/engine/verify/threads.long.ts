import { expect } from 'chai';
import { parseDocument } from '../../../engine/interpreter/index.ts';
import { NO_SURROUNDINGS, type VerifyReport, verifyDocument } from '../../../engine/verify/index.ts';

const COUNTERS = `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript">
<datamodel><data id="a" expr="0"/><data id="b" expr="0"/></datamodel>
<state id="s">
  <transition event="a" cond="a &lt; 12"><assign location="a" expr="a + 1"/></transition>
  <transition event="b" cond="b &lt; 12"><assign location="b" expr="b + 1"/></transition>
  <transition event="stop" cond="a == 3 &amp;&amp; b == 2" target="stuck"/>
  <transition event="stop" cond="a == 12" target="end"/>
</state>
<state id="stuck"/>
<final id="end"/>
</scxml>`;

describe('the verification on several threads', () => {
  it('gives the same report as on one', async () => {
    const document = await parseDocument(COUNTERS, { baseUrl: new URL('file:///verified/counters.scxml') });
    const event = { kind: 'notice', data: [{}], times: 20 } as const;
    const events = ['a', 'b', 'stop'].map((name) => ({ ...event, event: name }));
    const verify = async (threads: number): Promise<Omit<VerifyReport, 'elapsedMs' | 'bytes'>> => {
      let time = 0;
      const {
        elapsedMs: _time,
        bytes: _bytes,
        ...report
      } = await verifyDocument(document, {
        surroundings: { ...NO_SURROUNDINGS, events },
        bounds: { MAX_TIME_MS: Number.POSITIVE_INFINITY },
        // So much time passes that it gets its threads after the first states.
        elapsed: () => (time += 10_000),
        threads,
      });
      return report;
    };
    const alone = await verify(1);
    expect([alone.states, alone.isClosed, alone.findings.map(({ moves }) => moves.length)]).to.deep.equal([
      171,
      true,
      [6],
    ]);
    expect(await verify(2)).to.deep.equal(alone);
  }).timeout(120_000);
});
