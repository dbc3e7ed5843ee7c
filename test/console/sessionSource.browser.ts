import { expect } from 'chai';
import { describeInBrowser, expectAccessible } from '../support/consoleBrowser.ts';
import { type Orders, startOrders } from './session/orders.ts';

describeInBrowser('the source of a session', (browser) => {
  let orders: Orders;
  before(async () => {
    orders = await startOrders();
  });
  after(() => orders.orsay.close());

  it('is beside the chart, and each leads to the other by the keyboard and the mouse', async () => {
    const sid = await orders.start();
    const page = await browser.open(orders.page(sid));
    const line = page.locator('.source-lines [aria-selected=true]');
    const part = page.locator('div.chart [aria-selected=true]');
    await page.locator('.source-line.active', { hasText: '<state id="open">' }).waitFor();
    await page.locator('div.chart').focus();
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    expect(await part.getAttribute('aria-label')).to.match(/^open entry \/ send 'late'/);
    await page.keyboard.press('ArrowDown');
    expect(await part.getAttribute('aria-label')).to.include('open add');
    await page.keyboard.press('ArrowDown');
    expect(await part.getAttribute('aria-label')).to.include('open check');
    await page.keyboard.press('Enter');
    expect(await line.textContent()).to.include('<transition event="check"');
    expect(await page.evaluate('document.activeElement.classList[0]')).to.equal('source-lines');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('ArrowDown');
    await page.keyboard.press('Enter');
    expect(await part.getAttribute('aria-label')).to.include('open late');
    expect(await page.evaluate('document.activeElement.classList[0]')).to.equal('chart');
    await page.locator('.chart-state', { hasText: 'approved' }).click();
    expect(await line.textContent()).to.include('<state id="approved">');
    await page.locator('.source-line', { hasText: '<final id="closed"/>' }).locator('code').click();
    expect(await part.getAttribute('aria-label')).to.equal('closed');
    await expectAccessible(page);
  });
});
