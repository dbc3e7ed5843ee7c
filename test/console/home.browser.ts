import { expect } from 'chai';
import { describeInBrowser, expectAccessible, takePictures } from '../support/consoleBrowser.ts';
import { startOrsay, type TestOrsay } from '../support/orsay.ts';

describeInBrowser('the first page', (browser) => {
  let orsay: TestOrsay;
  let timer: ReturnType<typeof setInterval>;

  before(async () => {
    orsay = await startOrsay({ hasOwnUrl: true });
    // The page waits for steps of the server, whose clock is simulated.
    timer = setInterval(() => void orsay.advance(200), 200);
  });
  after(async () => {
    clearInterval(timer);
    await orsay.close();
  });

  it('shows what runs, and whether it is healthy', async () => {
    const page = await browser.open(orsay.base);
    await page.getByText('ONLINE').waitFor();
    await page.getByText('0 running').waitFor();
    await page.getByText('0 ready').waitFor();
    expect(await page.getByRole('region', { name: 'Services' }).textContent()).to.include('chat-delay');
    await expectAccessible(page);
  });

  it('leads to the documentation, which needs no other server', async () => {
    const page = await browser.open(orsay.base);
    const opening = page.waitForEvent('popup');
    await page.getByRole('link', { name: 'All guides and the reference' }).click();
    const guide = await opening;
    await guide.getByRole('link', { name: 'Two machines' }).click();
    await guide.getByRole('heading', { name: 'Two machines', level: 1 }).waitFor();
    await expectAccessible(guide);
    await takePictures(guide, 'guide');
    await guide.getByRole('link', { name: 'Console' }).click();
    await guide.getByText('ONLINE').waitFor();
  });

  it('lets one person play a delayed chat as customer and agent', async () => {
    const page = await browser.open(orsay.base);
    await page.getByRole('button', { name: '1. Start a chat as a customer' }).click();
    const take = page.getByRole('button', { name: '2. Take it as an agent' });
    await take.click();
    await page.getByLabel('Message of the agent').fill('Hello James');
    await page.keyboard.press('Enter');
    await page.getByText('Hello James').waitFor();
    await page.getByLabel('Message of the customer').fill('<b>Hello</b> agent');
    await page.keyboard.press('Enter');
    await page.getByText('<b>Hello</b> agent').waitFor();
    await expectAccessible(page);
    await takePictures(page, 'home');
    await page.getByRole('button', { name: '3. End the chat' }).click();
    await page.getByText('The chat is over. The session ends.').waitFor();
    const agents = (await (await fetch(`${orsay.base}/agent/1/agents`)).json()) as { state: string }[];
    expect(agents.filter(({ state }) => state === 'ready')).to.deep.equal([]);
  });
});

describeInBrowser('the first page of a server without the service chat-delay', (browser) => {
  let orsay: TestOrsay;
  before(async () => {
    orsay = await startOrsay({
      change(config) {
        Reflect.deleteProperty(config.services, 'chat-delay');
      },
    });
  });
  after(() => orsay.close());

  it('says in the words of the server why the chat cannot start', async () => {
    const page = await browser.open(orsay.base);
    await page.getByRole('button', { name: '1. Start a chat as a customer' }).click();
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').textContent()).to.include('chat-delay');
    await expectAccessible(page);
  });
});
