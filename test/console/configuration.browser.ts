import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { hashPassword } from '../../server/identity/passwordHash.ts';
import { describeInBrowser, expectAccessible, takePictures } from '../support/consoleBrowser.ts';
import { startOrsay, type TestOrsay } from '../support/orsay.ts';

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
    return page;
  };

  it('changes users, patterns, lists and push providers, and says what is refused', async () => {
    const page = await open('olga');
    const dialog = page.getByRole('dialog');
    await page.getByRole('button', { name: 'Add: Users' }).click();
    await dialog.getByLabel('Name').fill('arno');
    await dialog.getByLabel('Role').selectOption('supervisor');
    await dialog.getByLabel('Password').fill('short');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText(/got 5 characters/).waitFor();
    await expectAccessible(page);
    await takePictures(page, 'configuration-user');
    await dialog.getByLabel('Password').fill('long enough');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Edit arno' }).waitFor();
    expect(stored().users.arno.role).to.equal('supervisor');

    await page.getByRole('button', { name: 'Add: Lists' }).click();
    await dialog.getByLabel('Name').fill('flags');
    await dialog.getByLabel(/^Content/).fill('{ no');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await dialog.getByText('Expected a JSON object.').waitFor();
    await dialog.getByLabel(/^Content/).fill(JSON.stringify({ [HOSTILE]: { a: HOSTILE } }));
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByText(HOSTILE).waitFor();
    expect(stored().lists.flags).to.deep.equal({ [HOSTILE]: { a: HOSTILE } });

    await page.getByRole('button', { name: 'Add: Push providers' }).click();
    await dialog.getByLabel('Name').fill('Bank');
    await dialog.getByLabel(/^Content/).fill('{"customhttp.url":"http://127.0.0.1:9/bank"}');
    await dialog.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('button', { name: 'Test Bank' }).click();
    await dialog.getByLabel('Type of the device').selectOption('customhttp');
    await dialog.getByLabel('Token of the device').fill('device-1');
    await dialog.getByRole('button', { name: 'Send a test' }).click();
    await dialog.getByText(/^failed /).waitFor();
    await dialog.getByRole('button', { name: 'Close' }).click();
    await expectAccessible(page);
    await takePictures(page, 'configuration');
    await page.getByRole('button', { name: 'Delete flags' }).click();
    await dialog.getByRole('button', { name: 'Delete' }).click();
    await page.getByText(HOSTILE).waitFor({ state: 'detached' });
    expect(stored().lists.flags).to.equal(undefined);
    expect(await page.locator('main img').count()).to.equal(0);
  });

  it('has no buttons for a viewer, and the server refuses what it leaves out', async () => {
    const page = await open('vera');
    await page.getByText('administrator').first().waitFor();
    expect(await page.locator('main button').count()).to.equal(0);
    const status = await page.evaluate(`fetch('${orsay.base}/genesys/1/admin/users/vera', {
      method: 'PUT', headers: { 'X-Orsay-Console': '1', 'Content-Type': 'application/json' },
      body: '{"role":"administrator"}' }).then((reply) => reply.status)`);
    expect(status).to.equal(403);
  });
});
