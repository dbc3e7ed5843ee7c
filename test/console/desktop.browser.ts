import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { SimulatedCustomer } from '../simulators/customer.ts';
import { describeInBrowser, expectAccessible, takePictures } from '../support/consoleBrowser.ts';
import { startOrsay, type TestOrsay } from '../support/orsay.ts';

const HOSTILE = '<img src=x onerror="document.title=1">';

describeInBrowser('the desktop of an agent', (browser) => {
  let orsay: TestOrsay;
  let customer: SimulatedCustomer;

  beforeEach(async () => {
    orsay = await startOrsay({
      hasOwnUrl: true,
      change(config) {
        Object.assign(config, {
          desktop: {
            cannedTexts: [{ id: 'hello', title: 'Greeting', text: 'Good morning' }],
            notReadyReasons: [{ code: 'lunch', text: 'Lunch' }],
            dispositions: [{ code: 'solved', text: 'Solved' }],
            afterWork: { seconds: 60, disposition: 'optional' },
          },
        });
      },
    });
    customer = new SimulatedCustomer(orsay.base, 'jbond');
  });
  afterEach(() => orsay.close());

  async function openChat(subject: string): Promise<void> {
    await customer.create('chat-delay', { _customer_number: '4082652649' });
    await customer.request('check-queue-position');
    await customer.request('connect');
    await customer.request('ixn/chat', { firstName: HOSTILE, subject });
    await orsay.durable.idle();
  }

  it('is worked by the keyboard alone, from the login to the farewell', async () => {
    const page = await browser.open(`${orsay.base}/console/desktop`);
    await page.getByLabel('Agent').focus();
    await page.keyboard.type('KSippola');
    await page.keyboard.press('Enter');
    await page.getByRole('button', { name: 'Log in' }).waitFor();
    await expectAccessible(page);
    await tabTo(page, 'Name that customers see');
    await page.keyboard.type('Kristi');
    await page.keyboard.press('Enter');
    await page.getByText('Nothing to do.').waitFor();
    await expectAccessible(page);
    await takePictures(page, 'desktop-idle');

    await openChat('billing');
    await page.getByText('A chat for you').first().waitFor();
    await expectAccessible(page);
    await takePictures(page, 'desktop-offer');
    await tabTo(page, 'Accept');
    await page.keyboard.press('Enter');
    const message = page.getByLabel('Message');
    await message.waitFor();
    expect(await message.evaluate('document.activeElement?.tagName')).to.equal('TEXTAREA');
    await page.keyboard.type('How can I help?');
    await page.keyboard.press('Enter');
    await page.getByRole('log').getByText('How can I help?').waitFor();
    const seen = await customer.request('ixn/chat/refresh', { transcriptPosition: '1' });
    expect(JSON.stringify(seen)).to.include('How can I help?');
    await customer.request('ixn/chat/send', { message: HOSTILE });
    await page.getByRole('log').locator('.desk-word.client p').getByText(HOSTILE).waitFor();
    await expectAccessible(page);
    await takePictures(page, 'desktop-chat');

    await tabTo(page, 'End');
    await page.keyboard.press('Enter');
    await page.getByText('The interaction ends, if').waitFor();
    await page.keyboard.press('Tab');
    await page.keyboard.press('Tab');
    await tabTo(page, 'End');
    await page.keyboard.press('Enter');
    await page.getByText('Your work after it goes on.').waitFor();
    await expectAccessible(page);
    await takePictures(page, 'desktop-wrapup');
    await tabTo(page, 'Done');
    await page.keyboard.press('Enter');
    await page.getByText('Nothing to do.').waitFor();
    expect(await page.title()).to.equal('Desktop – Orsay');
  });

  it('loses no line and sends none twice over a reload and a lost connection', async () => {
    const page = await browser.open(`${orsay.base}/console/desktop/Kate`);
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByText('Nothing to do.').waitFor();
    await openChat('billing');
    await page.getByRole('button', { name: 'Accept' }).click();
    await page.getByLabel('Message').fill('one');
    await page.keyboard.press('Enter');
    await page.getByRole('log').getByText('one', { exact: true }).waitFor();
    await page.reload();
    await page.getByRole('log').getByText('one', { exact: true }).waitFor();
    await page.context().setOffline(true);
    await page.getByLabel('Message').fill('two');
    await page.keyboard.press('Enter');
    await page.getByText('is being sent').waitFor();
    await customer.request('ixn/chat/send', { message: 'while away' });
    await page.context().setOffline(false);
    await page.getByRole('log').getByText('while away').waitFor();
    await page.getByText('is being sent').waitFor({ state: 'detached' });
    const words = await page.getByRole('log').locator('.desk-word p').allTextContents();
    expect(words.toSorted()).to.deep.equal(['one', 'two', 'while away']);
    const seen = JSON.stringify(await customer.request('ixn/chat/refresh', { transcriptPosition: '1' }));
    expect(seen.split('"two"')).to.have.length(2);
  });

  it('shows refusals in the words of the server, and keeps what was typed', async () => {
    const page = await browser.open(`${orsay.base}/console/desktop/Kate`);
    await page.getByRole('button', { name: 'Log in' }).click();
    await openChat('billing');
    await page.getByRole('button', { name: 'Accept' }).click();
    await page.getByRole('button', { name: 'Consult' }).click();
    await page.getByLabel('To agent').fill('nobody');
    await page.getByRole('dialog').getByRole('button', { name: 'Consult' }).click();
    await page.getByRole('dialog').getByRole('alert').waitFor();
    expect(await page.getByRole('dialog').getByRole('alert').textContent()).to.include("'nobody'");
    expect(await page.getByLabel('To agent').inputValue()).to.equal('nobody');
    await expectAccessible(page);
  });
});

/** Presses Tab until the element with this name has the focus. */
async function tabTo(page: Page, name: string): Promise<void> {
  for (let presses = 0; presses < 60; presses++) {
    const focused = await page.evaluate(
      "document.activeElement?.labels?.[0]?.textContent || document.activeElement?.textContent || ''",
    );
    if (focused === name) return;
    await page.keyboard.press('Tab');
  }
  throw new Error(`No element '${name}' was reached by the keyboard.`);
}
