import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { parseDocument } from '../../../engine/interpreter/load/load.ts';
import { InstalledTexts } from '../../../server/process/installedTexts.ts';
import { writeDocuments } from '../../support/writeDocuments.ts';

const OWN =
  '<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0"><script src="own.js"/><state id="s"/></scxml>';
const INLINE = OWN.replace(' src="own.js"/>', '>var a;</script>');

describe('the texts of installed documents', () => {
  const folder = writeDocuments({ 'a/own.scxml': OWN, 'a/own.js': 'var a = 1;', 'a/inline.scxml': INLINE });
  const texts = new InstalledTexts(folder);
  const isOwn: InstalledTexts['has'] = (document) => texts.has(document);

  const parse = (xml: string, script: string) =>
    parseDocument(xml, { baseUrl: new URL('http://anywhere.test/own.scxml'), fetchText: async () => script });

  it('include a document with the same text from any URL', async () => {
    expect(isOwn(await parse(OWN, 'var a = 1;'))).to.equal(true);
    expect(isOwn(await parse(INLINE, ''))).to.equal(true);
  });

  it('do not include another text under the URL of an installed document', async () => {
    const url = new URL(`file://${join(folder, 'a/inline.scxml')}`);
    expect(isOwn(await parseDocument(INLINE.replace('var a', 'var b'), { baseUrl: url }))).to.equal(false);
  });

  it('include a document only if every file of it is installed', async () => {
    expect(isOwn(await parse(OWN, 'var a = 2;'))).to.equal(false);
  });

  it('are read again when a file was edited', async () => {
    const text = `${INLINE}\n`;
    expect(isOwn(await parse(text, ''))).to.equal(false);
    appendFileSync(join(folder, 'a/inline.scxml'), '\n');
    expect(isOwn(await parse(text, ''))).to.equal(true);
  });
});
