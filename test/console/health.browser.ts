import { expect } from 'chai';
import { describeInBrowser, expectAccessible, takePictures } from '../support/consoleBrowser.ts';
import { startOrsay, type TestOrsay } from '../support/orsay.ts';

const HELLO = '/genesys/1/document/service_template/hello/hello.scxml';
const HOSTILE = '<img src=x onerror="document.title=1">';

describeInBrowser('the page of the health', (browser) => {
  let orsay: TestOrsay;

  before(async () => {
    orsay = await startOrsay({ hasOwnUrl: true });
  });
  after(() => orsay.close());

  it('shows figures that change, and the last warnings as text', async () => {
    const page = await browser.open(`${orsay.base}/console/health`);
    await page.getByText('Ready').waitFor();
    await page.getByRole('region', { name: 'Memory' }).getByText('MB').first().waitFor();
    await page.getByText('No warning since the start of the server.').waitFor();
    for (let at = 0; at < 5; at += 1) {
      const body = new URLSearchParams({ src: `${orsay.base}${HELLO}` });
      expect((await fetch(`${orsay.base}/scxml/session/start`, { method: 'POST', body })).status).to.equal(
        200,
      );
    }
    await page.getByRole('img', { name: /^Requests a second: now \d/ }).waitFor();
    await page.getByRole('img', { name: /^Steps of sessions a second: now \d/ }).waitFor();
    await expectAccessible(page);
    await takePictures(page, 'health');
    expect(await page.getByRole('region', { name: 'Sessions in memory' }).getByText('5').count()).to.equal(1);
    expect(await page.title()).to.equal('Health – Orsay');
  });

  it('keeps warnings of the log, and shows them as text', async () => {
    const body = new URLSearchParams({ src: `http://127.0.0.1:1/${HOSTILE}` });
    await fetch(`${orsay.base}/scxml/session/start`, { method: 'POST', body });
    const { warnings } = (await (await fetch(`${orsay.base}/genesys/1/admin/warnings`)).json()) as {
      warnings: readonly unknown[];
    };
    const page = await browser.open(`${orsay.base}/console/health`, { language: 'de' });
    await page.getByRole('heading', { name: 'Zustand' }).waitFor();
    expect(await page.locator('.health-warnings img').count()).to.equal(0);
    expect(warnings.length).to.be.lessThan(101);
  });
});
