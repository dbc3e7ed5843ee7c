import { appendFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import { SplitEngine } from '../../../engine/host/children/splitEngine.ts';
import type { HostedProgram } from '../../../engine/host/hostEngine.ts';
import { ownEngine } from '../../../engine/host/ownEngine.ts';
import { InstalledTexts } from '../../../server/process/installedTexts.ts';
import { writeDocuments } from '../../support/writeDocuments.ts';

const OWN =
  '<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0"><script src="own.js"/><state id="s"/></scxml>';
const INLINE = OWN.replace(' src="own.js"/>', '>var a;</script>');

describe('the texts of installed documents', () => {
  const folder = writeDocuments({ 'a/own.scxml': OWN, 'a/own.js': 'var a = 1;', 'a/inline.scxml': INLINE });
  const texts = new InstalledTexts(folder);

  it('are known from any URL', () => {
    expect([OWN, INLINE, 'var a = 1;'].map((text) => texts.has(text))).to.deep.equal([true, true, true]);
    expect(texts.has(INLINE.replace('var a', 'var b'))).to.equal(false);
  });

  it('are read again when a file was edited', () => {
    const text = `${INLINE}\n`;
    expect(texts.has(text)).to.equal(false);
    appendFileSync(join(folder, 'a/inline.scxml'), '\n');
    expect(texts.has(text)).to.equal(true);
  });

  it('are the only texts that the server itself parses', async () => {
    const parsed: string[] = [];
    const sandboxed: HostedProgram = {
      document: { url: '', hash: '', dialect: 'w3c', persist: true, sources: [] },
    };
    const engine = new SplitEngine({
      trusted: {
        ...ownEngine,
        loadProgram: (request) => {
          parsed.push(request.text);
          return ownEngine.loadProgram(request);
        },
      },
      sandboxed: { ...ownEngine, loadProgram: async () => sandboxed },
      isTrusted: (text) => texts.has(text),
    });
    const load = (text: string, script: string): Promise<HostedProgram> =>
      engine.loadProgram({
        text,
        baseUrl: new URL('http://anywhere.test/own.scxml'),
        fetchText: async () => script,
      });
    expect(await load(OWN, 'var a = 1;')).to.not.equal(sandboxed);
    expect(await load(OWN, 'var a = 2;')).to.equal(sandboxed);
    expect(await load(INLINE.replace('var a', 'var b'), '')).to.equal(sandboxed);
    expect(parsed).to.deep.equal([OWN, OWN]);
  });
});
