import { expect } from 'chai';
import { describeInBrowser, expectAccessible, takePictures } from '../support/consoleBrowser.ts';
import { HOSTILE_NAME, HOSTILE_TEXT, type Orders, startOrders } from './session/orders.ts';

describeInBrowser('the replay of a session', (browser) => {
  let orders: Orders;
  let sid: string;
  before(async () => {
    orders = await startOrders();
    sid = await orders.start();
    await orders.send(sid, 'add', { by: 3 });
    await orders.send(sid, HOSTILE_NAME, { [HOSTILE_NAME]: HOSTILE_TEXT });
    await orders.send(sid, 'check');
    await orders.send(sid, 'stop');
    await orders.orsay.advance(2_000);
  });
  after(() => orders.orsay.close());

  it('goes through the steps of a session that has ended, by the keyboard', async () => {
    const page = await browser.open(orders.page(sid));
    await page.getByText('Step 1 of 5').waitFor();
    await page.locator('.chart-state.inner', { hasText: 'open' }).waitFor();
    await page.getByRole('slider').focus();
    await page.keyboard.press('ArrowRight');
    await page.getByText('2 of 5').waitFor();
    await page.locator('.session-data', { hasText: '"count": 3' }).waitFor();
    await page.keyboard.press('End');
    await page.locator('.chart-state.inner', { hasText: 'closed' }).waitFor();
    await page.keyboard.press('ArrowLeft');
    await page.locator('.chart-state.inner', { hasText: 'approved' }).waitFor();
    await page.locator('.source-line.taken').first().waitFor();
    expect(await page.locator('.source-line.taken').count()).to.equal(2);
    await expectAccessible(page);
    await takePictures(page, 'session-replay');
  });

  it('goes another way on a copy from any step, and takes it back', async () => {
    const page = await browser.open(orders.page(sid));
    await page.getByRole('slider').focus();
    await page.keyboard.press('ArrowRight');
    await page.getByRole('button', { name: 'Try another way from here' }).click();
    const copy = page.locator('section', { has: page.getByRole('heading', { name: 'A copy from step 2' }) });
    await copy.getByRole('textbox', { name: 'Name' }).fill('check');
    await copy.getByRole('button', { name: 'Take it' }).click();
    await page.locator('.chart-state.inner', { hasText: 'approved' }).waitFor();
    await copy.getByLabel('Input', { exact: true }).selectOption({ index: 1 });
    await copy.getByRole('button', { name: 'Take it' }).click();
    await copy.getByText(/^timer timer/).waitFor();
    await expectAccessible(page);
    await takePictures(page, 'session-fork');
    await copy.getByRole('button', { name: 'Take back the last one' }).click();
    await copy.getByText(/^timer timer/).waitFor({ state: 'detached' });
    await copy.getByRole('button', { name: 'Close the copy' }).click();
    await page.getByText('2 of 5').waitFor();
  });
});

describeInBrowser('a copy of a session that runs', (browser) => {
  let orders: Orders;
  before(async () => {
    orders = await startOrders();
  });
  after(() => orders.orsay.close());

  it('goes on from now, and the session does not notice', async () => {
    const sid = await orders.start();
    await orders.send(sid, 'add', { by: 3 });
    const page = await browser.open(orders.page(sid));
    await page.getByRole('button', { name: 'Try what comes next on a copy' }).click();
    const title = 'A copy of the session as it was';
    const copy = page.locator('section', { has: page.getByRole('heading', { name: title }) });
    await copy.getByRole('textbox', { name: 'Name' }).fill('check');
    await copy.getByRole('button', { name: 'Take it' }).click();
    await page.locator('.chart-state.inner', { hasText: 'approved' }).waitFor();
    await expectAccessible(page);
    await takePictures(page, 'session-fork-now');
    await copy.getByRole('button', { name: 'Close the copy' }).click();
    await page.locator('.chart-state.inner', { hasText: 'open' }).waitFor();
    const reply = await fetch(`${orders.orsay.base}/genesys/1/admin/debug/sessions/${sid}`);
    expect(((await reply.json()) as { configuration: unknown }).configuration).to.deep.equal(['open']);
  });
});
