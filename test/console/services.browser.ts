import { mkdtempSync, readFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import {
  describeInBrowser,
  expectAccessible,
  logInAsViewer,
  startForViewer,
  takePictures,
} from '../support/consoleBrowser.ts';
import { startOrsay, type TestOrsay } from '../support/orsay.ts';

const HOSTILE = '<img src=x onerror=alert(1)>';

describeInBrowser('the pages of services', (browser) => {
  let orsay: TestOrsay;
  let folder: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'orsay-test-'));
    orsay = await startOrsay({ hasOwnUrl: true, folder });
  });
  after(() => orsay.close());

  const open = (path: string, options = {}): Promise<Page> =>
    browser.open(`${orsay.base}/console/${path}`, options);
  const stored = (name: string): Record<string, string> | undefined =>
    JSON.parse(readFileSync(join(folder, 'config.json'), 'utf8')).services[name];

  it('lists them by kind', async () => {
    const page = await open('services');
    await page.getByText('5 rows').waitFor();
    const kinds = await page.locator('td .badge').allTextContents();
    expect(kinds).to.deep.equal(['Callback', 'Callback', 'Document', 'Chat (version 2)', 'Built in']);
    await expectAccessible(page);
    await takePictures(page, 'services');
  });

  it('makes one from a profile, and says at the field which option it misses', async () => {
    const page = await open('services');
    await page.getByRole('button', { name: 'New service' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('sales');
    expect(await dialog.getByLabel('Profile').inputValue()).to.equal('Chat-Delayed');
    await dialog.getByLabel('Profile').selectOption('Chat-Immediate');
    await dialog.getByLabel('Name').fill('sales');
    await dialog.getByLabel('_urs_virtual_queue').fill('VQ_Sales');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await dialog.getByText('is mandatory for a callback service, and is not set.').waitFor();
    await expectAccessible(page);
    await takePictures(page, 'services-new');
    await dialog.getByLabel('_target').fill('Sales@Stat_Server.GA');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await page.getByRole('heading', { name: 'Service sales' }).waitFor();
    expect(page.url()).to.equal(`${orsay.base}/console/services/sales`);
    const { _wait_for_agent, _target, _urs_virtual_queue } = stored('sales')!;
    expect({ _wait_for_agent, _target, _urs_virtual_queue }).to.deep.equal({
      _wait_for_agent: 'false',
      _target: 'Sales@Stat_Server.GA',
      _urs_virtual_queue: 'VQ_Sales',
    });
  });

  it('shows the options of one with their meaning, and changes them at once', async () => {
    const page = await open('services/sales');
    await page
      .getByText('Seconds after the desired time for which the callback is kept. Default: 86400.')
      .waitFor();
    await expectAccessible(page);
    await takePictures(page, 'service');
    await page.getByText('Without effect here').click();
    await page
      .getByText(
        'URLs of the orchestration servers that run the session. No effect: sessions run in this server.',
      )
      .waitFor();
    await page.getByLabel('Find an option').fill('snooze');
    await page.getByLabel('_snooze_duration').fill('soon');
    await page.getByLabel('Find an option').fill('');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText("expected a whole number, zero or more, got 'soon'").waitFor();
    expect(await page.evaluate('document.activeElement.getAttribute("aria-invalid")')).to.equal('true');
    await expectAccessible(page);
    await takePictures(page, 'service-refused');
    await page.getByLabel('_snooze_duration').fill('60');
    await page.getByLabel('_ttl', { exact: true }).fill('');
    await page.getByText('2 changes').waitFor();
    await page.getByLabel('_ttl', { exact: true }).fill('7200');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved. It counts at once.').waitFor();
    expect(stored('sales')).to.include({ _snooze_duration: '60', _ttl: '7200' });
    const reply = await fetch(`${orsay.base}/genesys/1/service/callback/sales`, {
      method: 'POST',
      headers: { gms_user: 'jbond' },
      body: new URLSearchParams({ _customer_number: '4082652649' }),
    });
    expect(reply.status).to.equal(200);
  });

  it('shows texts of options as texts, and refuses a name that is none', async () => {
    const page = await open('services/hello', { width: 400, language: 'de' });
    await page.getByLabel('Name der Option').fill('usr_text');
    await page.keyboard.press('Enter');
    await page.getByLabel('usr_text').fill(HOSTILE);
    await page.getByLabel('Name der Option').fill(HOSTILE);
    await page.getByRole('button', { name: 'Option hinzufügen' }).click();
    await page.getByLabel(HOSTILE, { exact: true }).fill('x');
    await page.getByRole('button', { name: 'Speichern' }).click();
    await page.getByText('expected a name that a document can use as a variable').waitFor();
    await page.getByLabel(HOSTILE, { exact: true }).fill('');
    await page.getByRole('button', { name: 'Speichern' }).click();
    await page.getByText('Gespeichert. Es gilt sofort.').waitFor();
    expect(stored('hello')).to.deep.equal({
      _type: 'ors',
      _service: 'hello',
      _ttl: '3600',
      usr_text: HOSTILE,
    });
    await page.reload();
    await page.getByText('Weitere Optionen').waitFor();
    expect(await page.getByLabel('usr_text').inputValue()).to.equal(HOSTILE);
    expect(await page.locator('main img').count()).to.equal(0);
  });

  it('does not overwrite the change of somebody else', async () => {
    const page = await open('services/hello');
    await page.getByLabel('_ttl', { exact: true }).fill('10');
    await fetch(`${orsay.base}/genesys/1/admin/services/hello`, {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ _type: 'ors', _service: 'hello', _ttl: '20' }),
    });
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('alert').waitFor();
    expect(stored('hello')!._ttl).to.equal('20');
    await page.getByRole('button', { name: 'Read again' }).click();
    await page.getByText('No changes').waitFor();
    // The fields have the values of before until the new ones arrive.
    const field = await page.getByLabel('_ttl', { exact: true }).elementHandle();
    await page.waitForFunction((input) => (input as unknown as { value: string }).value === '20', field);
  });

  it('shows when an office is open, on the clock of the office', async () => {
    const page = await open('services');
    await page.getByRole('button', { name: 'New service' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Served by').selectOption('Office hours');
    await dialog.getByLabel('Name').fill('tokyo');
    await dialog.getByLabel('_timezone').fill('Asia/Tokyo');
    await dialog.getByLabel('_bh_regular1').fill('Mon-Fri 09:00-17:99');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await dialog.locator('.hint.bad').waitFor();
    await dialog.getByLabel('_bh_regular1').fill('Mon-Sun 09:00-17:00');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await page.getByText('Times of the office: Asia/Tokyo').waitFor();
    await page.locator('.services-times dd').nth(13).waitFor();
    const times = await page.locator('.services-times dd').allTextContents();
    expect(times.slice(1)).to.deep.equal(Array(13).fill('09:00 AM–05:00 PM'));
    await expectAccessible(page);
    await takePictures(page, 'service-hours');
    await page.getByRole('button', { name: 'Save' }).scrollIntoViewIfNeeded();
    await page.getByLabel('_bh_regular1').fill('Mon-Sun 10:00-12:00');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('10:00 AM–12:00 PM').nth(12).waitFor();
  });

  it('deletes one that has callbacks only after a second question', async () => {
    const page = await open('services/sales');
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('has 1 callback(s)').waitFor();
    await page.getByRole('button', { name: 'Delete all the same' }).click();
    await page.getByText('The service sales is deleted.').waitFor();
    expect(page.url()).to.equal(`${orsay.base}/console/services`);
    expect(stored('sales')).to.equal(undefined);
  });
});

describeInBrowser('the pages of services for a viewer', (browser) => {
  let orsay: TestOrsay;

  before(async () => {
    orsay = await startForViewer();
  });
  after(() => orsay.close());

  it('have no buttons, and the server refuses what they leave out', async () => {
    const page = await browser.open(`${orsay.base}/console/services/chat-delay`);
    await logInAsViewer(page);
    await page.getByText('Your role may not change services.').waitFor();
    await page.getByLabel('_ttl', { exact: true }).waitFor();
    expect(await page.getByLabel('_ttl', { exact: true }).isDisabled()).to.equal(true);
    expect(await page.locator('main button').count()).to.equal(0);
    const status = await page.evaluate(`fetch('${orsay.base}/genesys/1/admin/services/chat-delay', {
      method: 'DELETE', headers: { 'X-Orsay-Console': '1' } }).then((reply) => reply.status)`);
    expect(status).to.equal(403);
    await expectAccessible(page);
  });
});
