import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { describeInBrowser, expectAccessible, takePictures } from '../support/consoleBrowser.ts';
import { startOrsay, type TestOrsay } from '../support/orsay.ts';

const HOUR_MS = 3_600_000;
const HOSTILE = '<img src=x onerror=alert(1)>';

describeInBrowser('the pages of callbacks', (browser) => {
  let orsay: TestOrsay;

  before(async () => {
    orsay = await startOrsay({
      hasOwnUrl: true,
      options: { _customer_lookup_keys: '_customer_number,usr_name' },
      change: (config) => {
        config.services.billing = { ...config.services['chat-delay']! };
      },
    });
  });
  after(() => orsay.close());

  /** The page, in a browser whose clock shows the time of the server. */
  const open = async (path: string, options: { width?: number; language?: string } = {}): Promise<Page> => {
    const page = await browser.open(`${orsay.base}/console/`, options);
    page.setDefaultTimeout(10_000);
    await page.clock.setFixedTime(orsay.clock.now());
    await page.goto(`${orsay.base}/console/${path}`);
    return page;
  };
  const create = async (service: string, fields: Readonly<Record<string, string>>): Promise<string> => {
    const reply = await fetch(`${orsay.base}/genesys/1/service/callback/${service}`, {
      method: 'POST',
      body: new URLSearchParams(fields),
    });
    expect(reply.status).to.equal(200);
    return ((await reply.json()) as { _id: string })._id;
  };
  const after1 = (ms: number): string => new Date(orsay.clock.now() + ms).toISOString();
  const auditOf = async (action: string): Promise<readonly { object: string; details: unknown }[]> => {
    const reply = await fetch(`${orsay.base}/genesys/1/admin/audit?action=${action}`);
    return ((await reply.json()) as { entries: { object: string; details: unknown }[] }).entries;
  };

  it('says that there is none', async () => {
    const page = await open('callbacks');
    await page.getByText('No callback in this time.').waitFor();
    await expectAccessible(page);
  });

  it('lists the callbacks of a time, with counts that lead to them', async () => {
    for (let at = 0; at < 12; at += 1) {
      await create('billing', {
        _customer_number: `408265264${at}`,
        _desired_time: after1((at + 1) * HOUR_MS),
      });
    }
    await create('chat-delay', { _customer_number: '5551', usr_name: HOSTILE });
    await orsay.advance(1_000);
    const page = await open('callbacks?days=next24');
    await page.getByText('12 rows').waitFor();
    await page.getByLabel('Days').selectOption('today');
    await page.getByText('13 rows').waitFor();
    expect(await page.locator('td img').count()).to.equal(0);
    await expectAccessible(page);
    await takePictures(page, 'callbacks');
    await page.getByRole('button', { name: 'SCHEDULED 12' }).click();
    await page.getByText('12 rows').waitFor();
    await page.getByRole('combobox', { name: 'Service' }).selectOption({ label: 'chat-delay (0)' });
    await page.getByRole('button', { name: 'All 1' }).click();
    await page.getByText('1 row').waitFor();
    expect(page.url()).to.equal(`${orsay.base}/console/callbacks?service=chat-delay`);
    await page.getByText('Columns', { exact: true }).click();
    await page.getByLabel('usr_name').check();
    await page.getByRole('cell', { name: HOSTILE }).waitFor();
  });

  it('finds a number on all days', async () => {
    await create('billing', { _customer_number: '777', _desired_time: after1(20 * 24 * HOUR_MS) });
    const page = await open('callbacks');
    await page.getByRole('textbox', { name: 'Number' }).fill('777');
    await page.getByText('1 row', { exact: true }).waitFor();
    await page.getByRole('cell', { name: '777' }).waitFor();
  });

  it('takes a time of its own, in German, and says why the server refuses one', async () => {
    const page = await open('callbacks?days=custom', { language: 'de' });
    // The browser is in Paris: 9:00 UTC is 10:00 there.
    await page.getByLabel('Von', { exact: true }).fill('2026-01-05T10:30');
    await page.getByLabel('Bis', { exact: true }).fill('2026-01-05T12:30');
    await page.getByText('2 Zeilen').waitFor();
    await page.getByRole('heading', { name: 'Rückrufe' }).waitFor();
    await page.getByLabel('Bis', { exact: true }).fill('2026-01-04T12:30');
    await page.getByText(/^Expected end_time to be a time that is not before start_time/).waitFor();
  });

  it('cancels the selected ones for a reason, which is in the audit log and in the report', async () => {
    const page = await open('callbacks?days=next24&service=billing');
    await page.getByText('12 rows').waitFor();
    await page.getByRole('checkbox', { name: 'Select all rows' }).check();
    await page.getByRole('button', { name: 'Cancel 12' }).click();
    await expectAccessible(page);
    await page.getByRole('textbox', { name: /^Reason/ }).fill(HOSTILE);
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel 12' }).click();
    await page.getByText('Cancelled: 12.').waitFor();
    await page.getByRole('button', { name: 'COMPLETED 12' }).waitFor();
    const [entry] = await auditOf('callbacks.cancelled');
    expect(entry).to.deep.include({
      object: `callbacks:${HOSTILE}`,
      details: { cancelled: 12, refused: 0 },
    });

    await page.getByRole('button', { name: 'Report by reason…' }).click();
    await expectAccessible(page);
    await page.getByRole('textbox', { name: 'Reason' }).fill(HOSTILE);
    const downloading = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Get the report' }).click();
    const file = readFileSync(await (await downloading).path(), 'utf8')
      .trim()
      .split(/\r?\n/);
    expect(file).to.have.length(13);
    expect(file[1]).to.include('4082652640').and.include(HOSTILE);
  });
});
