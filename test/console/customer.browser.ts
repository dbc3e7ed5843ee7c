import { expect } from 'chai';
import type { Locator, Page } from 'playwright-core';
import { describeInBrowser, expectAccessible, takePictures } from '../support/consoleBrowser.ts';
import { CustomerCentre } from '../support/customerCentre.ts';

const HOSTILE = '<img src=x onerror="document.title=1">';

describeInBrowser('the page of a customer', (browser) => {
  let centre: CustomerCentre;

  beforeEach(async () => {
    centre = new CustomerCentre();
    await centre.start();
  });

  afterEach(() => centre.close());

  /** Lets time pass until the element is there. The pace of the page is that of customers. */
  async function appears(element: Locator, stepMs = 1_000): Promise<void> {
    await centre.whenever(async () => ((await element.count()) > 0 ? true : undefined), {
      stepMs,
      restMs: 50,
      maxSteps: 400,
      show: () => element.toString(),
    });
  }

  async function add(page: Page, service: string, transport: string): Promise<void> {
    await page.getByLabel('Service', { exact: true }).fill(service);
    await page.getByLabel('Transport', { exact: true }).selectOption(transport);
    await page.getByRole('button', { name: 'Add customer' }).click();
  }

  /** The messages of the chat, with who said them. */
  function lines(page: Page): Promise<readonly string[]> {
    return page.locator('.oc-line .oc-text').allTextContents();
  }

  async function say(page: Page, text: string): Promise<void> {
    await page.getByLabel('Your message').fill(text);
    await page.keyboard.press('Enter');
  }

  for (const transport of ['websocket', 'long-polling'] as const) {
    it(`goes from the form to the farewell, over a reload and a restart: ${transport}`, async function () {
      this.timeout(150_000);
      const agent = centre.agent();
      const page = await browser.open(`${centre.base}/console/customer`);
      await add(page, 'chat-delay', transport);
      await expectAccessible(page);
      await page.getByLabel('First name').fill(HOSTILE);
      await page.getByLabel('Phone').fill('4082652649');
      await page.getByLabel('Your question').fill(HOSTILE);
      await page.getByRole('button', { name: 'Start', exact: true }).click();
      await appears(page.getByText('You are number 1 of 1.'));
      await expectAccessible(page);
      if (transport === 'websocket') await takePictures(page, 'customer-waiting');
      await agent.put('ready', { nickname: `Kristi ${HOSTILE}` });
      await appears(page.getByRole('button', { name: "Yes, I'm ready to talk" }));
      await expectAccessible(page);
      await page.getByRole('button', { name: "Yes, I'm ready to talk" }).click();
      const ixn = await centre.accept(agent);
      await agent.post(ixn, 'message', { text: `Hello ${HOSTILE}` });
      await appears(page.getByText(`Hello ${HOSTILE}`));
      await say(page, `one ${HOSTILE}`);
      await appears(page.locator('.oc-own:not(.oc-unsaid)', { hasText: 'one' }));
      await page.getByLabel('Your message').fill('half a sentence');
      await page.reload();
      await appears(page.getByText(`one ${HOSTILE}`));
      expect(await page.getByLabel('Your message').inputValue()).to.equal('half a sentence');

      await centre.stop();
      await say(page, 'two');
      await say(page, 'three');
      await page.getByText('No connection.').waitFor();
      expect(await page.getByText('being sent').count()).to.equal(2);
      await expectAccessible(page);
      await centre.start();
      await appears(page.locator('.oc-own:not(.oc-unsaid)', { hasText: 'three' }), 50);
      await agent.post(ixn, 'pushUrl', { url: 'https://shop.example/bill' });
      await agent.post(ixn, 'pushUrl', { url: 'http://shop.example/a?b=<b>' });
      await agent.post(ixn, 'message', { text: 'Bye' });
      await appears(page.getByText('Bye', { exact: true }));
      expect(await lines(page)).to.deep.equal([
        `Hello ${HOSTILE}`,
        `one ${HOSTILE}`,
        'two',
        'three',
        'https://shop.example/bill',
        'http://shop.example/a?b=%3Cb%3E',
        'Bye',
      ]);
      const link = page.getByRole('link', { name: 'https://shop.example/bill' });
      expect(await link.getAttribute('rel')).to.equal('noopener noreferrer');
      await agent.post(ixn, 'startTyping');
      await appears(page.getByText('is typing'));
      await expectAccessible(page);
      if (transport === 'websocket') await takePictures(page, 'customer-chat');
      await page.getByRole('button', { name: 'End chat' }).click();
      await page.getByRole('button', { name: 'End chat' }).click();
      await appears(page.getByText('The chat has ended.'));
      expect(await page.locator('img').count()).to.equal(0);
      expect(await page.title()).to.equal('Customer – Orsay');
    });
  }

  it('shows each message, and copies it as a command', async () => {
    const page = await browser.open(`${centre.base}/console/customer`);
    await page.context().grantPermissions(['clipboard-read', 'clipboard-write']);
    await add(page, 'customer-support', 'polling');
    await page.getByLabel('First name').fill("O'Neill");
    await page.getByRole('button', { name: 'Start', exact: true }).click();
    await page.getByLabel('Your message').waitFor();
    await page.getByRole('button', { name: 'Show message 1', exact: true }).click();
    await expectAccessible(page);
    await takePictures(page, 'customer-message');
    await page.getByRole('button', { name: 'Copy as curl' }).click();
    await page.getByRole('button', { name: 'Copied' }).waitFor();
    expect(await page.evaluate('navigator.clipboard.readText()')).to.match(
      /^curl -X POST '.*\/genesys\/2\/chat\/customer-support' \\\n {2}-H 'gms_user: customer-1' \\\n {2}-H 'Idempotency-Key: [0-9a-f]{32}-chat' \\\n {2}--data-raw 'nickname=O%27Neill'$/,
    );
  });
});
