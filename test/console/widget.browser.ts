import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { gzipSync } from 'node:zlib';
import { expect } from 'chai';
import type { Locator, Page } from 'playwright-core';
import { describeInBrowser, expectAccessible, takePictures } from '../support/consoleBrowser.ts';
import { CustomerCentre } from '../support/customerCentre.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const MAX_BYTES = 30_000;
const HOSTILE = '<img src=x onerror="document.title=1">';

/** The page of examples/widget, which is of another origin than the server and has a strict policy. */
describeInBrowser('the widget on a page of another origin', (browser) => {
  let centre: CustomerCentre;
  let example: ChildProcess;
  let shop = '';

  beforeEach(async () => {
    const origins: string[] = [];
    centre = new CustomerCentre({ change: ({ http }) => Object.assign(http, { origins }) });
    await centre.start();
    example = spawn(process.execPath, ['examples/widget/serve.mjs', centre.base, '0'], { cwd: ROOT });
    shop = await new Promise((found) => {
      example.stdout?.on('data', (chunk: Buffer) => found(/http:\S+/.exec(chunk.toString())?.[0] ?? ''));
    });
    await centre.stop();
    origins.push(shop);
    await centre.start();
  });

  afterEach(async () => {
    example.kill();
    await centre.close();
  });

  async function appears(element: Locator, stepMs = 1_000): Promise<void> {
    await centre.whenever(async () => ((await element.count()) > 0 ? true : undefined), {
      stepMs,
      restMs: 50,
      maxSteps: 400,
      show: () => element.toString(),
    });
  }

  function open(options: { readonly width?: number; readonly language?: string } = {}): Promise<Page> {
    return browser.open(shop, { ...options, origins: [centre.base] });
  }

  it(`has at most ${MAX_BYTES} bytes`, () => {
    const script = readFileSync(resolve(ROOT, 'dist/console/widget/orsay-chat.js'));
    expect(gzipSync(script, { level: 9 }).length).to.be.lessThan(MAX_BYTES);
  });

  it('goes from the form to the farewell by the keyboard, over a reload and a restart', async function () {
    this.timeout(150_000);
    const agent = centre.agent();
    const page = await open({ width: 400 });
    const { keyboard } = page;
    await page.getByRole('button', { name: 'Chat with us' }).focus();
    await keyboard.press('Enter');
    await page.locator('input:focus').waitFor();
    await keyboard.type(HOSTILE);
    await keyboard.press('Tab');
    await keyboard.type('4082652649');
    await page.getByLabel('Topic').selectOption('Billing');
    await expectAccessible(page);
    await takePictures(page, 'widget-form');
    await page.getByLabel('Topic').focus();
    await keyboard.press('Tab');
    await keyboard.press('Enter');
    await appears(page.getByText('You are number 1 of 1.'));
    await agent.put('ready', { nickname: `Kristi ${HOSTILE}` });
    const ready = page.getByRole('button', { name: "Yes, I'm ready to talk" });
    await appears(ready);
    await expectAccessible(page);
    await takePictures(page, 'widget-near');
    await ready.focus();
    await keyboard.press('Enter');
    const ixn = await centre.accept(agent);
    await agent.post(ixn, 'message', { text: `Hello ${HOSTILE}` });
    await appears(page.getByText(`Hello ${HOSTILE}`));
    await page.getByLabel('Your message').focus();
    await keyboard.type('one');
    await keyboard.press('Enter');
    await appears(page.locator('.oc-own:not(.oc-unsaid)', { hasText: 'one' }));
    await page.reload();
    await appears(page.getByText('one', { exact: true }));

    await page.getByLabel('Your message').focus();
    await keyboard.press('Escape');
    await page.getByRole('button', { name: 'Chat with us' }).and(page.locator(':focus')).waitFor();
    await agent.post(ixn, 'message', { text: 'Still there?' });
    await appears(page.getByText('1 new').first());
    await keyboard.press('Enter');

    await centre.stop();
    await page.getByLabel('Your message').fill('two');
    await keyboard.press('Enter');
    await page.getByText('No connection.').waitFor();
    await centre.start();
    await appears(page.locator('.oc-own:not(.oc-unsaid)', { hasText: 'two' }), 50);
    await agent.post(ixn, 'message', { text: 'Bye' });
    await appears(page.getByText('Bye', { exact: true }));
    expect(await page.locator('.oc-line .oc-text').allTextContents()).to.deep.equal([
      `Hello ${HOSTILE}`,
      'one',
      'Still there?',
      'two',
      'Bye',
    ]);
    await expectAccessible(page);
    await takePictures(page, 'widget-chat');
    await page.getByRole('button', { name: 'End chat' }).click();
    await page.getByRole('button', { name: 'End chat' }).click();
    await appears(page.getByText('The chat has ended.'));
    await page.getByRole('button', { name: 'New request' }).click();
    await page.getByLabel('First name').waitFor();
    expect([await page.locator('img').count(), await page.title()]).to.deep.equal([0, 'Example shop']);
  });

  it('keeps its look from the styles of the page', async () => {
    const page = await open();
    await page.getByRole('button', { name: 'Chat with us' }).waitFor();
    const widget = 'document.querySelector("orsay-chat").shadowRoot.querySelector("button")';
    expect(await page.evaluate(`getComputedStyle(${widget}).transform`)).to.equal('none');
  });

  it('serves its script to every page', async () => {
    const script = await fetch(`${centre.base}/widget/orsay-chat.js`, {
      headers: { Origin: 'https://other.example', Referer: 'https://other.example/' },
    });
    expect([script.status, script.headers.get('cross-origin-resource-policy')]).to.deep.equal([
      200,
      'cross-origin',
    ]);
  });
});
