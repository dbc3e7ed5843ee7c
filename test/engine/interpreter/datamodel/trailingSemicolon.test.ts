import { expect } from 'chai';
import { createSession, parseDocument } from '../../../../engine/index.ts';

async function logOf(expression: string): Promise<string[]> {
  const document = await parseDocument(
    `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript"><state id="s">
       <onentry><log expr="${expression}"/></onentry>
       <transition event="error.execution"><log expr="_event.name"/></transition>
     </state></scxml>`,
  );
  const log: string[] = [];
  const session = createSession(document, { id: 'SESSION', seed: 1 });
  session.onEffect((effect) => effect.kind === 'log' && log.push(effect.text));
  session.start();
  return log;
}

describe('an expression with a semicolon after it', () => {
  it('has the value of the expression (W3C 452)', async () => {
    expect(await logOf('1 + 1;')).to.deep.equal(['2']);
    expect(await logOf('1 + 1 ; // two')).to.deep.equal(['2']);
  });

  it('is a fault when other text follows, or when the expression is empty', async () => {
    for (const expression of ['1; 2', '1;;', ';']) {
      expect(await logOf(expression)).to.deep.equal(['error.execution']);
    }
  });
});
