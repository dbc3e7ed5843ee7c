import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { describeInBrowser, expectAccessible, takePictures } from '../support/consoleBrowser.ts';
import { startOrsay, type TestOrsay } from '../support/orsay.ts';

const HELLO = '/genesys/1/document/service_template/hello/hello.scxml';
const HOSTILE = '<img src=x onerror=alert(1)>';

describeInBrowser('the list of sessions', (browser) => {
  let orsay: TestOrsay;

  before(async () => {
    orsay = await startOrsay({ hasOwnUrl: true });
  });
  after(() => orsay.close());

  const post = (path: string, fields: Readonly<Record<string, string>>, headers = {}): Promise<Response> =>
    fetch(`${orsay.base}${path}`, { method: 'POST', headers, body: new URLSearchParams(fields) });
  const url = (query = ''): string => `${orsay.base}/console/sessions${query}`;

  it('says that there is none', async () => {
    const page = await browser.open(url());
    await page.getByText('No session matches.').waitFor();
    await expectAccessible(page);
    await takePictures(page, 'sessions-empty');
  });

  it('shows sessions with their services and customers, as text', async () => {
    for (let at = 0; at < 40; at += 1) {
      expect((await post('/scxml/session/start', { src: `${orsay.base}${HELLO}` })).status).to.equal(200);
    }
    // The latest is the first row.
    await orsay.advance(1_000);
    const page = await browser.open(url());
    await page.getByText('40 rows').waitFor();
    const customer = { _customer_number: '4082652649', usr_reason: 'billing' };
    const reply = await post('/genesys/1/service/callback/chat-delay', customer, { gms_user: HOSTILE });
    expect(reply.status).to.equal(200);
    await orsay.advance(2_000);
    // Sooner than the page reads the list when it is told nothing.
    await page.getByText('41 rows').waitFor({ timeout: 20_000 });
    await page.getByRole('cell', { name: HOSTILE }).waitFor();
    expect(await page.locator('td img').count()).to.equal(0);
    await expectAccessible(page);
    await takePictures(page, 'sessions');
    await page.getByRole('button', { name: /^Waiting customers/ }).click();
    await page.getByText('1 row').waitFor();
    expect(page.url()).to.equal(url('?status=waiting'));
  });

  it('keeps filters, columns and order in the address, and exports what it shows', async () => {
    const page = await browser.open(url('?find=hello&sort=-id'));
    await page.getByText('40 of 41 rows').waitFor();
    await page.getByText('Columns', { exact: true }).click();
    await page.getByLabel('Active states').uncheck();
    expect(new URL(page.url()).searchParams.get('columns')).not.to.include('states');
    const heads = await page.getByRole('columnheader').allTextContents();
    expect(heads.join()).to.include('Session ▼').and.not.include('Active states');
    const downloading = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export as CSV' }).click();
    const file = readFileSync(await (await downloading).path(), 'utf8').split('\r\n');
    expect(file[0]).to.equal('Session,Status,Document,Version,Age,Service,Service state,Customer');
    expect(file).to.have.length(42);
  });

  it('terminates the selected ones with a reason, which the audit log has', async () => {
    const page = await browser.open(url('?find=hello'));
    await page.getByRole('checkbox', { name: 'Select all rows' }).check();
    await page.getByRole('button', { name: 'Terminate 40' }).click();
    await expectAccessible(page);
    await takePictures(page, 'sessions-terminate');
    await page.getByRole('textbox', { name: /^Reason/ }).fill('a test');
    await page.getByRole('dialog').getByRole('button', { name: 'Terminate 40' }).click();
    await page.getByText('Done: 40 sessions.').waitFor();
    const audit = (await (
      await fetch(`${orsay.base}/genesys/1/admin/audit?action=session.terminated`)
    ).json()) as {
      entries: readonly { details: unknown }[];
    };
    expect(audit.entries).to.have.length(40);
    expect(audit.entries[0]!.details).to.deep.equal({ reason: 'a test' });
  });

  it('says why the server refuses a filter', async () => {
    const page = await browser.open(url(`?customer=${'x'.repeat(9_000)}`));
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').textContent()).to.include('at most 8192 characters');
  });
});
