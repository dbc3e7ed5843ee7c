import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { parseDocument } from '../../../engine/interpreter/load/load.ts';
import { InstalledTexts } from '../../../server/process/installedTexts.ts';
import { writeDocuments } from '../../support/writeDocuments.ts';

const OWN =
  '<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0"><script src="own.js"/><state id="s"/></scxml>';
const INLINE = OWN.replace(' src="own.js"/>', '>var a;</script>');

describe("Which documents are the installation's own", () => {
  const folder = writeDocuments({ 'a/own.scxml': OWN, 'a/own.js': 'var a = 1;', 'a/inline.scxml': INLINE });
  const texts = new InstalledTexts(folder);
  const isOwn: InstalledTexts['has'] = (document) => texts.has(document);

  const parse = (xml: string, script: string) =>
    parseDocument(xml, { baseUrl: new URL('http://anywhere.test/own.scxml'), fetchText: async () => script });

  it('says their text, wherever it comes from', async () => {
    expect(isOwn(await parse(OWN, 'var a = 1;'))).to.equal(true);
    expect(isOwn(await parse(INLINE, ''))).to.equal(true);
  });

  it('is not said by their URL', async () => {
    const url = new URL(`file://${join(folder, 'a/inline.scxml')}`);
    expect(isOwn(await parseDocument(INLINE.replace('var a', 'var b'), { baseUrl: url }))).to.equal(false);
  });

  it('must be true of every file', async () => {
    expect(isOwn(await parse(OWN, 'var a = 2;'))).to.equal(false);
  });

  it('is looked up again when a file was edited', async () => {
    const text = `${INLINE}\n`;
    expect(isOwn(await parse(text, ''))).to.equal(false);
    appendFileSync(join(folder, 'a/inline.scxml'), '\n');
    expect(isOwn(await parse(text, ''))).to.equal(true);
  });
});
