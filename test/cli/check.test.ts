import { mkdirSync, mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { expect } from 'chai';
import { runOrsay } from '../support/runOrsay.ts';

const NS = 'xmlns="http://www.w3.org/2005/07/scxml"';
const including = (href: string, target = 'part'): string =>
  `<scxml ${NS} version="1.0" datamodel="ecmascript" xmlns:xi="http://www.w3.org/2001/XInclude" initial="a">
<state id="a"><transition event="go" target="${target}"/></state>
<xi:include href="${href}"/>
</scxml>`;
const PART = `<state id="part" ${NS}/>`;
const PART_PROBLEM =
  'ROOT_UNEXPECTED: Expected <scxml xmlns="http://www.w3.org/2005/07/scxml">, got <state>. A file for <xi:include> is checked with the documents that include it.';

describe('orsay check of several files', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'orsay-check-'));
  });

  const write = (name: string, text: string | Uint8Array): string => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
    return name;
  };
  const check = async (...paths: readonly string[]): Promise<readonly string[]> =>
    (await runOrsay(['check', ...paths], { cwd: folder })).stdout.split('\n').filter((line) => line !== '');

  it('reports a part by itself only when no document of the call includes it', async () => {
    write('main.scxml', including('parts/part.scxml'));
    write('parts/part.scxml', PART);
    expect(await check('.')).to.deep.equal([]);
    expect(await check('main.scxml', 'parts/part.scxml')).to.deep.equal([]);
    expect(await check('parts/part.scxml', 'main.scxml')).to.deep.equal([]);
    expect(await check('parts/part.scxml')).to.deep.equal([`parts/part.scxml:1:1: ${PART_PROBLEM}`]);
  });

  it('does so too when a document that includes it has errors', async () => {
    write('main.scxml', including('part.scxml', 'nowhere'));
    write('part.scxml', PART);
    expect(await check('.')).to.deep.equal([
      "main.scxml:2:38: TARGET_UNKNOWN: Expected the id of a state, got 'nowhere'.",
    ]);
  });

  it('names the file that differs only in upper and lower case, in any part of the path', async () => {
    write('main.scxml', including('parts/routing.xml'));
    write('other.scxml', including('Parts/Routing.xml'));
    write('parts/Routing.xml', PART);
    const lines = await check('main.scxml', 'other.scxml');
    expect(lines).to.deep.equal([
      "main.scxml:3:13: INCLUDE_FAILED: Expected to read parts/routing.xml, got no such file. Did you mean 'Routing.xml'? Upper and lower case differ.",
      "other.scxml:3:13: INCLUDE_FAILED: Expected to read Parts/Routing.xml, got no such file. Did you mean 'parts'? Upper and lower case differ.",
    ]);
  });

  it('reads files with a byte order mark, in UTF-16 and with CRLF, and locates problems in them', async () => {
    const text = `<scxml ${NS} version="1.0">\r\n<state id="a">\r\n<transition target="b"/></state></scxml>`;
    write('bom.scxml', `\uFEFF${text}`);
    write('crlf.scxml', text);
    write('utf16.scxml', Buffer.from(`\uFEFF${text}`, 'utf16le'));
    write('utf16bare.scxml', Buffer.from(text, 'utf16le'));
    const problem = "3:13: TARGET_UNKNOWN: Expected the id of a state, got 'b'.";
    expect(await check('.')).to.deep.equal(
      ['bom', 'crlf', 'utf16', 'utf16bare'].map((name) => `${name}.scxml:${problem}`),
    );
  });
});
