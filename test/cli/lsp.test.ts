import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { LanguageClient } from '../support/languageClient.ts';

const DOCUMENT = `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript">
<state id="waiting"><transition event="pay" target="paid"/></state>
<state id="paid"><transition event="back" cond="In('paid')" target="waitin"/></state>
</scxml>`;

const range = (line: number, start: number, end: number, last = line) => ({
  start: { line, character: start },
  end: { line: last, character: end },
});

describe('orsay lsp', function () {
  this.timeout(30_000);
  let folder: string;
  let client: LanguageClient;
  const uriOf = (name: string): string => pathToFileURL(join(folder, name)).href;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'orsay-lsp-'));
    client = new LanguageClient();
    await client.initialize(pathToFileURL(folder).href);
    await client.notify('initialized', {});
  });
  afterEach(() => {
    client.connection.dispose();
    client.process.kill();
    rmSync(folder, { recursive: true });
  });

  it('shows the problems of a document while it is typed, and ends when the editor says so', async () => {
    const uri = uriOf('order.scxml');
    await client.open(uri, DOCUMENT);
    expect(await client.diagnosticsOf(uri)).to.deep.equal([
      {
        range: range(2, 68, 74),
        severity: 1,
        code: 'TARGET_UNKNOWN',
        source: 'orsay',
        message: "Expected the id of a state, got 'waitin'. Did you mean 'waiting'?",
      },
    ]);
    await client.change(uri, 2, DOCUMENT.replace('waitin"/>', 'waiting"/>'));
    expect(await client.diagnosticsOf(uri)).to.deep.equal([]);
    expect(await client.stop()).to.equal(0);
  });

  it('finds definitions, references and the outline', async () => {
    const uri = uriOf('order.scxml');
    await client.open(uri, DOCUMENT);
    const at = { textDocument: { uri }, position: { line: 1, character: 54 } };
    expect(await client.request('textDocument/definition', at)).to.deep.equal([
      { uri, range: range(2, 11, 15) },
    ]);
    const context = { includeDeclaration: true };
    expect(await client.request('textDocument/references', { ...at, context })).to.deep.equal([
      { uri, range: range(2, 11, 15) },
      { uri, range: range(1, 52, 56) },
      { uri, range: range(2, 52, 56) },
    ]);
    const [root] = await client.request('textDocument/documentSymbol', { textDocument: { uri } });
    expect(
      root.children.map((child: { name: string; range: unknown }) => [child.name, child.range]),
    ).to.deep.equal([
      ['waiting', range(1, 0, 67)],
      ['paid', range(2, 0, 85)],
    ]);
  });

  it('formats a document and a range of it, and nothing that is half written', async () => {
    const uri = uriOf('order.scxml');
    const text = `<scxml>
<!-- open -->
<state id="a">
<onentry> <log expr="1"/>
</onentry></state>
      <state id="b"/>
</scxml>
`;
    await client.open(uri, text);
    const options = { tabSize: 2, insertSpaces: true };
    const apply = (edits: { range: ReturnType<typeof range>; newText: string }[]): string => {
      const lines = text.split('\n');
      const offset = ({ line, character }: { line: number; character: number }): number =>
        lines.slice(0, line).reduce((sum, one) => sum + one.length + 1, 0) + character;
      return edits.reduceRight(
        (all, { range: { start, end }, newText }) =>
          all.slice(0, offset(start)) + newText + all.slice(offset(end)),
        text,
      );
    };
    const whole = await client.request('textDocument/formatting', { textDocument: { uri }, options });
    expect(apply(whole)).to.equal(`<scxml>
  <!-- open -->
  <state id="a">
    <onentry>
      <log expr="1"/>
    </onentry>
  </state>
  <state id="b"/>
</scxml>
`);
    const part = await client.request('textDocument/rangeFormatting', {
      textDocument: { uri },
      options,
      range: range(5, 0, 8, 5),
    });
    expect(apply(part)).to.equal(text.replace('      <state id="b"/>', '  <state id="b"/>'));
    await client.change(uri, 2, text.replace('</onentry>', ''));
    expect(await client.request('textDocument/formatting', { textDocument: { uri }, options })).to.deep.equal(
      [],
    );
  });

  it('follows names into the script files of a document, and renames them there', async () => {
    writeFileSync(join(folder, 'prices.js'), 'function price(tea) {\n  return rate(tea) * 2;\n}\n');
    writeFileSync(
      join(folder, 'rates.js'),
      'var base = 5;\nfunction rate(tea) { return { base: 1 }.base + base; }\n',
    );
    const text = `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript">
<script src="prices.js"/>
<script src="rates.js"/>
<state id="open"><transition cond="price('x') &gt; 1" target="open"/></state>
</scxml>`;
    const uri = uriOf('shop.scxml');
    await client.open(uri, text);
    const textDocument = { uri };
    const position = { line: 3, character: 37 };
    expect(await client.request('textDocument/definition', { textDocument, position })).to.deep.equal([
      { uri: uriOf('prices.js'), range: range(0, 9, 14) },
    ]);
    expect(
      await client.request('textDocument/definition', { textDocument, position: { line: 2, character: 15 } }),
    ).to.deep.equal([{ uri: uriOf('rates.js'), range: range(0, 0, 0) }]);
    const script = { textDocument: { uri: uriOf('prices.js') }, position: { line: 1, character: 10 } };
    const context = { includeDeclaration: true };
    expect(await client.request('textDocument/references', { ...script, context })).to.deep.equal([
      { uri: uriOf('rates.js'), range: range(1, 9, 13) },
      { uri: uriOf('prices.js'), range: range(1, 9, 13) },
    ]);
    expect(
      await client.request('textDocument/rename', { textDocument, position, newName: 'cost' }),
    ).to.deep.equal({
      changes: {
        [uriOf('prices.js')]: [{ range: range(0, 9, 14), newText: 'cost' }],
        [uri]: [{ range: range(3, 35, 40), newText: 'cost' }],
      },
    });
    const at = { textDocument: { uri: uriOf('rates.js') }, position: { line: 0, character: 5 } };
    const refusal = async (newName: string): Promise<string> =>
      client.request('textDocument/rename', { ...at, newName }).then(
        () => 'renamed',
        (error: Error) => error.message,
      );
    expect(await refusal('price')).to.equal("Expected a name that no code uses, got 'price'.");
    expect(await refusal('ground')).to.equal(
      'Expected a name that is not a key of an object, got one in line 2 of rates.js.',
    );
    await client.change(uri, 2, text.replace("price('x')", 'ra'));
    const items = await client.request('textDocument/completion', {
      textDocument,
      position: { line: 3, character: 37 },
    });
    expect(items.map(({ label }: { label: string }) => label)).to.deep.equal(['price', 'base', 'rate']);
  });

  it('completes targets, describes elements and renames a state', async () => {
    const uri = uriOf('order.scxml');
    await client.open(uri, DOCUMENT);
    const textDocument = { uri };
    const position = { line: 1, character: 54 };
    expect(await client.request('textDocument/completion', { textDocument, position })).to.deep.equal([
      {
        label: 'waiting',
        kind: 7,
        textEdit: { range: range(1, 52, 54), newText: 'waiting' },
      },
      { label: 'paid', kind: 7, textEdit: { range: range(1, 52, 54), newText: 'paid' } },
    ]);
    const hover = await client.request('textDocument/hover', {
      textDocument,
      position: { line: 1, character: 3 },
    });
    expect(hover.contents.value).to.contain('[SCXML 3.3](https://www.w3.org/TR/scxml/#state)');
    const edit = (line: number, start: number, end: number) => ({
      range: range(line, start, end),
      newText: 'settled',
    });
    const renamed = { textDocument, position, newName: 'settled' };
    expect(await client.request('textDocument/rename', renamed)).to.deep.equal({
      changes: { [uri]: [edit(2, 11, 15), edit(1, 52, 56), edit(2, 52, 56)] },
    });
  });

  it('answers an error to what it cannot do, and goes on', async () => {
    const uri = uriOf('order.scxml');
    await client.open(uri, DOCUMENT);
    const textDocument = { uri };
    const failure = async (method: string, params: unknown): Promise<unknown> => {
      try {
        return await client.request(method, params);
      } catch (error) {
        return [(error as { code: number }).code, (error as Error).message];
      }
    };
    const position = { line: 1, character: 54 };
    expect(
      await failure('textDocument/rename', { textDocument, position, newName: 'waiting' }),
    ).to.deep.equal([-32803, "Expected an id that no state has, got 'waiting'."]);
    expect(await failure('textDocument/fly', {})).to.deep.equal([
      -32601,
      'Unhandled method textDocument/fly',
    ]);
    const [code] = (await failure('textDocument/hover', { textDocument, position: null })) as [number];
    expect(code).to.equal(-32603);
    expect(await client.stop()).to.equal(0);
  });

  it('goes on with broken XML, a large document and an include', async () => {
    const uri = uriOf('order.scxml');
    await client.open(uri, `${DOCUMENT.split('\n')[0]}\n<state id="a"><tra`);
    expect(await client.diagnosticsOf(uri)).to.have.length.greaterThan(0);
    const state = (_: unknown, index: number): string => `<state id="s${index}"/><!-- ${'x'.repeat(200)} -->`;
    const large = DOCUMENT.replace('</scxml>', `${Array.from({ length: 9_000 }, state).join('\n')}</scxml>`);
    await client.change(uri, 2, large.replace('waitin"', 's7"'));
    const textDocument = { uri };
    const position = { line: 2, character: 69 };
    expect(await client.request('textDocument/definition', { textDocument, position })).to.deep.equal([
      { uri, range: range(10, 11, 13) },
    ]);
    const included = '<xi:include xmlns:xi="http://www.w3.org/2001/XInclude" href="part.xml"/></scxml>';
    writeFileSync(join(folder, 'part.xml'), '<state xmlns="http://www.w3.org/2005/07/scxml" id="waitin"/>');
    await client.change(uri, 3, DOCUMENT.replace('</scxml>', included));
    expect(await client.request('textDocument/definition', { textDocument, position })).to.deep.equal([
      { uri: uriOf('part.xml'), range: range(0, 51, 57) },
    ]);
    const part = uriOf('part.xml');
    await client.open(part, '<state xmlns="http://www.w3.org/2005/07/scxml" id="waitin"><nothing/></state>');
    for (let found: readonly unknown[] = []; found.length === 0; ) found = await client.diagnosticsOf(part);
    await client.notify('textDocument/didClose', { textDocument: { uri: part } });
    expect(await client.diagnosticsOf(part)).to.deep.equal([]);
  });

  it('says on standard error that a message has no length', async () => {
    const said = once(client.process.stderr!, 'data');
    client.process.stdin!.write('Hello: editor\r\n\r\n');
    expect(String(await said)).to.match(/^Expected a message of the protocol, got: .*Content-Length/);
  });
});
