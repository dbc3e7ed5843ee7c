import { generateKeyPairSync } from 'node:crypto';
import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { hashPassword } from '../../server/identity/passwordHash.ts';
import { describeInBrowser, expectAccessible, takePictures } from '../support/consoleBrowser.ts';
import { startOrsay, type TestOrsay } from '../support/orsay.ts';

/** A key that the server can read. */
const SERVICE_ACCOUNT = JSON.stringify({
  type: 'service_account',
  project_id: 'bank',
  token_uri: 'http://127.0.0.1:9/token',
  client_email: 'push@bank.example',
  private_key: generateKeyPairSync('rsa', {
    modulusLength: 2048,
    privateKeyEncoding: { type: 'pkcs8', format: 'pem' },
    publicKeyEncoding: { type: 'spki', format: 'pem' },
  }).privateKey,
});
const HOSTILE = '<img src=x onerror=alert(1)>';

describeInBrowser('the page of the configuration', (browser) => {
  let orsay: TestOrsay;
  let folder: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'orsay-test-'));
    orsay = await startOrsay({
      folder,
      change(config) {
        const passwordHash = hashPassword('correct horse');
        Object.assign(config, {
          users: { olga: { role: 'administrator', passwordHash }, vera: { role: 'viewer', passwordHash } },
        });
      },
    });
  });
  after(() => orsay.close());

  const stored = () => JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8'));
  const open = async (user: string) => {
    const page = await browser.open(`${orsay.base}/console/configuration`);
    await page.getByLabel('User', { exact: true }).fill(user);
    await page.getByLabel('Password').fill('correct horse');
    await page.keyboard.press('Enter');
    await page.getByRole('heading', { name: 'Push providers' }).waitFor();
    page.setDefaultTimeout(10_000);
    return page;
  };

  const save = (page: Page) => page.getByRole('button', { name: 'Save' }).click();
  const saved = (page: Page) => page.getByRole('heading', { name: 'Configuration' }).waitFor();
  const rowOf = (page: Page, list: string, at: number) =>
    page.getByRole('group', { name: list }).getByRole('listitem').nth(at);

  it('adds users, and says at the field what is refused', async () => {
    const page = await open('olga');
    await page.getByRole('link', { name: 'Add: Users' }).click();
    await page.getByLabel('Name').fill('arno');
    await page.getByLabel('Role').selectOption('supervisor');
    await page.getByLabel('Password').fill('short');
    await save(page);
    await page.getByText(/got 5 characters/).waitFor();
    await expectAccessible(page);
    await takePictures(page, 'configuration-user');
    await page.getByLabel('Password').fill('long enough');
    await save(page);
    await page.getByRole('link', { name: 'arno' }).waitFor();
    expect(stored().users.arno.role).to.equal('supervisor');
  });

  it('changes lists, whose values keep their types', async () => {
    const page = await open('olga');
    await page.getByRole('link', { name: 'Add: Lists' }).click();
    await page.getByLabel('Name').fill('flags');
    await page.getByRole('button', { name: 'Add: Items' }).click();
    await page.keyboard.type(HOSTILE);
    await rowOf(page, 'Items', 0).getByLabel('Key').fill('a');
    await rowOf(page, 'Items', 0).getByLabel('Value').fill(HOSTILE);
    await page.getByRole('button', { name: 'Add: Items' }).click();
    await page.keyboard.type('most');
    await rowOf(page, 'Items', 1).getByLabel('Kind').selectOption('json');
    await rowOf(page, 'Items', 1).getByLabel('Value').fill('{ no');
    await page.getByRole('button', { name: 'Add: Items' }).click();
    await save(page);
    await page.getByText("Expected JSON as the value of 'most'.").waitFor();
    await rowOf(page, 'Items', 1).getByLabel('Value').fill('7');
    await expectAccessible(page);
    await takePictures(page, 'configuration-list');
    await save(page);
    await page.getByText(`${HOSTILE}, most`).waitFor();
    expect(stored().lists.flags).to.deep.equal({ [HOSTILE]: { a: HOSTILE }, most: 7 });
    await page.getByRole('link', { name: 'flags' }).click();
    await rowOf(page, 'Items', 1).getByLabel('Kind').waitFor();
    await page.getByRole('button', { name: 'Remove row 1' }).click();
    await save(page);
    await saved(page);
    expect(stored().lists.flags).to.deep.equal({ most: 7 });
    await page.getByRole('button', { name: 'Delete flags' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('link', { name: 'flags' }).waitFor({ state: 'detached' });
    expect(stored().lists.flags).to.equal(undefined);
    expect(await page.locator('main img').count()).to.equal(0);
  });

  it('changes patterns in their order, and says which one is refused', async () => {
    const page = await open('olga');
    await page.getByRole('link', { name: 'Add: Groups of patterns' }).click();
    await page.getByLabel('Name').fill('exceptions');
    for (const [at, [name, pattern]] of [
      ['premium', '0900.*'],
      ['emergency', '11[02'],
    ].entries()) {
      await page.getByRole('button', { name: 'Add: Patterns' }).click();
      await rowOf(page, 'Patterns', at).getByLabel('Name').fill(name!);
      await rowOf(page, 'Patterns', at).getByLabel('Pattern').fill(pattern!);
    }
    await save(page);
    await rowOf(page, 'Patterns', 1).locator('.hint.bad').waitFor();
    await expectAccessible(page);
    await takePictures(page, 'configuration-patterns');
    await rowOf(page, 'Patterns', 1).getByLabel('Pattern').fill('11[02]');
    await page.getByRole('button', { name: 'Move row 2 up' }).click();
    await save(page);
    await page.getByText('emergency, premium').waitFor();
    expect(Object.entries(stored().patterns.groups.exceptions)).to.deep.equal([
      ['emergency', '11[02]'],
      ['premium', '0900.*'],
    ]);
  });

  it('changes push providers without showing their keys, and tests them', async () => {
    const page = await open('olga');
    await page.getByRole('link', { name: 'Add: Push providers' }).click();
    await page.getByLabel('Name', { exact: true }).first().fill('Bank');
    await page.getByText('customhttp', { exact: true }).click();
    await page.getByLabel('customhttp.url').fill('ftp://127.0.0.1/bank');
    await save(page);
    await page.getByText("expected an http(s) URL, got 'ftp://127.0.0.1/bank'").waitFor();
    await page.getByLabel('customhttp.url').fill('http://127.0.0.1:9/bank');
    await page.getByText('Firebase', { exact: true }).click();
    await page.getByLabel('fcm.serviceAccount', { exact: true }).fill(SERVICE_ACCOUNT);
    await save(page);
    await page.getByRole('button', { name: 'Test Bank' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Type of the device').selectOption('customhttp');
    await dialog.getByLabel('Token of the device').fill('device-1');
    await dialog.getByRole('button', { name: 'Send a test' }).click();
    await dialog.getByText(/^failed /).waitFor();
    await dialog.getByRole('button', { name: 'Close' }).click();
    await expectAccessible(page);
    await takePictures(page, 'configuration');

    await page.getByRole('link', { name: 'Bank' }).click();
    await page.getByText('A value is stored.').waitFor();
    expect(await page.content()).not.to.include('PRIVATE KEY');
    await expectAccessible(page);
    await takePictures(page, 'configuration-push');
    await page.getByLabel('customhttp.url').fill('http://127.0.0.1:9/other');
    await save(page);
    await saved(page);
    expect(stored().push.provider.Bank).to.deep.equal({
      'customhttp.url': 'http://127.0.0.1:9/other',
      'fcm.serviceAccount': SERVICE_ACCOUNT,
    });
    await page.getByRole('link', { name: 'Bank' }).click();
    await page.getByRole('button', { name: 'Replace or remove fcm.serviceAccount' }).click();
    await save(page);
    await saved(page);
    expect(stored().push.provider.Bank).to.deep.equal({ 'customhttp.url': 'http://127.0.0.1:9/other' });

    await page.getByRole('link', { name: 'Edit Push services' }).click();
    await page.getByText('General', { exact: true }).click();
    await page.getByLabel('defaultSubscriptionExpiration').fill('3600');
    await save(page);
    await saved(page);
    expect(stored().push.defaultSubscriptionExpiration).to.equal(3600);
    await page.evaluate(`fetch('${orsay.base}/genesys/1/admin/push', {
      method: 'PUT', headers: { 'X-Orsay-Console': '1', 'Content-Type': 'application/json' },
      body: '{"httpcb":{"allow":[]},"provider":{"Bank":{"customhttp.url":"http://127.0.0.1:9/other"}}}' })`);
    await page.getByRole('link', { name: 'Edit Push services' }).click();
    await page.getByText('General', { exact: true }).click();
    await page.getByLabel('defaultSubscriptionExpiration').fill('7200');
    await save(page);
    await saved(page);
    expect(stored().push).to.deep.equal({
      defaultSubscriptionExpiration: 7200,
      httpcb: { allow: [] },
      provider: { Bank: { 'customhttp.url': 'http://127.0.0.1:9/other' } },
    });
  });

  it('changes the texts and codes of desktops, and says when somebody else was faster', async () => {
    const page = await open('olga');
    await page.getByRole('link', { name: 'Edit Desktops of agents' }).click();
    await page.getByRole('button', { name: 'Add: Canned texts' }).click();
    await rowOf(page, 'Canned texts', 0).getByLabel('Text').fill(HOSTILE);
    await page.getByRole('button', { name: 'Add: Dispositions' }).click();
    await rowOf(page, 'Dispositions', 0).getByLabel('Code').fill('solved');
    await rowOf(page, 'Dispositions', 0).getByLabel('Text').fill('Solved');
    await page.getByLabel('Seconds of work').fill('60');
    await save(page);
    await rowOf(page, 'Canned texts', 0).locator('.hint.bad').waitFor();
    await expectAccessible(page);
    await takePictures(page, 'configuration-desktop');
    await rowOf(page, 'Canned texts', 0).getByLabel('Id').fill('hello');
    await save(page);
    await saved(page);
    expect(stored().desktop).to.deep.equal({
      cannedTexts: [{ id: 'hello', text: HOSTILE }],
      dispositions: [{ code: 'solved', text: 'Solved' }],
      afterWork: { seconds: 60 },
    });

    await page.getByRole('link', { name: 'Edit Desktops of agents' }).click();
    await rowOf(page, 'Canned texts', 0).getByLabel('Title').fill('Greeting');
    await page.evaluate(`fetch('${orsay.base}/genesys/1/admin/desktop', {
      method: 'PUT', headers: { 'X-Orsay-Console': '1', 'Content-Type': 'application/json' }, body: '{}' })`);
    await save(page);
    await page.getByText('Somebody else has changed this part').waitFor();
    expect(await rowOf(page, 'Canned texts', 0).getByLabel('Title').inputValue()).to.equal('Greeting');
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Read again' }).click();
    await page.getByText('No rows.').first().waitFor();
  });

  it('says that there is no such part', async () => {
    const page = await open('olga');
    await page.goto(`${orsay.base}/console/configuration/lists/none`);
    await page.getByRole('alert').waitFor();
    await page.goto(`${orsay.base}/console/configuration/none`);
    await page.getByText('There is no such part').waitFor();
    await expectAccessible(page);
  });

  it('has no buttons for a viewer, and the server refuses what it leaves out', async () => {
    const page = await open('vera');
    await page.getByText('administrator').first().waitFor();
    expect(await page.locator('main button').count()).to.equal(0);
    await page.getByRole('link', { name: 'vera' }).click();
    await page.getByText('Your role may read this part').waitFor();
    expect(await page.getByLabel('Role').isDisabled()).to.equal(true);
    expect(await page.getByRole('button', { name: 'Save' }).isDisabled()).to.equal(true);
    await expectAccessible(page);
    const status = await page.evaluate(`fetch('${orsay.base}/genesys/1/admin/users/vera', {
      method: 'PUT', headers: { 'X-Orsay-Console': '1', 'Content-Type': 'application/json' },
      body: '{"role":"administrator"}' }).then((reply) => reply.status)`);
    expect(status).to.equal(403);
  });
});
