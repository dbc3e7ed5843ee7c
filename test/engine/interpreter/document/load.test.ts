import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { DocumentError } from '../../../../engine/interpreter/document/errors.ts';
import { loadDocument, parseDocument } from '../../../../engine/interpreter/load/load.ts';
import { BASE, memoryFiles, NS, parse, SCXML } from './memoryFiles.ts';

const XI = 'xmlns:xi="http://www.w3.org/2001/XInclude"';

describe('loading a document', () => {
  let folder: string;
  before(async () => {
    folder = await mkdtemp(join(tmpdir(), 'orsay-document-'));
  });
  after(() => rm(folder, { recursive: true }));

  async function messageOf(load: Promise<unknown>): Promise<string> {
    const error = await load.catch((e: unknown) => e);
    expect(error).to.be.instanceOf(DocumentError);
    return (error as DocumentError).message;
  }

  it('reads a file by path, by URL text and by URL, with its includes', async () => {
    const path = join(folder, 'a b.scxml');
    await writeFile(path, `<scxml ${SCXML} ${XI}><xi:include href="part.xml"/></scxml>`);
    await writeFile(join(folder, 'part.xml'), `<final ${NS} id="é"/>`);
    const url = pathToFileURL(path);
    const [byPath, byText, byUrl] = await Promise.all([
      loadDocument(path),
      loadDocument(url.href),
      loadDocument(url),
    ]);
    expect(byPath.states.map(({ id }) => id)).to.deep.equal(['#scxml0', 'é']);
    expect(byText).to.deep.equal(byPath);
    expect(byUrl).to.deep.equal(byPath);
    expect(byPath.url).to.equal(url.href);
  });

  it('reads UTF-16 with a byte order mark, and refuses bytes that are not UTF-8', async () => {
    const xml = `<scxml ${SCXML}><final id="é"/></scxml>`;
    const wide = join(folder, 'wide.scxml');
    await writeFile(wide, Buffer.from(`\uFEFF${xml}`, 'utf16le'));
    expect((await loadDocument(wide)).states[1]!.id).to.equal('é');
    const latin = join(folder, 'latin.scxml');
    await writeFile(latin, Buffer.from(xml, 'latin1'));
    expect(await messageOf(loadDocument(latin)))
      .to.contain('FILE_UNREADABLE')
      .and.to.contain('bytes that are no text in utf-8');
  });

  it('reads the encoding that an XML declaration names, if it exists', async () => {
    const xml = (encoding: string) =>
      `<?xml version="1.0" encoding="${encoding}"?><scxml ${SCXML}><final id="é"/></scxml>`;
    const latin = join(folder, 'declared.scxml');
    await writeFile(latin, Buffer.from(xml('ISO-8859-1'), 'latin1'));
    expect((await loadDocument(latin)).states[1]!.id).to.equal('é');
    const unknown = join(folder, 'unknown.scxml');
    await writeFile(unknown, xml('klingon'));
    expect(await messageOf(loadDocument(unknown))).to.contain("the unknown encoding 'klingon'");
  });

  it('refuses everything except regular files, file URLs and valid URLs', async () => {
    expect(await messageOf(loadDocument(folder))).to.contain('Expected a regular file');
    expect(await messageOf(loadDocument('/dev/zero'))).to.contain('Expected a regular file');
    expect(await messageOf(loadDocument('http://docs.test/a.scxml'))).to.contain('Expected a file: URL');
    expect(await messageOf(loadDocument('http://['))).to.contain('FILE_UNREADABLE');
  });

  it('reads other schemes through fetchText', async () => {
    const fetchText = memoryFiles({ 'a.scxml': `<scxml ${SCXML}><final/></scxml>` });
    const document = await loadDocument('http://docs.test/app/a.scxml', { fetchText });
    expect(document.sources.map(({ url }) => url)).to.deep.equal(['http://docs.test/app/a.scxml']);
  });

  it('gives a new URL to text without a URL', async () => {
    const document = await parseDocument(`<scxml ${SCXML}><final/></scxml>`);
    expect(document.url).to.equal('memory:///document.scxml');
    expect(document.states[1]!.at).to.deep.equal({ file: 'memory:///document.scxml', line: 1, column: 62 });
  });

  it('loads the same document again from its sources', async () => {
    const first = await parse(
      `<scxml ${SCXML} ${XI} profile="ecmascript"><script src="a.js"/><datamodel><data id="d" src="d.txt"/><data id="e" src="gone"/></datamodel><xi:include href="s.xml" resolveid="P"/></scxml>`,
      { 'a.js': 'a', 'd.txt': 'd', 's.xml': `<final ${NS} id="f"/>` },
    );
    const texts = new Map(first.sources.map(({ url, text }) => [url, text]));
    const again = await parseDocument(first.sources[0]!.text, {
      baseUrl: new URL(first.sources[0]!.url),
      dialect: first.dialect,
      fetchText: async (url) => {
        const text = texts.get(url.href);
        if (text === undefined) throw new Error(`No file at ${url.href}.`);
        return text;
      },
    });
    expect(again).to.deep.equal(first);
  });

  it('hashes the dialect and every file', async () => {
    const xml = `<scxml ${SCXML}><script src="a.js"/><final/></scxml>`;
    const hash = async (script: string, dialect: 'w3c' | 'ors' = 'w3c') =>
      (await parse(xml, { 'a.js': script }, { dialect })).hash;
    const hashes = [await hash('1'), await hash('2'), await hash('1', 'ors')];
    expect(new Set(hashes).size).to.equal(3);
    expect(await hash('1')).to.equal(hashes[0]);
    expect(hashes[0]).to.match(/^[0-9a-f]{64}$/);
  });

  it('skips a byte order mark, and counts every kind of line break', async () => {
    const document = await parse(
      `\uFEFF<?xml version="1.0"?>\r\n<!-- a\rb -->\n<scxml ${SCXML}>\r\n <final/></scxml>`,
    );
    expect(document.states.map(({ at }) => at)).to.deep.equal([
      { file: BASE.href, line: 4, column: 1 },
      { file: BASE.href, line: 5, column: 2 },
    ]);
  });
});
