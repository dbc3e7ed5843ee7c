import { describeInBrowser, expectAccessible, takePictures } from '../support/consoleBrowser.ts';
import { startOrsay, type TestOrsay } from '../support/orsay.ts';

describeInBrowser('the page of a session', (browser) => {
  let orsay: TestOrsay;
  before(async () => {
    orsay = await startOrsay({
      hasOwnUrl: true,
      change(config) {
        config.debug = { ...config.debug, enabled: true };
      },
    });
  });
  after(() => orsay.close());

  it('is reached from the list, and shows the chart with its active states, timers and data', async () => {
    const reply = await fetch(`${orsay.base}/genesys/1/service/callback/chat-delay`, {
      method: 'POST',
      headers: { gms_user: 'jbond' },
      body: new URLSearchParams({ _customer_number: '4082652649' }),
    });
    if (!reply.ok) throw new Error(await reply.text());
    await orsay.durable.idle();
    const page = await browser.open(`${orsay.base}/console/sessions`);
    await page.locator('a.sessions-id').first().click();
    await page.locator('.chart-state.active').first().waitFor();
    await page.getByText('4082652649').first().waitFor();
    await expectAccessible(page);
    await takePictures(page, 'session');
  });

  it('says that there is no such session', async () => {
    const page = await browser.open(`${orsay.base}/console/sessions/none`);
    await page.getByText('There is no such session').waitFor();
    await expectAccessible(page);
  });
});
