import { describeInBrowser, expectAccessible, takePictures } from '../support/consoleBrowser.ts';
import { HOSTILE_NAME, HOSTILE_TEXT, type Orders, startOrders } from './session/orders.ts';

describeInBrowser('the page of trace files', (browser) => {
  let orders: Orders;
  let elsewhere: Orders;
  before(async () => {
    [orders, elsewhere] = [await startOrders(), await startOrders()];
  });
  after(async () => {
    await orders.orsay.close();
    await elsewhere.orsay.close();
  });

  it('opens the trace of another server, and says where a file is wrong', async () => {
    const sid = await elsewhere.start();
    await elsewhere.send(sid, 'add', { by: 3 });
    await elsewhere.send(sid, HOSTILE_NAME, { [HOSTILE_NAME]: HOSTILE_TEXT });
    await elsewhere.send(sid, 'check');
    const exported = await fetch(`${elsewhere.orsay.base}/genesys/1/admin/sessions/${sid}/trace`);
    const text = await exported.text();
    const page = await browser.open(`${orders.orsay.base}/console/traces`);
    const open = (content: string) =>
      page
        .getByLabel('Trace file')
        .setInputFiles({ name: 'a.ndjson', mimeType: 'text/plain', buffer: Buffer.from(content) });
    await open(text.slice(0, text.length / 2));
    await page.getByText(/^Line \d+: expected/).waitFor();
    await open(text.replace('"configuration":["open"]', '"configuration":7'));
    await page.getByText('expected a document, a session, or a step').waitFor();
    await open(text);
    await page.locator('.chart-state.inner', { hasText: 'open' }).waitFor();
    await page.getByRole('cell', { name: HOSTILE_NAME, exact: true }).waitFor();
    await page.getByRole('button', { name: '4', exact: true }).click();
    await page.locator('.chart-state.inner', { hasText: 'approved' }).waitFor();
    await page.locator('.source-line.active', { hasText: 'approved' }).waitFor();
    await page.getByRole('slider').focus();
    await page.keyboard.press('Home');
    await page.getByText('Step 1 of 4').waitFor();
    await page.locator('.chart-state.inner', { hasText: 'open' }).waitFor();
    await page.getByRole('button', { name: 'Next' }).click();
    await page.getByText('Step 2 of 4').waitFor();
    await expectAccessible(page);
    await takePictures(page, 'traces');
  });
});
