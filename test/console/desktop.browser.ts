import { expect } from 'chai';
import type { Page } from 'playwright-core';
import { SimulatedCustomer } from '../simulators/customer.ts';
import { describeInBrowser, expectAccessible, takePictures } from '../support/consoleBrowser.ts';
import { MAIL, openMediaConfig } from '../support/openMediaCentre.ts';
import { startOrsay, type TestOrsay } from '../support/orsay.ts';

const HOSTILE = '<img src=x onerror="document.title=1">';

describeInBrowser('the desktop of an agent', (browser) => {
  let orsay: TestOrsay;
  let customer: SimulatedCustomer;

  beforeEach(async () => {
    orsay = await startOrsay({
      hasOwnUrl: true,
      change(config) {
        Object.assign(config, openMediaConfig(config), {
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

  it('takes files, user data and an outcome, and shows them after a reload', async () => {
    const page = await browser.open(`${orsay.base}/console/desktop/Kate`);
    await page.getByRole('button', { name: 'Log in' }).click();
    await openChat('billing');
    await page.getByRole('button', { name: 'Accept' }).click();
    await openDetails(page, 'Files');
    const file = { name: 'offer.txt', mimeType: 'text/plain', buffer: Buffer.from('hello') };
    await page.getByLabel('File', { exact: true }).setInputFiles(file);
    await page.getByRole('button', { name: 'Send a file' }).click();
    await page.getByRole('log').getByText('Kate: file offer.txt').waitFor();
    const download = page.waitForEvent('download');
    await page.getByRole('link', { name: 'offer.txt' }).click();
    expect(await (await download).failure()).to.equal(null);
    await page.getByRole('button', { name: 'Delete offer.txt' }).click();
    await page.getByRole('log').getByText('Kate: deleted the file offer.txt').waitFor();
    await page.getByText('No files.').waitFor();

    await openDetails(page, 'Data');
    await page.getByLabel('Key').fill('colour');
    await page.getByLabel('Value').fill(HOSTILE);
    await page.getByRole('button', { name: 'Set' }).click();
    await page.getByRole('definition').getByText(HOSTILE).last().waitFor();
    await openDetails(page, 'Disposition, Notes');
    await page.getByLabel('Disposition').selectOption('solved');
    await page.getByLabel('Notes').fill('called back');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('Saved.').waitFor();
    await openDetails(page, 'History');
    await page.getByText('Callback: chat-delay').waitFor();
    await expectAccessible(page);

    await page.reload();
    await openDetails(page, 'Disposition, Notes');
    const disposition = page.getByLabel('Disposition');
    await disposition.getByText('Solved').waitFor({ state: 'attached' });
    expect(await disposition.inputValue()).to.equal('solved');
    expect(await page.getByLabel('Notes').inputValue()).to.equal('called back');
    await customer.request('ixn/chat/disconnect');
    await page.getByRole('button', { name: 'Done' }).click();
    await page.reload();
    await page.getByText('Nothing to do.').waitFor();
  });

  it('gives an interaction to a colleague, in all tabs of both', async () => {
    const page = await browser.open(`${orsay.base}/console/desktop/Kate`);
    await page.getByRole('button', { name: 'Log in' }).click();
    await openChat('billing');
    await page.getByRole('button', { name: 'Accept' }).click();
    await page.getByLabel('Message').waitFor();
    const other = await browser.open(`${orsay.base}/console/desktop/Bob`);
    await other.getByRole('button', { name: 'Log in' }).click();
    await other.getByText('Nothing to do.').waitFor();
    const otherTab = await other.context().newPage();
    await otherTab.goto(`${orsay.base}/console/desktop/Bob`);

    await page.getByRole('button', { name: 'Transfer' }).click();
    await page.getByLabel('To agent').fill('Bob');
    await page.getByLabel('Note for colleagues').fill('knows her');
    await page.getByRole('dialog').getByRole('button', { name: 'Transfer' }).click();
    await otherTab.getByRole('button', { name: 'Accept' }).waitFor();
    await other.getByRole('button', { name: 'Accept' }).click();
    await page.getByText('An interaction is no longer yours: transferred').waitFor();
    await page.getByText('Nothing to do.').waitFor();
    await otherTab.getByRole('log').getByText('knows her').waitFor();
    await other.getByRole('button', { name: 'Logged out' }).click();
    await otherTab.getByText('Nothing to do.').waitFor();
    // The customer is back in the queue, in which Kate is.
    await orsay.advance(60_000);
    await page.getByRole('button', { name: 'Accept' }).waitFor();
  });

  it('shows an e-mail with its attachments, and keeps the reply', async () => {
    const page = await browser.open(`${orsay.base}/console/desktop/Kate`);
    await page.getByLabel('Media').fill('chat, email');
    await page.getByRole('button', { name: 'Log in' }).click();
    await page.getByText('Nothing to do.').waitFor();
    const body = new FormData();
    for (const [name, value] of Object.entries(MAIL)) body.set(name, value);
    body.append('file', new Blob(['hello']), 'offer.txt');
    const sent = await fetch(`${orsay.base}/genesys/2/email/support`, { method: 'POST', body });
    expect(await sent.json()).to.include({ statusCode: 0 });
    await orsay.advance(0);
    await page.getByRole('button', { name: 'Accept' }).click();
    await page.getByText(MAIL.text).waitFor();
    await openDetails(page, 'Files');
    await page.getByRole('link', { name: 'offer.txt' }).waitFor();
    await page.getByLabel('Reply').fill('It is done.');
    await page.getByRole('button', { name: 'Send' }).click();
    await page.locator('.desk-word').getByText('It is done.').waitFor();
    await expectAccessible(page);
  });
});

async function openDetails(page: Page, name: string): Promise<void> {
  await page.locator('summary', { hasText: name }).click();
}

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
