import { expect } from 'chai';
import { parseDocument } from '../../../../engine/interpreter/index.ts';
import { stepper } from '../../../../engine/interpreter/stepper/index.ts';

describe('a stepped session with a timer that never ends', () => {
  it('does not fire more than 100,000 timers at once', async () => {
    const document = await parseDocument(
      `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0"><state id="a">
        <onentry><send event="tick" delay="1ms"/></onentry>
        <transition event="tick" target="a"/>
      </state></scxml>`,
    );
    const session = await stepper(document);
    session.start().advance(99_000);
    expect(() => session.advance('365d')).to.throw('Expected at most 100000 timers, got more.');
  }).timeout(120_000);
});
