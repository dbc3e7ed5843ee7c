import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { readZip } from '../../server/templates/index.ts';
import { type OrsayRun, runOrsay } from '../support/runOrsay.ts';
import { createTestServer, type TestServer } from '../support/testServer.ts';
import { orsDocument } from '../support/writeDocuments.ts';

const FIRST = orsDocument(
  `<datamodel><data id="price" expr="5"/></datamodel>
<state id="waiting"><transition event="pay" target="paid"/></state>
<final id="paid"/>`,
  'initial="waiting"',
);
const SECOND = orsDocument(
  `<datamodel><data id="price" expr="6"/></datamodel>
<state id="waiting"><transition event="pay" cond="_data.price &gt; 5" target="paid"/></state>
<state id="late"/>
<final id="paid"/>`,
  'initial="waiting"',
);

describe('orsay templates', () => {
  let server: TestServer;
  let url: string;
  let folder: string;

  beforeEach(async () => {
    server = createTestServer();
    ({ url } = await server.orsay.listen(0, '127.0.0.1'));
    folder = mkdtempSync(join(tmpdir(), 'orsay-templates-'));
    mkdirSync(join(folder, 'bank', 'src'), { recursive: true });
    writeFileSync(join(folder, 'bank', 'notes.txt'), 'notes\n');
    writeFileSync(join(folder, 'bank', '.hidden'), 'not uploaded');
    write(FIRST);
  });
  afterEach(async () => {
    await server.orsay.close();
    rmSync(folder, { recursive: true });
  });

  const write = (text: string): void => writeFileSync(join(folder, 'bank', 'src', 'pay.scxml'), text);
  const templates = (...args: readonly string[]): Promise<OrsayRun> =>
    runOrsay(['templates', ...args], { cwd: folder, env: { ORSAY_URL: url } });
  const lines = async (...args: readonly string[]): Promise<readonly string[]> => {
    const { code, stdout, stderr } = await templates(...args);
    expect([code, stderr]).to.deep.equal([0, '']);
    return stdout.trimEnd().split('\n');
  };
  const versions = async () =>
    JSON.parse((await lines('versions', 'bank', '--json'))[0]!) as { version: string; isPresent: boolean }[];

  it('uploads folders, lists templates and versions, downloads, goes back and removes', async () => {
    await lines('upload', 'bank', 'bank');
    const [first] = await versions();
    await server.advance(1000);
    write(SECOND);
    await lines('upload', 'bank', 'bank');
    expect((await lines())[1]).to.match(/^bank +uploaded +[0-9a-f]{16} +2026-01-05T09:00:01\.000Z +2$/);
    expect((await lines('versions', 'bank')).map((line) => line.split(/ +/).slice(2))).to.deep.equal([
      ['FILES'],
      ['2', 'present'],
      ['2'],
    ]);
    await lines('rollback', 'bank', first!.version);
    expect((await versions()).map(({ isPresent }) => isPresent)).to.deep.equal([false, true]);
    await lines('download', 'bank', '-o', 'bank.zip');
    const files = await readZip(readFileSync(join(folder, 'bank.zip')));
    expect([...files].map(([path, bytes]) => [path, `${Buffer.from(bytes)}`])).to.deep.equal([
      ['notes.txt', 'notes\n'],
      ['src/pay.scxml', FIRST],
    ]);
    expect(await lines('remove', 'bank')).to.deep.equal(['bank: removed']);
  });

  it('shows the differences of charts, data and texts, of versions and of a folder', async () => {
    await lines('upload', 'bank', 'bank');
    write(SECOND);
    writeFileSync(join(folder, 'bank', 'more.txt'), 'more\n');
    const expected = [
      'added more.txt',
      'changed src/pay.scxml',
      '  added state late',
      '  removed transition waiting --pay--> paid',
      '  added transition waiting --pay[_data.price > 5]--> paid',
      '  changed data price: 5 -> 6',
    ];
    const withFolder = await lines('diff', 'bank', '--with', 'bank');
    expect(withFolder.slice(0, expected.length)).to.deep.equal(expected);
    expect(withFolder).to.include('+<state id="late"/>');
    await server.advance(1000);
    await lines('upload', 'bank', 'bank');
    expect(await lines('diff', 'bank')).to.deep.equal(withFolder);
    expect(await lines('diff', 'bank', '--with', 'bank')).to.deep.equal(['no differences']);
  });

  it('writes a new template whose scenarios pass, and uploads only what passes them', async () => {
    expect(await lines('new', 'shop')).to.deep.equal([
      'shop/shop.scxml',
      'shop/template.yaml',
      'shop/shop.answered.scenario.yaml',
      'shop/shop.silent.scenario.yaml',
      'shop/shop.verify.yaml',
      'shop/shop.test.mjs',
    ]);
    expect(await templates('new', 'shop')).to.deep.include({
      code: 2,
      stderr: "Expected a name that no file or folder has here, got 'shop'.\n",
    });
    expect((await templates('new', '../shop')).stderr).to.match(
      /^Expected the name of a template to be letters/,
    );
    const passed = await lines('upload', 'shop', 'shop');
    expect(passed.at(-1)).to.match(/^shop: version [0-9a-f]{16}, 6 files$/);
    expect(passed.at(-2)).to.equal('2 passed, 0 failed');

    const verified = await runOrsay(['verify', 'shop/shop.scxml'], { cwd: folder });
    expect(verified.stdout).to.match(/^0 findings; .* all states were explored\n$/);

    const document = join(folder, 'shop', 'shop.scxml');
    writeFileSync(document, readFileSync(document, 'utf8').replace("'10m'", "'20m'"));
    const failed = await templates('upload', 'shop', 'shop');
    expect([failed.code, failed.stderr]).to.deep.equal([
      1,
      "Not uploaded: the files or scenarios of 'shop' have problems. --no-test uploads it nevertheless.\n",
    ]);
    expect((await templates('versions', 'shop', '--json')).stdout.match(/version/g)).to.have.length(1);
    expect((await templates('upload', 'shop', 'shop', '--no-test')).code).to.equal(0);
  });

  it('checks the manifest before an upload, and plays the scenarios of a zip archive', async () => {
    await lines('new', 'shop');
    await lines('upload', 'shop', 'shop');
    await lines('download', 'shop', '-o', 'shop.zip');
    expect((await lines('upload', 'shop', 'shop.zip')).at(-2)).to.equal('2 passed, 0 failed');

    const manifest = join(folder, 'shop', 'template.yaml');
    const text = readFileSync(manifest, 'utf8');
    writeFileSync(manifest, text.replace('default: Hello', 'defualt: Hello'));
    expect(await templates('upload', 'shop', 'shop')).to.deep.equal({
      code: 1,
      stdout: "shop/template.yaml:14:5: MANIFEST_INVALID: unknown field 'defualt'. Did you mean 'default'?\n",
      stderr:
        "Not uploaded: the files or scenarios of 'shop' have problems. --no-test uploads it nevertheless.\n",
    });
    writeFileSync(manifest, text.replace('  greeting:', '  colour: { description: unused }\n  greeting:'));
    expect((await templates('upload', 'shop', 'shop')).stderr).to.equal(
      "Warning: The option 'colour' has no effect: no file of the template names it.\n",
    );
  });

  it('says what the server refuses, and what is not there', async () => {
    write(FIRST.replace('target="paid"', 'target="gone"'));
    const checked = await templates('upload', 'bank', 'bank');
    expect(checked.code).to.equal(1);
    expect(checked.stdout).to.match(/^bank\/src\/pay\.scxml:\d+:\d+: TARGET_UNKNOWN: /);
    const refused = await templates('upload', 'bank', 'bank', '--no-test');
    expect(refused.code).to.equal(4);
    expect(refused.stderr).to.match(/^TEMPLATE_REFUSED: src\/pay\.scxml:\d+:\d+: TARGET_UNKNOWN: /);
    const asJson = await templates('upload', 'bank', 'bank', '--no-test', '--json');
    expect(JSON.parse(asJson.stderr)).to.include({
      severity: 'error',
      code: 'TARGET_UNKNOWN',
      file: 'src/pay.scxml',
    });
    expect((await templates('upload', 'hello', 'bank', '--no-test')).stderr).to.match(/^CONFLICT: /);
    expect((await templates('versions', 'bank')).stderr).to.equal(
      "TEMPLATE_NOT_FOUND: No template 'bank'.\n",
    );
    write(FIRST);
    await lines('upload', 'bank', 'bank');
    expect(await templates('diff', 'bank')).to.deep.include({
      code: 2,
      stderr: "Expected an earlier version of the template 'bank', but there is none.\n",
    });
    expect((await templates('upload', 'bank', 'nowhere')).code).to.equal(2);
  });
});
