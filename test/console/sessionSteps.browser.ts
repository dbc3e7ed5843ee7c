import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { describeInBrowser, expectAccessible, takePictures } from '../support/consoleBrowser.ts';
import { HOSTILE_NAME, HOSTILE_TEXT, type Orders, startOrders } from './session/orders.ts';

describeInBrowser('the steps of a session', (browser) => {
  let orders: Orders;
  before(async () => {
    orders = await startOrders();
  });
  after(() => orders.orsay.close());

  it('come as they are taken, with effects, changes of data and lit transitions', async () => {
    const sid = await orders.start();
    const page = await browser.open(orders.page(sid));
    await page.getByText('No step yet.').waitFor();
    await orders.send(sid, 'add', { by: 3, note: HOSTILE_TEXT });
    await page.getByRole('cell', { name: 'add', exact: true }).waitFor();
    await page.getByRole('cell', { name: 'count', exact: true }).waitFor();
    await page.locator('.chart-way.taken .chart-label', { hasText: 'add' }).waitFor();
    await orders.send(sid, HOSTILE_NAME, { [HOSTILE_NAME]: HOSTILE_TEXT });
    await page.getByRole('cell', { name: HOSTILE_NAME, exact: true }).first().waitFor();
    await orders.send(sid, 'check');
    await page.locator('.chart-state.active.inner', { hasText: 'approved' }).waitFor();
    expect(await page.locator('.chart-way.taken').count()).to.equal(2);
    expect(await page.locator('td img, pre img, script:not([src])').count()).to.equal(0);
    await expectAccessible(page);
    await takePictures(page, 'session-steps');
  });

  it('are filtered by kind, text and failure, held, and exported', async () => {
    const sid = await orders.start();
    const page = await browser.open(orders.page(sid));
    await page.getByText('No step yet.').waitFor();
    await orders.send(sid, 'add', { by: 1 });
    await orders.send(sid, 'wrong');
    await page.getByRole('cell', { name: 'wrong', exact: true }).waitFor();
    await page.getByRole('button', { name: 'Pause' }).click();
    await orders.send(sid, 'later');
    await page.getByRole('button', { name: 'Go on (1 new)' }).waitFor();
    expect(await page.getByRole('cell', { name: 'later', exact: true }).count()).to.equal(0);
    await page.getByRole('button', { name: 'Go on (1 new)' }).click();
    await page.getByRole('cell', { name: 'later', exact: true }).waitFor();
    await page.getByLabel('Failures only').check();
    await page.getByRole('cell', { name: 'later', exact: true }).waitFor({ state: 'detached' });
    await page.getByRole('cell', { name: 'wrong', exact: true }).waitFor();
    const downloading = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Export as NDJSON' }).click();
    const text = readFileSync(await (await downloading).path(), 'utf8');
    const [first] = text.split('\n').map((line) => line && (JSON.parse(line) as { name: string }));
    expect(first).to.include({ name: 'wrong' });
    await page.getByLabel('Failures only').uncheck();
    await page.locator('.time-line-kind select').selectOption('timer');
    await page.getByText('No step matches the filters.').waitFor();
  });

  it('stay when the session ends, and say so', async () => {
    const sid = await orders.start();
    const page = await browser.open(orders.page(sid));
    await page.getByText('No step yet.').waitFor();
    await orders.orsay.advance(60_000);
    await page.getByText('The session has ended: completed').waitFor();
    await page.getByRole('cell', { name: 'timer', exact: true }).waitFor();
  });
});

describeInBrowser('the steps of a session that cannot be debugged', (browser) => {
  let orders: Orders;
  before(async () => {
    orders = await startOrders({ isDebugged: false });
  });
  after(() => orders.orsay.close());

  it('come from its stored trace, and the page says why', async () => {
    const sid = await orders.start();
    await orders.send(sid, 'add', { by: 3 });
    const page = await browser.open(orders.page(sid));
    await page.getByText('Debuggers are switched off').waitFor();
    await page.getByRole('cell', { name: 'add', exact: true }).waitFor();
    await orders.send(sid, 'check');
    await page.getByRole('button', { name: 'Read again' }).click();
    await page.getByRole('cell', { name: 'check', exact: true }).waitFor();
    await expectAccessible(page);
  });
});
