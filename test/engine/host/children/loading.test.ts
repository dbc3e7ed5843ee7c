import { expect } from 'chai';
import { parseDocument } from '../../../../engine/interpreter/load/load.ts';

/**
 * Texts that make a code parser recurse so deeply that V8 ends the process when it compiles a regular
 * expression.
 */
const DEEP: readonly string[] = [
  `${'a['.repeat(50_000)}0${']'.repeat(50_000)}`,
  `${'('.repeat(100_000)}a${')'.repeat(100_000)}`,
  `a[/${'(?=a'.repeat(20_000)}${')'.repeat(20_000)}/]`,
  `${'!'.repeat(100_000)}a`,
];

describe('An untrusted document with very deeply nested code', () => {
  it('loads in the server without a parse of its code', async () => {
    for (const code of DEEP) {
      const xml = `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" profile="ecmascript"
        xmlns:queue="www.genesyslab.com/modules/queue"><script>${code}</script><state id="s"><onentry>
        <assign location="${code}" expr="${code}"/><queue:submit requestid="${code}"/></onentry></state></scxml>`;
      const document = await parseDocument(xml, { warnOfCode: false });
      expect(document.states).to.have.length(2);
    }
  });
});
