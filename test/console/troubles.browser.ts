import { expect } from 'chai';
import type { Page } from 'playwright-core';
import type { SessionRecord } from '../../engine/host/sessionRecord.ts';
import { hashPassword } from '../../server/identity/passwordHash.ts';
import { describeInBrowser, expectAccessible, takePictures } from '../support/consoleBrowser.ts';
import { withoutSense } from '../support/keptSnapshots.ts';
import { startOrsay, type TestOrsay } from '../support/orsay.ts';
import { type Orders, startOrders } from './session/orders.ts';

describeInBrowser('a session that cannot be restored', (browser) => {
  let orsay: TestOrsay;
  before(async () => {
    orsay = await startOrsay({
      hasOwnUrl: true,
      change(config) {
        // The first session leaves memory when the second starts.
        config.server.maxLiveSessions = 1;
        config.debug = { ...config.debug, enabled: true };
      },
    });
  });
  after(() => orsay.close());

  const start = async (): Promise<string> => {
    const src = `${orsay.base}/genesys/1/document/service_template/hello/hello.scxml`;
    const reply = await fetch(`${orsay.base}/scxml/session/start`, {
      method: 'POST',
      body: new URLSearchParams({ src }),
    });
    return ((await reply.json()) as { _id: string })._id;
  };

  it('is found in the list, says why, and goes on when a retry succeeds', async () => {
    const { durable } = orsay;
    const id = await start();
    const text = durable.text('session', id)!;
    await start();
    await durable.commit({ put: [withoutSense(durable, id)] });
    const sent = await fetch(`${orsay.base}/scxml/session/${id}/event/any`, { method: 'POST' });
    expect(sent.status).to.equal(503);
    await orsay.advance(2_000);

    const page = await browser.open(`${orsay.base}/console/sessions?status=setAside`);
    await page.getByText('1 row').waitFor();
    await page.locator('a.sessions-id').click();
    await page.getByText(/99/).first().waitFor();
    await expectAccessible(page);
    await takePictures(page, 'session-set-aside');
    await retry(page, 'first');
    await page.getByText(/still cannot be restored: .*99/).waitFor();

    const setAside = durable.get<SessionRecord>('session', id)!;
    await durable.commit({ put: [{ table: 'session', key: id, value: setAside, text }] });
    await retry(page, 'mended');
    await page.getByText('Done: 1 session.').waitFor();
    await orsay.advance(2_000);
    await page.getByRole('definition').getByText('running', { exact: true }).waitFor();
  });

  async function retry(page: Page, reason: string): Promise<void> {
    await page.getByRole('button', { name: 'Retry' }).click();
    await page.getByRole('textbox', { name: /^Reason/ }).fill(reason);
    await page.getByRole('dialog').getByRole('button', { name: /Retry/ }).click();
  }
});

describeInBrowser('a document of several files', (browser) => {
  let orsay: TestOrsay;
  before(async () => {
    const passwordHash = hashPassword('correct horse');
    orsay = await startOrsay({
      hasOwnUrl: true,
      change(config) {
        config.debug = { ...config.debug, enabled: true };
        Object.assign(config, {
          users: { dora: { role: 'debugger', passwordHash }, olga: { role: 'administrator', passwordHash } },
        });
      },
    });
  });
  after(() => orsay.close());

  it('is read by a debugger: a state of the chart leads to its file, and a line back to the chart', async () => {
    const reply = await fetch(`${orsay.base}/genesys/1/service/callback/chat-delay`, {
      method: 'POST',
      body: new URLSearchParams({ _customer_number: '4082652649' }),
    });
    expect(reply.status).to.equal(200);
    await orsay.advance(2_000);
    const page = await browser.open(`${orsay.base}/console/sessions`);
    await page.getByLabel('User').fill('dora');
    await page.getByLabel('Password').fill('correct horse');
    await page.keyboard.press('Enter');
    await page.locator('a.sessions-id').first().click();
    await page.locator('.source-line').first().waitFor();
    for (const name of ['Configuration', 'Desktop']) {
      expect(await page.getByRole('link', { name, exact: true }).count(), name).to.equal(0);
    }
    const files = page.locator('.source-tools select');
    const names = await files.locator('option').allTextContents();
    expect(names.length).to.be.greaterThan(3);
    await page.locator('.chart-state', { hasText: 'awaitingConfirm' }).click();
    expect(await files.inputValue()).to.match(/include\/waiting\.xml$/);
    const line = page.locator('.source-lines [aria-selected=true]');
    expect(await line.textContent()).to.include('id="awaitingConfirm"');
    await expectAccessible(page);
    await takePictures(page, 'session-files');
    await page.getByRole('button', { name: 'Take hold' }).click();
    await page.getByText('Stopped', { exact: true }).waitFor();
    await page.locator('.debugger').getByRole('button', { name: 'Release' }).click();
    await page.getByRole('button', { name: 'Take hold' }).waitFor();
  });
});

describeInBrowser('a connection that is cut', (browser) => {
  let orders: Orders;
  before(async () => {
    orders = await startOrders();
  });
  after(() => orders.orsay.close());

  it('is said in place, and the page goes on by itself, with all that was typed', async () => {
    const sid = await orders.start();
    const page = await browser.open(orders.page(sid));
    await page.locator('.chart-state.inner', { hasText: 'open' }).waitFor();
    await page.getByRole('button', { name: 'Send event' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Name').fill('add');
    await dialog.getByLabel(/^Data/).fill('{"by": 3}');
    await page.context().setOffline(true);
    await dialog.getByRole('button', { name: 'Send' }).click();
    await dialog.getByRole('alert').waitFor();
    await page.getByText('The server is not reached.').waitFor();
    expect(await dialog.getByLabel(/^Data/).inputValue()).to.equal('{"by": 3}');
    await expectAccessible(page);
    await takePictures(page, 'session-cut');
    await orders.send(sid, 'unseen');
    await page.context().setOffline(false);
    await page.getByText('The server is not reached.').waitFor({ state: 'detached' });
    await dialog.getByRole('button', { name: 'Send' }).click();
    await page.getByText('Sent: add').waitFor();
    await page.getByRole('cell', { name: 'unseen', exact: true }).waitFor();
    await page.getByRole('cell', { name: 'add', exact: true }).waitFor();
    await page.locator('.session-data', { hasText: '"count": 3' }).waitFor();
  });
});
