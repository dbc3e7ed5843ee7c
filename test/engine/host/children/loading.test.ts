import { expect } from 'chai';
import { parseDocument } from '../../../../engine/interpreter/load/load.ts';

/** Texts on which a parser of code recurses until V8, compiling a regular expression for it, ends the process. */
const DEEP: readonly string[] = [
  `${'a['.repeat(50_000)}0${']'.repeat(50_000)}`,
  `${'('.repeat(100_000)}a${')'.repeat(100_000)}`,
  `a[/${'(?=a'.repeat(20_000)}${')'.repeat(20_000)}/]`,
  `${'!'.repeat(100_000)}a`,
];

describe('A document of strangers with code of endless depth', () => {
  it('loads as a server loads it, without its code being parsed', async () => {
    for (const code of DEEP) {
      const xml = `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" profile="ecmascript"
        xmlns:queue="www.genesyslab.com/modules/queue"><script>${code}</script><state id="s"><onentry>
        <assign location="${code}" expr="${code}"/><queue:submit requestid="${code}"/></onentry></state></scxml>`;
      const document = await parseDocument(xml, { warnOfCode: false });
      expect(document.states).to.have.length(2);
    }
  });
});
