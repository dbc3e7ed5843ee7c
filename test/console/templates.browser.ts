import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { zipSync } from 'fflate';
import type { Page } from 'playwright-core';
import {
  describeInBrowser,
  expectAccessible,
  logInAsViewer,
  startForViewer,
  takePictures,
} from '../support/consoleBrowser.ts';
import { startOrsay, type TestOrsay } from '../support/orsay.ts';

const HOSTILE = '<img src=x onerror=alert(1)>';

/** A document that waits; `states` come after its first state. */
function shop(states: string): string {
  return `<?xml version="1.0"?>
<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript" initial="open"
       xmlns:ws="http://www.genesyslab.com/modules/ws">
  <state id="open">
    <transition event="start" cond="_event.sendid"><ws:response requestid="_event.sendid"/></transition>
    <transition event="order" cond="_event.data !== 'no'" target="ordered"/>
  </state>
  ${states}
</scxml>
`;
}

const FIRST = shop('<state id="ordered"/>');
const SECOND = shop(`<state id="ordered"><transition event="pay" target="paid"/></state>
  <!-- ${HOSTILE} -->
  <final id="paid"/>`);
const BROKEN = shop(`<state id="ordered">
    <transition event="pay" target="payed"/>
  </state>`);

describeInBrowser('the pages of templates', (browser) => {
  let orsay: TestOrsay;

  before(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'orsay-test-'));
    orsay = await startOrsay({ hasOwnUrl: true, folder });
  });
  after(() => orsay.close());

  const open = (path: string, options = {}): Promise<Page> =>
    browser.open(`${orsay.base}/console/${path}`, options);
  const file = (name: string, content: string | Uint8Array) => ({
    name,
    mimeType: 'application/octet-stream',
    buffer: Buffer.from(content),
  });
  const upload = async (page: Page, content: ReturnType<typeof file>[], name?: string): Promise<void> => {
    await page.getByLabel(/^Zip archive/).setInputFiles(content);
    const dialog = page.getByRole('dialog');
    if (name !== undefined) await dialog.getByLabel('Name').fill(name);
    await dialog.getByRole('button', { name: 'Upload' }).click();
  };

  it('shows the problem of a broken document at its line and column', async () => {
    const page = await open('templates');
    await page.getByText('2 rows').waitFor();
    await expectAccessible(page);
    await takePictures(page, 'templates');
    await page.getByRole('button', { name: 'Upload', exact: true }).click();
    await upload(page, [file('shop.scxml', BROKEN)]);
    await page.getByText('shop.scxml, line 9, column 29').waitFor();
    await page.getByText("TARGET_UNKNOWN: Expected the id of a state, got 'payed'.").waitFor();
    const marked = await page.locator('.templates-source .marked').textContent();
    expect(marked).to.equal(`9    <transition event="pay" target="payed"/>\n${' '.repeat(28)}^\n`);
    await expectAccessible(page);
    await takePictures(page, 'templates-broken');
    await upload(page, [
      file('shop.zip', zipSync({ 'a.scxml': Buffer.from(FIRST), 'in/b.scxml': Buffer.from(BROKEN) })),
    ]);
    await page.getByText('in/b.scxml, line 9, column 29').waitFor();
    expect(await page.locator('.templates-source .marked').count()).to.equal(1);
    expect((await fetch(`${orsay.base}/genesys/1/admin/templates/shop`)).status).to.equal(404);
  });

  it('uploads a good one, of which a service and a session are made', async () => {
    const page = await open('templates');
    await page.getByRole('button', { name: 'Upload', exact: true }).click();
    await upload(page, [file('shop.scxml', FIRST)]);
    await page.getByRole('heading', { name: 'Template shop' }).waitFor();
    await page.goto(`${orsay.base}/console/services`);
    await page.getByRole('button', { name: 'New service' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Served by').selectOption('Template shop');
    await dialog.getByLabel('Name').fill('corner-shop');
    await dialog.getByRole('button', { name: 'Create' }).click();
    await page.getByRole('heading', { name: 'Service corner-shop' }).waitFor();
    const reply = await fetch(`${orsay.base}/genesys/1/service/corner-shop`, {
      method: 'POST',
      body: new URLSearchParams({ usr_words: HOSTILE }),
    });
    expect(reply.status).to.equal(200);
    await page.goto(`${orsay.base}/console/templates/shop`);
    await page.getByRole('link', { name: 'corner-shop' }).waitFor();
    expect(await page.locator('.facts').textContent()).to.include('Live sessions1');
  });

  it('compares versions, and uses an earlier one again', async () => {
    const page = await open('templates');
    await page.getByRole('button', { name: 'Upload', exact: true }).click();
    const image = Uint8Array.of(0xff, 0xfe, 1);
    await upload(page, [file('shop.scxml', SECOND), file('logo.png', image)], 'shop');
    await page
      .getByText('2 rows')
      .or(page.getByText('in use', { exact: true }))
      .first()
      .waitFor();
    await page.getByRole('button', { name: 'Compare with the version in use' }).click();
    await page.getByText('ordered --pay--> paid').waitFor();
    const words = await page.locator('.templates-comparison li').allTextContents();
    await page.getByText('logo.png added').waitFor();
    expect(words).to.deep.equal(['added state paid', 'added transition ordered --pay--> paid']);
    expect(await page.locator('.templates-comparison .added').count()).to.be.greaterThan(2);
    expect(await page.locator('main img').count()).to.equal(0);
    await page.locator('.templates-pair svg').nth(1).waitFor();
    await expectAccessible(page);
    await takePictures(page, 'templates-compare');
    await page.getByRole('dialog').getByRole('button', { name: 'Close' }).click();
    await page.getByRole('button', { name: 'Use this version' }).click();
    await page.getByRole('dialog').getByRole('button', { name: 'Use this version' }).click();
    await page.getByText(/^Version \w+ is in use\.$/).waitFor();
    await page.locator('.chart text', { hasText: 'paid' }).waitFor({ state: 'detached' });
    expect(await page.locator('.chart text', { hasText: 'ordered' }).count()).to.equal(1);
    await expectAccessible(page);
    await takePictures(page, 'template');
    const downloading = page.waitForEvent('download');
    await page.getByRole('link', { name: 'Download', exact: true }).click();
    expect((await downloading).suggestedFilename()).to.equal('shop.zip');
  });

  it('replaces an installed template only after a question', async () => {
    const page = await open('templates');
    await page.getByRole('button', { name: 'Upload', exact: true }).click();
    await upload(page, [file('hello.scxml', FIRST)]);
    await page.getByText('is part of the installation').waitFor();
    await page.getByRole('button', { name: 'Cancel' }).click();
    await page.getByRole('dialog').waitFor();
    const { origin } = (await (await fetch(`${orsay.base}/genesys/1/admin/templates/hello`)).json()) as {
      origin: string;
    };
    expect(origin).to.equal('installed');
  });

  it('deletes one under its sessions only after a second question, with the reason', async () => {
    await fetch(`${orsay.base}/genesys/1/admin/services/corner-shop?override=corner-shop`, {
      method: 'DELETE',
    });
    const page = await open('templates/shop');
    await page.getByRole('button', { name: 'Delete' }).click();
    await page.getByRole('textbox', { name: /^Reason/ }).fill('closed');
    await page.getByRole('dialog').getByRole('button', { name: 'Delete' }).click();
    await page.getByText('has 1 session(s)').waitFor();
    await page.getByRole('button', { name: 'Delete all the same' }).click();
    await page.getByText('The template shop is deleted.').waitFor();
    const audit = (await (
      await fetch(`${orsay.base}/genesys/1/admin/audit?action=template.removed`)
    ).json()) as { entries: readonly { details: { reason: string } }[] };
    expect(audit.entries.map(({ details }) => details.reason)).to.deep.equal(['closed']);
  });

  it('shows why a scenario failed, and uploads nevertheless when told so', async () => {
    const page = await open('templates');
    await page.getByRole('button', { name: 'Upload', exact: true }).click();
    const scenario = 'scenario: 1\ndocument: lamp.scxml\nsteps: [start, { expect: { in: [ordered] } }]\n';
    await upload(page, [file('lamp.scxml', FIRST), file('lamp.scenario.yaml', scenario)], 'lamp');
    await page.getByText('1 of 1 scenarios failed, and the template was not uploaded.').waitFor();
    await page.getByText('lamp.scenario.yaml, line 3, column').waitFor();
    const course = await page.locator('.templates-problems pre').last().textContent();
    expect(course).to.match(/^- \["ordered"\]\n\+ \["open"\]\nThe last actions:\n {2}1\. start\n/);
    await expectAccessible(page);
    await takePictures(page, 'templates-scenarios');
    expect((await fetch(`${orsay.base}/genesys/1/admin/templates/lamp`)).status).to.equal(404);
    await page.getByLabel('Upload it nevertheless').check();
    await page.getByRole('dialog').getByRole('button', { name: 'Upload' }).click();
    await page.getByRole('heading', { name: 'Template lamp' }).waitFor();
  });
});

describeInBrowser('the pages of templates for a viewer', (browser) => {
  let orsay: TestOrsay;

  before(async () => {
    orsay = await startForViewer();
  });
  after(() => orsay.close());

  it('have no buttons that change something, and the server refuses what they leave out', async () => {
    const page = await browser.open(`${orsay.base}/console/templates/hello`);
    await logInAsViewer(page);
    await page.getByText('It was never uploaded').waitFor();
    expect(await page.locator('main button').count()).to.equal(0);
    const status =
      await page.evaluate(`fetch('${orsay.base}/genesys/1/admin/templates/hello?override=hello', {
      method: 'PUT', headers: { 'X-Orsay-Console': '1' }, body: '<scxml/>' }).then((reply) => reply.status)`);
    expect(status).to.equal(403);
    await expectAccessible(page);
  });
});
