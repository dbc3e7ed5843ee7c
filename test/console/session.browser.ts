import { expect } from 'chai';
import { describeInBrowser, expectAccessible, takePictures } from '../support/consoleBrowser.ts';
import { startOrsay, type TestOrsay } from '../support/orsay.ts';
import { type Orders, startOrders } from './session/orders.ts';

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

/** The names of the states that are in view. */
const SEEN = `(() => {
  const frame = document.querySelector('.chart').getBoundingClientRect();
  return [...document.querySelectorAll('.chart-state')]
    .filter((state) => {
      const { left, top, right, bottom } = state.getBoundingClientRect();
      return right > frame.left && left < frame.right && bottom > frame.top && top < frame.bottom;
    })
    .map((state) => state.getAttribute('aria-label'));
})()`;

/** Opens the first session. ms until the frame after the chart, from the press and from its layout. */
const MEASURE = `new Promise((resolve) => {
  const begin = performance.now();
  const observer = new MutationObserver(() => {
    if (document.querySelector('.chart svg') === null) return;
    observer.disconnect();
    requestAnimationFrame(() => setTimeout(() => {
      const drawing = performance.getEntriesByType('resource').findLast(({ name }) => name.includes('/drawing'));
      const now = performance.now();
      const nodes = document.querySelectorAll('*').length;
      resolve({ fromClick: now - begin, fromLayout: now - drawing.responseEnd, nodes, seen: ${SEEN} });
    }));
  });
  observer.observe(document, { childList: true, subtree: true });
  document.querySelector('a.sessions-id').click();
})`;

describeInBrowser('the page of a session with 300 states', (browser) => {
  let orders: Orders;
  before(async () => {
    orders = await startOrders();
  });
  after(() => orders.orsay.close());

  it('paints the chart, and tells how long it took', async () => {
    const sid = await orders.start('large');
    const [version] = (await (await fetch(`${orders.orsay.base}/genesys/1/admin/documents`)).json()) as {
      readonly documentHash: string;
    }[];
    // Drawn once for all who look.
    const url = `${orders.orsay.base}/genesys/1/admin/documents/${version!.documentHash}/drawing?format=json`;
    const { states } = (await (await fetch(url)).json()) as { readonly states: readonly unknown[] };
    expect(states.length).to.be.at.least(300);
    const page = await browser.open(`${orders.orsay.base}/console/sessions`);
    const times: {
      readonly fromClick: number;
      readonly fromLayout: number;
      readonly nodes: number;
      readonly seen: readonly string[];
    }[] = [];
    for (let round = 0; round < 3; round += 1) {
      await page.locator('a.sessions-id', { hasText: sid }).waitFor();
      times.push(await page.evaluate(MEASURE));
      await page
        .locator('.chart-state')
        .nth(states.length - 1)
        .waitFor();
      expect(await page.locator('.chart-state').count()).to.equal(states.length);
      expect(times.at(-1)!.seen).not.to.be.empty;
      // The first frame has every state that it can show.
      expect(times.at(-1)!.seen).to.include.members(await page.evaluate<string[]>(SEEN));
      await page.getByRole('link', { name: 'All sessions' }).click();
    }
    const told = times.map(
      ({ fromLayout, fromClick, nodes }) =>
        `${fromLayout.toFixed(0)} (${fromClick.toFixed(0)}) with ${nodes} nodes`,
    );
    console.log(`      ms from the layout (from the click) to the painted frame: ${told.join(', ')}`);
  });
});
