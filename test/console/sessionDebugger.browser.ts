import { expect } from 'chai';
import { describeInBrowser, expectAccessible, takePictures } from '../support/consoleBrowser.ts';
import { HOSTILE_NAME, type Orders, startOrders } from './session/orders.ts';

describeInBrowser('the debugger of a session', (browser) => {
  let orders: Orders;
  beforeEach(async () => {
    orders = await startOrders();
  });
  afterEach(() => orders.orsay.close());

  it('stops at a breakpoint of a source line, steps, survives a reload, and lets go', async () => {
    const sid = await orders.start();
    const page = await browser.open(orders.page(sid));
    const button = (name: string) => page.locator('.debugger').getByRole('button', { name, exact: true });
    await button('Take hold').click();
    await page.getByText('Stopped', { exact: true }).waitFor();
    await page.getByText('its timers do not fire').waitFor();
    await page.getByText('After 600 s of a stop').waitFor();
    const approved = page.locator('.source-line', { hasText: '<state id="approved">' });
    await approved.locator('.source-number').click();
    await page.locator('.source-line.breakpoint', { hasText: 'approved' }).waitFor();
    await page.locator('.chart-breakpoint').waitFor();
    await page.getByLabel('Stop at').selectOption('state');
    await page.getByRole('textbox', { name: 'Name' }).fill('aproved');
    await button('Add').click();
    await page.getByText("Expected the id of a state, got 'aproved'").waitFor();
    await button('Go on').click();
    await page.getByText('Running', { exact: true }).waitFor();
    await orders.send(sid, 'add', { by: 3 });
    await orders.send(sid, 'check');
    await page.getByText(/^Before its next input, which comes to: line 17/).waitFor();
    await orders.send(sid, HOSTILE_NAME);
    await page.locator('.debugger-inputs', { hasText: HOSTILE_NAME }).waitFor();
    await page.locator('.chart-state.inner', { hasText: 'checking' }).waitFor();
    await expectAccessible(page);
    await takePictures(page, 'session-debugger');
    await page.reload();
    await page.getByText('Stopped', { exact: true }).waitFor();
    await page.locator('.source-line.breakpoint', { hasText: 'approved' }).waitFor();
    await button('Step').click();
    await page.locator('.chart-state.inner', { hasText: 'approved' }).waitFor();
    await page.getByRole('textbox', { name: 'Expression' }).fill('_data.count + 1');
    await button('Evaluate').click();
    await page.locator('output', { hasText: '4' }).waitFor();
    await button('Release').click();
    await button('Take hold').waitFor();
    await page.getByRole('cell', { name: HOSTILE_NAME, exact: true }).waitFor();
    expect(await (await fetch(`${orders.orsay.base}/genesys/1/admin/debug`)).json()).to.deep.equal([]);
  });

  it('says that the session ended meanwhile, and that the longest pause is over', async () => {
    const [ended, long] = [await orders.start(), await orders.start()];
    const page = await browser.open(orders.page(ended));
    await page.getByRole('button', { name: 'Take hold' }).click();
    await page.getByText('Stopped', { exact: true }).waitFor();
    await page.getByRole('button', { name: 'End session' }).click();
    await page.getByRole('textbox', { name: /^Reason/ }).fill('a test');
    await page
      .getByRole('dialog')
      .getByRole('button', { name: /^Terminate/ })
      .click();
    await page.locator('.debugger').getByText('The session has ended.').waitFor();
    await page.getByText('The session has ended: terminated').waitFor();
    const other = await browser.open(orders.page(long));
    await other.getByRole('button', { name: 'Take hold' }).click();
    await other.getByText('Stopped', { exact: true }).waitFor();
    await orders.orsay.advance(600_000);
    await other.getByText('The longest pause of 600 s is over').waitFor();
  });

  it('attaches to the next session of the document, before its first step', async () => {
    const sid = await orders.start();
    const page = await browser.open(orders.page(sid));
    await page.getByRole('button', { name: 'Attach to the next session' }).click();
    await page.getByText('Waits for the next session').waitFor();
    await page.locator('.source-line', { hasText: '<state id="open">' }).locator('.source-number').click();
    await page.getByText('It is placed when a session starts').waitFor();
    const next = await orders.start();
    await page.getByRole('heading', { name: `Session ${next}` }).waitFor();
    await page.getByText('Stopped', { exact: true }).waitFor();
    await page.locator('.debugger').getByRole('button', { name: 'Go on', exact: true }).click();
    await page.locator('.chart-state.inner', { hasText: 'open' }).waitFor();
  });

  it('fires timers and sends events, with data that have to be JSON', async () => {
    const sid = await orders.start();
    const page = await browser.open(orders.page(sid));
    await page.getByRole('button', { name: 'Send event' }).click();
    await page.getByRole('textbox', { name: 'Name' }).fill('add');
    await page.getByRole('textbox', { name: 'Data (JSON)' }).fill('{by: 2}');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByText('Expected JSON').waitFor();
    await expectAccessible(page);
    await page.getByRole('textbox', { name: 'Data (JSON)' }).fill('{"by": 2}');
    await page.getByRole('button', { name: 'Send', exact: true }).click();
    await page.getByText('Sent: add').waitFor();
    await page.locator('.session-data', { hasText: '"count": 2' }).waitFor();
    await page.getByRole('button', { name: 'Fire now: late' }).click();
    await page.getByText('The session has ended: completed').waitFor();
  });
});
