import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { call } from '../support/crash/load.ts';
import { PUBLIC_URL, startInstalledOrsay } from '../support/crash/orsayProcess.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const { version } = createRequire(import.meta.url)('../../package.json');
const run = promisify(execFile);

/**
 * Code of a user of the types. The compiler also checks libraries: declarations may name installed packages
 * only.
 */
const TYPED = `import { createSession, parseDocument, stepper, type Session, type Stepper } from 'orsay';
const s: Stepper = await stepper('order.scxml');
export const session: Session = createSession(await parseDocument('<scxml/>'), { params: { a: 1 } });
// @ts-expect-error A total is no text.
s.send(1);
`;

/** The same of the test kit, which needs neither chai nor mocha. */
const TYPED_TEST = `import { assertIn, openCentre, openDocument, orsayChai, type TestSession } from 'orsay/testing';
const session: TestSession = await openDocument('order.scxml', { script: [{ fetch: '/x', reply: { status: 404 } }] });
assertIn(session, 'open');
const { urs } = await openCentre({ agents: { kate: { groups: ['Billing'] } } });
urs.queue('VQ', { ahead: 2 });
export const plugin = orsayChai;
// @ts-expect-error A state is a text.
assertIn(session, 1);
`;

const GREETING = `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" profile="ecmascript" initial="waiting"
       xmlns:ws="www.genesyslab.com/modules/ws">
  <state id="waiting">
    <transition event="greet"><ws:response requestid="_event.sendid"><param name="text" expr="'Hello'"/></ws:response></transition>
  </state>
</scxml>`;

describe('the package, installed in an empty folder', function () {
  // Builds the package, and installs it with its dependencies from the registry.
  this.timeout(900_000);

  let folder: string;
  const npx = (...args: string[]) => run('npx', ['--no-install', ...args], { cwd: folder });

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'orsay-installed-'));
    const { stdout } = await run('npm', ['pack', '--silent', '--pack-destination', folder], { cwd: ROOT });
    const tarball = stdout.trim().split('\n').at(-1)!;
    writeFileSync(join(folder, 'package.json'), '{"type":"module"}\n');
    await run(
      'npm',
      ['install', '--prefer-offline', '--no-audit', '--no-fund', `./${tarball}`, 'mocha', 'chai'],
      { cwd: folder },
    );
    for (const file of ['order.scxml', 'order.test.mjs']) {
      cpSync(join(ROOT, 'examples', file), join(folder, file));
    }
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  it('steps a document in the test of the examples', async () => {
    expect((await npx('mocha', 'order.test.mjs')).stdout).to.contain('2 passing');
  });

  it('tests a new template with the test runner of Node.js', async () => {
    await npx('orsay', 'templates', 'new', 'shop');
    const tested = await run(process.execPath, ['--test', '--test-reporter=tap', 'shop/shop.test.mjs'], {
      cwd: folder,
    });
    expect(tested.stdout).to.contain('# pass 2').and.to.contain('# fail 0');
  });

  it('has the command orsay', async () => {
    expect((await npx('orsay', '--version')).stdout).to.equal(`${version}\n`);
    expect((await npx('orsay', 'check', 'order.scxml')).stdout).to.equal('');
    const { stdout } = await npx('orsay', 'run', 'order.scxml', '--event', 'add={"price":2}');
    expect(JSON.parse(stdout.trim().split('\n').at(-1)!)).to.include({ status: 'running' });
  });

  it('has types that need no other package', async () => {
    writeFileSync(join(folder, 'typed.mts'), TYPED);
    writeFileSync(join(folder, 'typedTest.mts'), TYPED_TEST);
    const tsc = join(ROOT, 'node_modules/typescript/bin/tsc');
    const options = ['--strict', '--module', 'nodenext', '--target', 'es2023', '--noEmit'];
    const types = ['--types', 'node', '--typeRoots', join(ROOT, 'node_modules/@types')];
    await run(process.execPath, [tsc, ...options, ...types, 'typed.mts', 'typedTest.mts'], {
      cwd: folder,
    }).catch((error) => expect.fail(error.stdout));
  });

  it('serves callbacks, and runs a document of a stranger in an engine child', async () => {
    const server = startInstalledOrsay(folder, join(folder, 'data'));
    try {
      const base = await server.ready;
      const { body: created } = await call(`${base}/genesys/1/service/callback/chat-delay`, {
        form: { _customer_number: '1' },
      });
      expect(created).to.include({ _action: 'ConfirmationDialog' });

      const uploaded = await fetch(`${base}/genesys/1/admin/templates/greeting`, {
        method: 'PUT',
        headers: { 'Content-Type': 'application/xml' },
        body: GREETING,
      });
      expect(uploaded.status).to.equal(200);
      const src = `${PUBLIC_URL}/genesys/1/document/service_template/greeting/greeting.scxml`;
      const { body: started } = await call(`${base}/scxml/session/start`, { form: { src } });
      const { body: answer } = await call(
        `${base}/scxml/session/${(started as { _id: string })._id}/request/greet`,
      );
      expect(answer).to.deep.equal({ text: 'Hello' });
    } finally {
      expect(await server.stop()).to.equal(0);
    }
  });
});
