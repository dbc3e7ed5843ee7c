import { expect } from 'chai';
import type { Locator, Page } from 'playwright-core';
import { describeInBrowser } from '../support/consoleBrowser.ts';
import { CustomerCentre } from '../support/customerCentre.ts';

describeInBrowser('a customer and an agent, side by side', (browser) => {
  let centre: CustomerCentre;

  beforeEach(async () => {
    centre = new CustomerCentre();
    await centre.start();
  });
  afterEach(() => centre.close());

  /** Lets time pass until the element is there. The pace of the pages is that of people. */
  async function appears(element: Locator, stepMs = 100): Promise<void> {
    const find = async (): Promise<true | undefined> => ((await element.count()) > 0 ? true : undefined);
    await centre.whenever(find, { stepMs, restMs: 50, maxSteps: 400, show: () => element.toString() });
  }

  const say = async (page: Page, label: string, text: string): Promise<void> => {
    await page.getByLabel(label, { exact: true }).fill(text);
    await page.keyboard.press('Enter');
  };
  const wordsOf = (page: Page, selector: string): Promise<readonly string[]> =>
    page.locator(selector).allTextContents();

  it('lose no line and see none twice, over reloads and a restart of the server', async function () {
    this.timeout(180_000);
    const desk = await browser.open(`${centre.base}/console/desktop/KSippola`);
    await desk.getByRole('button', { name: 'Log in' }).click();
    await desk.getByText('Nothing to do.').waitFor();
    const customer = await browser.open(`${centre.base}/console/customer`);
    await customer.getByLabel('Service', { exact: true }).fill('chat-delay');
    await customer.getByRole('button', { name: 'Add customer' }).click();
    await customer.getByLabel('First name').fill('James');
    await customer.getByLabel('Phone').fill('4082652649');
    await customer.getByLabel('Your question').fill('billing');
    await customer.getByRole('button', { name: 'Start', exact: true }).click();
    const ready = customer.getByRole('button', { name: "Yes, I'm ready to talk" });
    await appears(ready, 1_000);
    await ready.click();
    await appears(desk.getByRole('button', { name: 'Accept' }));
    await desk.getByRole('button', { name: 'Accept' }).click();

    await say(desk, 'Message', 'one');
    await appears(customer.getByText('one', { exact: true }));
    await say(customer, 'Your message', 'two');
    await appears(desk.getByRole('log').getByText('two', { exact: true }));
    await Promise.all([desk.reload(), customer.reload()]);
    await appears(desk.getByRole('log').getByText('two', { exact: true }));
    await appears(customer.getByText('one', { exact: true }));

    await centre.stop();
    await say(desk, 'Message', 'three');
    await say(customer, 'Your message', 'four');
    await desk.getByText('is being sent').waitFor();
    await centre.start();
    await appears(customer.getByText('three', { exact: true }));
    await appears(desk.getByRole('log').getByText('four', { exact: true }));
    await say(customer, 'Your message', 'farewell');
    await appears(desk.getByRole('log').getByText('farewell', { exact: true }));
    await appears(customer.locator('.oc-own:not(.oc-unsaid)', { hasText: 'farewell' }));

    // The two that were written without a server come in either order, and both see the same.
    const seen = await wordsOf(customer, '.oc-line .oc-text');
    expect(seen.toSorted()).to.deep.equal(['farewell', 'four', 'one', 'three', 'two']);
    expect(await wordsOf(desk, '.desk-word p')).to.deep.equal(seen);

    await customer.getByRole('button', { name: 'End chat' }).click();
    await customer.getByRole('button', { name: 'End chat' }).click();
    await appears(customer.getByText('The chat has ended.'));
    await appears(desk.getByText('Nothing to do.').or(desk.getByText('The interaction has ended.')));
  });
});
