import type { Page } from 'playwright-core';
import { BROKEN_SHOP, type Office } from './office.ts';

interface Picture {
  /** The file is `console-<name>.png`. */
  readonly name: string;
  /** Pixels; absent: 800. */
  readonly height?: number;
  readonly path: (office: Office) => string;
  /** Brings the page into the state that the picture shows. */
  readonly prepare: (page: Page, office: Office) => Promise<void>;
}

const rows = (page: Page): Promise<void> => page.locator('tbody tr').first().waitFor();

/** The pictures of the guide, in its order. Some change the server, so the order counts. */
export const PICTURES: readonly Picture[] = [
  {
    name: 'first-page',
    path: () => '',
    prepare: (page) => page.locator('.home-figure').nth(3).waitFor(),
  },
  { name: 'sessions', path: () => 'sessions', prepare: rows },
  {
    name: 'session',
    height: 1_100,
    path: ({ shop }) => `sessions/${shop}`,
    async prepare(page) {
      await page.locator('.chart-state.active').first().waitFor();
      await page.locator('.source-line').first().waitFor();
      await page.locator('.session-data').waitFor();
    },
  },
  {
    name: 'session-debugger',
    height: 1_100,
    path: ({ shop }) => `sessions/${shop}`,
    async prepare(page, { orsay, shop, send }) {
      await page.getByRole('button', { name: 'Take hold' }).click();
      await page.getByText('Stopped', { exact: true }).waitFor();
      await page
        .locator('.source-line', { hasText: '<transition event="cancel"' })
        .locator('.source-number')
        .click();
      await page.locator('.source-line.breakpoint').waitFor();
      await page.locator('.debugger').getByRole('button', { name: 'Go on' }).click();
      await page.getByText('Running', { exact: true }).waitFor();
      await send('POST', `/scxml/session/${shop}/event/cancel`, {});
      await page.getByText(/^Before cancel/).waitFor();
      await orsay.durable.idle();
    },
  },
  {
    name: 'session-replay',
    height: 1_100,
    path: ({ ended }) => `sessions/${ended}`,
    async prepare(page) {
      await page.getByRole('slider').focus();
      for (const _ of [1, 2, 3]) await page.keyboard.press('ArrowRight');
      await page.getByText('Step 4 of 5').waitFor();
      await page.locator('.session-data').waitFor();
    },
  },
  {
    name: 'session-fork',
    height: 1_100,
    path: ({ ended }) => `sessions/${ended}`,
    async prepare(page) {
      await page.getByRole('slider').focus();
      for (const _ of [1, 2, 3]) await page.keyboard.press('ArrowRight');
      await page.getByRole('button', { name: 'Try another way from here' }).click();
      const copy = page.locator('section', { has: page.getByRole('heading', { name: /^A copy from step/ }) });
      await copy.getByRole('textbox', { name: 'Name' }).fill('cancel');
      await copy.getByRole('button', { name: 'Take it' }).click();
      await page.locator('.chart-state.inner', { hasText: 'open' }).waitFor();
    },
  },
  {
    name: 'traces',
    height: 1_100,
    path: () => 'traces',
    async prepare(page, { ended, orsay }) {
      const url = `${orsay.base}/genesys/1/admin/sessions/${ended}/trace`;
      const text = await page.evaluate(
        `fetch('${url}', { headers: { 'X-Orsay-Console': '1' } }).then((reply) => reply.text())`,
      );
      const file = { name: 'shop.ndjson', mimeType: 'text/plain', buffer: Buffer.from(String(text)) };
      await page.getByLabel('Trace file').setInputFiles(file);
      await page.getByRole('button', { name: 'Next' }).click();
      await page.getByText('Step 2 of 5').waitFor();
    },
  },
  { name: 'callbacks', path: () => 'callbacks?days=next7', prepare: rows },
  {
    name: 'callback-new',
    path: () => 'callbacks',
    async prepare(page) {
      await page.getByRole('button', { name: 'New callback' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Service').selectOption('sales');
      await dialog.getByLabel('Number').fill('4082652660');
      await dialog.getByLabel('usr_reason').fill('invoice of December');
    },
  },
  {
    name: 'callback-calendar',
    path: () => 'callbacks/calendar?service=sales',
    async prepare(page) {
      await page.getByRole('grid').getByRole('button').first().waitFor();
    },
  },
  {
    name: 'callback-life',
    path: ({ callbackId }) => `callbacks/${callbackId}`,
    async prepare(page) {
      await page.getByText('Kristi Sippola (AGENT) joined.').waitFor();
    },
  },
  {
    name: 'desktop',
    path: () => 'desktop/KSippola',
    async prepare(page) {
      await page.getByRole('log').getByText('far too high').waitFor();
      await page.locator('summary', { hasText: 'History' }).click();
    },
  },
  {
    name: 'supervisor',
    path: () => 'supervisor',
    async prepare(page) {
      await page.getByRole('table', { name: 'Queues' }).locator('tbody tr').first().waitFor();
      await page.getByRole('img', { name: /^Liz today/ }).waitFor();
    },
  },
  {
    name: 'supervisor-chat',
    path: () => 'supervisor',
    async prepare(page) {
      await page.getByRole('button', { name: 'Watch: Chat of KSippola' }).click();
      await page.getByRole('button', { name: 'Monitor unseen' }).click();
      await page.getByLabel('Whisper to the agent').fill('Offer a voucher');
      await page.keyboard.press('Enter');
      await page.getByRole('log').getByText('Offer a voucher').waitFor();
    },
  },
  {
    name: 'health',
    path: () => 'health',
    async prepare(page, { orsay }) {
      await page.getByRole('img').first().waitFor();
      // Rates are those between two readings.
      for (const readings of [1, 2, 3, 4]) {
        await page.clock.setFixedTime(orsay.clock.now() + readings * 5_000);
        await page.waitForResponse((reply) => reply.url().endsWith('/metrics'));
      }
      await page.getByRole('img', { name: /^Requests a second: now/ }).waitFor();
    },
  },
  {
    name: 'customer',
    path: () => 'customer',
    async prepare(page) {
      await page.getByLabel('Service', { exact: true }).fill('sales');
      await page.getByRole('button', { name: 'Add customer' }).click();
      await page.getByLabel('First name').fill('Dana');
      await page.getByLabel('Phone').fill('4082652670');
      await page.getByLabel('Your question').fill('invoice');
      await page.getByRole('button', { name: 'Start', exact: true }).click();
      await page.getByRole('button', { name: "Yes, I'm ready to talk" }).waitFor();
    },
  },
  { name: 'services', path: () => 'services', prepare: rows },
  {
    name: 'service-new',
    path: () => 'services',
    async prepare(page) {
      await page.getByRole('button', { name: 'New service' }).click();
      const dialog = page.getByRole('dialog');
      await dialog.getByLabel('Name').fill('support');
      await dialog.getByLabel('_urs_virtual_queue').waitFor();
    },
  },
  {
    name: 'service',
    path: () => 'services/sales',
    async prepare(page) {
      await page.locator('form input').first().waitFor();
    },
  },
  {
    name: 'service-hours',
    path: () => 'services/hours',
    async prepare(page) {
      await page.locator('form input').first().waitFor();
      await page.getByText('08:00').first().waitFor();
    },
  },
  { name: 'templates', path: () => 'templates', prepare: rows },
  {
    name: 'template-broken',
    path: () => 'templates',
    async prepare(page) {
      await page.getByRole('button', { name: 'Upload', exact: true }).click();
      const file = { name: 'shop.scxml', mimeType: 'text/plain', buffer: Buffer.from(BROKEN_SHOP) };
      await page.getByLabel(/^Zip archive/).setInputFiles([file]);
      await page.getByRole('dialog').getByRole('button', { name: 'Upload' }).click();
      await page.locator('.templates-source .marked').waitFor();
    },
  },
  {
    name: 'template',
    path: () => 'templates/shop',
    async prepare(page) {
      await page.locator('.chart svg').waitFor();
    },
  },
  {
    name: 'template-compare',
    path: () => 'templates/shop',
    async prepare(page) {
      await page.getByRole('button', { name: 'Compare with the version in use' }).click();
      await page.locator('.templates-pair svg').nth(1).waitFor();
    },
  },
  {
    name: 'configuration',
    path: () => 'configuration',
    async prepare(page) {
      await page.getByText('sue', { exact: true }).waitFor();
      await page.getByText('flags', { exact: true }).waitFor();
    },
  },
  {
    name: 'configuration-desktop',
    path: () => 'configuration/desktop',
    async prepare(page) {
      await page.getByLabel('Seconds of work').waitFor();
    },
  },
  {
    name: 'configuration-provider',
    path: () => 'configuration/providers/Bank',
    async prepare(page) {
      await page.getByLabel('customhttp.url').waitFor();
    },
  },
];
