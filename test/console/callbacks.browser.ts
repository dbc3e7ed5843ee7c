import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import type { Page } from 'playwright-core';
import type { Config } from '../../server/process/config.ts';
import {
  describeInBrowser,
  expectAccessible,
  logInAsViewer,
  startForViewer,
  takePictures,
} from '../support/consoleBrowser.ts';
import { startOrsay, type TestOrsay } from '../support/orsay.ts';
import { createSimulatedClock } from '../support/simulatedClock.ts';

const HOUR_MS = 3_600_000;
const HOSTILE = '<img src=x onerror=alert(1)>';

describeInBrowser('the pages of callbacks', (browser) => {
  let orsay: TestOrsay;

  before(async () => {
    orsay = await startOrsay({
      hasOwnUrl: true,
      options: { _customer_lookup_keys: '_customer_number,usr_name' },
      change: (config) => {
        config.services.billing = { ...config.services['chat-delay']! };
      },
    });
  });
  after(() => orsay.close());

  /** The page, in a browser whose clock shows the time of the server. */
  const open = async (path: string, options: { width?: number; language?: string } = {}): Promise<Page> => {
    const page = await browser.open(`${orsay.base}/console/`, options);
    page.setDefaultTimeout(10_000);
    await page.clock.setFixedTime(orsay.clock.now());
    await page.goto(`${orsay.base}/console/${path}`);
    return page;
  };
  const create = async (service: string, fields: Readonly<Record<string, string>>): Promise<string> => {
    const reply = await fetch(`${orsay.base}/genesys/1/service/callback/${service}`, {
      method: 'POST',
      body: new URLSearchParams(fields),
    });
    expect(reply.status).to.equal(200);
    return ((await reply.json()) as { _id: string })._id;
  };
  const after1 = (ms: number): string => new Date(orsay.clock.now() + ms).toISOString();
  const auditOf = async (action: string): Promise<readonly { object: string; details: unknown }[]> => {
    const reply = await fetch(`${orsay.base}/genesys/1/admin/audit?action=${action}`);
    return ((await reply.json()) as { entries: { object: string; details: unknown }[] }).entries;
  };

  it('says that there is none', async () => {
    const page = await open('callbacks');
    await page.getByText('No callback in this time.').waitFor();
    await expectAccessible(page);
  });

  it('lists the callbacks of a time, with counts that lead to them', async () => {
    for (let at = 0; at < 12; at += 1) {
      await create('billing', {
        _customer_number: `408265264${at}`,
        _desired_time: after1((at + 1) * HOUR_MS),
      });
    }
    await create('chat-delay', { _customer_number: '5551', usr_name: HOSTILE });
    await orsay.advance(1_000);
    const page = await open('callbacks?days=next24');
    await page.getByText('12 rows').waitFor();
    await page.getByLabel('Days').selectOption('today');
    await page.getByText('13 rows').waitFor();
    expect(await page.locator('td img').count()).to.equal(0);
    await expectAccessible(page);
    await takePictures(page, 'callbacks');
    await page.getByRole('button', { name: 'SCHEDULED 12' }).click();
    await page.getByText('12 rows').waitFor();
    await page.getByRole('combobox', { name: 'Service' }).selectOption({ label: 'chat-delay (0)' });
    await page.getByRole('button', { name: 'All 1' }).click();
    await page.getByText('1 row').waitFor();
    expect(page.url()).to.equal(`${orsay.base}/console/callbacks?service=chat-delay`);
    await page.getByText('Columns', { exact: true }).click();
    await page.getByLabel('usr_name').check();
    await page.getByRole('cell', { name: HOSTILE }).waitFor();
  });

  it('finds a number on all days', async () => {
    await create('billing', { _customer_number: '777', _desired_time: after1(20 * 24 * HOUR_MS) });
    const page = await open('callbacks');
    await page.getByRole('textbox', { name: 'Number' }).fill('777');
    await page.getByText('1 row', { exact: true }).waitFor();
    await page.getByRole('cell', { name: '777' }).waitFor();
    expect(await page.getByText(/^The oldest/).count()).to.equal(0);
  });

  it('says that a number has more callbacks than the server finds', async () => {
    const page = await open('callbacks');
    await page.route('**/service/callback?_customer_number=777', async (route) => {
      const [found] = (await (await route.fetch()).json()) as { _id: string }[];
      await route.fulfill({ json: Array.from({ length: 1_000 }, (_, at) => ({ ...found, _id: `c${at}` })) });
    });
    await page.getByRole('textbox', { name: 'Number' }).fill('777');
    await page.getByText('The oldest 1000 callbacks of this number are shown.').waitFor();
  });

  it('takes a time of its own, in German, and says why the server refuses one', async () => {
    const page = await open('callbacks?days=custom', { language: 'de' });
    // The browser is in Paris: 9:00 UTC is 10:00 there.
    await page.getByLabel('Von', { exact: true }).fill('2026-01-05T10:30');
    await page.getByLabel('Bis', { exact: true }).fill('2026-01-05T12:30');
    await page.getByText('2 Zeilen').waitFor();
    await page.getByRole('heading', { name: 'Rückrufe' }).waitFor();
    await page.getByLabel('Bis', { exact: true }).fill('2026-01-04T12:30');
    await page.getByText(/^Expected end_time to be a time that is not before start_time/).waitFor();
  });

  it('creates one, with the properties that the service declares and others', async () => {
    const page = await open('callbacks');
    await page.getByRole('button', { name: 'New callback' }).click();
    const dialog = page.getByRole('dialog');
    await dialog.getByLabel('Service').selectOption('chat-delay');
    await dialog.getByLabel('usr_name').fill(HOSTILE);
    await dialog.getByLabel('Number').fill('40812');
    await dialog.getByRole('button', { name: 'Add a property' }).click();
    await dialog.getByLabel('Name', { exact: true }).fill(HOSTILE);
    await dialog.getByLabel('Value').fill(HOSTILE);
    await expectAccessible(page);
    await dialog.getByRole('button', { name: 'Create' }).click();
    await page.getByText(/^Created: /).waitFor();
    await page.getByRole('cell', { name: '40812' }).waitFor();
    expect(await page.locator('td img, dialog img').count()).to.equal(0);
  });

  it('shows the life of one, from its request to its agent', async () => {
    const id = await create('chat-delay', {
      _customer_number: HOSTILE,
      _device_os: 'comet',
      _device_notification_id: 'jbond',
    });
    await orsay.advance(1_000);
    const post = (path: string, fields: Readonly<Record<string, string>> = {}): Promise<Response> =>
      fetch(`${orsay.base}${path}`, { method: 'POST', body: new URLSearchParams(fields) });
    const page = await open(`callbacks/${id}`);
    await page.getByRole('heading', { name: `Callback ${HOSTILE}` }).waitFor();
    await page.getByText(/place \d of \d/).waitFor();
    await expectAccessible(page);

    await fetch(`${orsay.base}/agent/1/agents/KSippola`, {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ state: 'ready', groups: ['Billing'], media: ['chat'] }),
    });
    await orsay.advance(60_000);
    await post(`/genesys/1/service/${id}/connect`);
    await post(`/genesys/1/service/${id}/ixn/chat`, { firstName: HOSTILE, subject: 'billing' });
    await orsay.advance(2_000);
    const chat = await page
      .getByText('Interaction', { exact: true })
      .locator('..')
      .locator('code')
      .textContent();
    expect((await post(`/agent/1/interactions/${chat}/accept`)).status).to.equal(200);
    await page.getByText('KSippola (AGENT) joined.').waitFor();
    await post(`/genesys/1/service/${id}/ixn/chat/disconnect`);
    await orsay.advance(60_000);
    await page.getByText('COMPLETED', { exact: true }).waitFor();
    expect(await page.locator('.life-moves li > span').allTextContents()).to.deep.equal([
      'The customer asked for it.',
      'Its session began.',
      'The customer was told that an agent is available.',
      'The customer said that they are ready.',
      'The customer opened the chat.',
      'The chat entered the queue Chat_In.',
      'KSippola (AGENT) joined.',
      `${HOSTILE} (CLIENT) left.`,
      'The chat ended, by: customer.',
      'Its session ended.',
    ]);
    expect(await page.locator('main img').count()).to.equal(0);
    await expectAccessible(page);
    await takePictures(page, 'callbacks-life');
    await page.getByRole('link', { name: 'KSippola' }).click();
    await page.waitForURL(/desktop\/KSippola/);

    await page.goto(`${orsay.base}/console/callbacks/none`);
    await page.getByText('There is no such callback').waitFor();
  });

  it('cancels the selected ones for a reason, which is in the audit log and in the report', async () => {
    const page = await open('callbacks?days=next24&service=billing');
    await page.getByText('12 rows').waitFor();
    await page.getByRole('checkbox', { name: 'Select all rows' }).check();
    await page.getByRole('button', { name: 'Cancel 12' }).click();
    await expectAccessible(page);
    await page.getByRole('textbox', { name: /^Reason/ }).fill(HOSTILE);
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel 12' }).click();
    await page.getByText('Cancelled: 12.').waitFor();
    await page.getByRole('button', { name: 'COMPLETED 12' }).waitFor();
    const [entry] = await auditOf('callbacks.cancelled');
    expect(entry).to.deep.include({
      object: `callbacks:${HOSTILE}`,
      details: { cancelled: 12, refused: 0 },
    });

    await page.getByRole('button', { name: 'Report by reason…' }).click();
    await expectAccessible(page);
    await page.getByRole('textbox', { name: 'Reason' }).fill(HOSTILE);
    const downloading = page.waitForEvent('download');
    await page.getByRole('button', { name: 'Get the report' }).click();
    const file = readFileSync(await (await downloading).path(), 'utf8')
      .trim()
      .split(/\r?\n/);
    expect(file).to.have.length(13);
    expect(file[1]).to.include('4082652640').and.include(HOSTILE);
  });
});

/** Open at night, when clocks change; two places in each half hour. */
function nightService(zone: string): (config: Config) => void {
  return (config) => {
    config.services = {
      night: {
        ...config.services['chat-delay']!,
        _business_hours_service: 'hours',
        _request_time_bucket: '30',
        _max_request_by_time_bucket: '2',
        _enable_reject_out_of_office_hours: 'true',
      },
      hours: {
        _type: 'builtin',
        _service: 'office-hours',
        _timezone: zone,
        _bh_regular1: 'Mon-Sun 01:00-04:00',
      },
    };
  };
}

describeInBrowser('callbacks where the clock of the office changes', (browser) => {
  let orsay: TestOrsay;

  afterEach(() => orsay.close());

  const begin = async (zone: string, at: string): Promise<void> => {
    orsay = await startOrsay({
      hasOwnUrl: true,
      clock: createSimulatedClock(Date.parse(at)),
      change: nightService(zone),
    });
  };
  const open = async (path: string, options: { width?: number; language?: string } = {}): Promise<Page> => {
    const page = await browser.open(`${orsay.base}/console/`, options);
    page.setDefaultTimeout(10_000);
    await page.clock.setFixedTime(orsay.clock.now());
    await page.goto(`${orsay.base}/console/${path}`);
    return page;
  };
  const book = async (at: string): Promise<Response> =>
    fetch(`${orsay.base}/genesys/1/service/callback/night`, {
      method: 'POST',
      body: new URLSearchParams({ _customer_number: '5115', _desired_time: at }),
    });
  const desiredTimes = async (): Promise<readonly string[]> => {
    const reply = await fetch(`${orsay.base}/genesys/1/service/callback/night?_customer_number=5115`);
    return ((await reply.json()) as { _desired_time: string }[]).map(({ _desired_time }) => _desired_time);
  };
  const timesIn = (page: Page): Promise<string[]> =>
    page.getByLabel('Time at the office').locator('option').allTextContents();

  it('reschedules into the hour that the clock shows twice, in Berlin', async () => {
    await begin('Europe/Berlin', '2026-10-23T10:00:00.000Z');
    expect((await book('2026-10-24T00:00:00.000Z')).status).to.equal(200);
    const page = await open('callbacks?days=next7');
    await page.getByRole('checkbox', { name: 'Select all rows' }).check();
    await page.getByRole('button', { name: 'Reschedule' }).click();
    await page.getByLabel('Day at the office').fill('2026-10-25');
    await page.getByLabel('Time at the office').selectOption({ label: '02:30 GMT+1 · 2 of 2 free' });
    expect(await timesIn(page)).to.deep.equal([
      'Choose a time',
      '01:00 · 2 of 2 free',
      '01:30 · 2 of 2 free',
      '02:00 GMT+2 · 2 of 2 free',
      '02:30 GMT+2 · 2 of 2 free',
      '02:00 GMT+1 · 2 of 2 free',
      '02:30 GMT+1 · 2 of 2 free',
      '03:00 · 2 of 2 free',
      '03:30 · 2 of 2 free',
    ]);
    await expectAccessible(page);
    await page.getByRole('dialog').getByRole('button', { name: 'Reschedule' }).click();
    await page.getByText('Rescheduled.').waitFor();
    expect(await desiredTimes()).to.deep.equal(['2026-10-25T01:30:00.000Z']);
  });

  it('offers free times for one that is taken, and none in the hour that New York skips', async () => {
    await begin('America/New_York', '2026-03-06T10:00:00.000Z');
    expect((await book('2026-03-07T06:00:00.000Z')).status).to.equal(200);
    const page = await open('callbacks?days=next7');
    await page.getByRole('checkbox', { name: 'Select all rows' }).check();
    await page.getByRole('button', { name: 'Reschedule' }).click();
    await page.getByLabel('Day at the office').fill('2026-03-08');
    await page.getByLabel('Time at the office').selectOption({ label: '03:00 (08:00) · 2 of 2 free' });
    expect(await timesIn(page)).to.deep.equal([
      'Choose a time',
      '01:00 (07:00) · 2 of 2 free',
      '01:30 (07:30) · 2 of 2 free',
      '03:00 (08:00) · 2 of 2 free',
      '03:30 (08:30) · 2 of 2 free',
    ]);
    // Others are faster.
    await book('2026-03-08T07:00:00.000Z');
    await book('2026-03-08T07:00:00.000Z');
    await page.getByRole('dialog').getByRole('button', { name: 'Reschedule' }).click();
    await page.getByText('This time is taken.').waitFor();
    await expectAccessible(page);
    await takePictures(page, 'callbacks-refusal');
    await page.getByRole('button', { name: 'Sun, 3/8 03:30 (08:30)' }).click();
    await page.getByText('Rescheduled.').waitFor();
    expect(await desiredTimes()).to.include('2026-03-08T07:30:00.000Z');
  });

  it('says that the office is closed, and offers its next free times', async () => {
    await begin('Europe/Berlin', '2026-03-28T12:00:00.000Z');
    const page = await open('callbacks');
    await page.getByRole('button', { name: 'New callback' }).click();
    await page.getByRole('dialog').getByLabel('Number').fill('5115');
    await page.getByRole('button', { name: 'Create' }).click();
    await page.getByText('The office is closed at this time.').waitFor();
    await page.getByRole('group', { name: 'These times are free:' }).getByRole('button').first().click();
    await page.getByText(/^Created: /).waitFor();
    expect(await desiredTimes()).to.deep.equal(['2026-03-29T00:00:00.000Z']);
  });

  const cells = (page: Page, row: string): Promise<string[]> =>
    page.getByRole('row', { name: row }).getByRole('button').locator('.sr-only').allTextContents();

  it('shows a week with an hour that the clock skips, by keyboard', async () => {
    await begin('Europe/Berlin', '2026-03-26T12:00:00.000Z');
    await book('2026-03-29T01:00:00.000Z');
    await book('2026-03-29T01:00:00.000Z');
    await book('2026-03-29T00:30:00.000Z');
    const page = await open('callbacks/calendar?date=2026-03-28');
    await page.getByText('23 hours').waitFor();
    expect((await cells(page, '02:00')).slice(0, 3)).to.deep.equal([
      'Saturday, March 28, 2026, 02:00: 4 of 4 free, 0 callbacks',
      'Sunday, March 29, 2026: The clock skips this hour',
      'Monday, March 30, 2026, 02:00: 4 of 4 free, 0 callbacks',
    ]);
    await page.getByRole('button', { name: 'Saturday, March 28, 2026, 01:00' }).focus();
    for (const key of ['ArrowRight', 'ArrowDown', 'ArrowDown', 'Enter']) await page.keyboard.press(key);
    await page.getByRole('heading', { name: 'Sunday, March 29, 2026, 03:00' }).waitFor();
    const details = page.locator('.calendar-details');
    expect(await details.locator('.calendar-slot').allTextContents()).to.deep.equal([
      '03:000 of 2 free',
      '03:302 of 2 freeBook',
    ]);
    await expectAccessible(page);
    await takePictures(page, 'callbacks-calendar');
    await page.setViewportSize({ width: 1280, height: 800 });
    await page.getByRole('heading', { name: 'Sunday, March 29, 2026, 03:00' }).waitFor();
    await details.getByRole('button', { name: 'Book a callback at 03:30' }).click();
    await page.getByRole('dialog').getByLabel('Number').fill(HOSTILE);
    await page.getByRole('button', { name: 'Create' }).click();
    await details.getByText('1 of 2 free').waitFor();
    await details.getByText(HOSTILE).waitFor();
    await details.getByRole('button', { name: 'Cancel: <img' }).click();
    await page.getByRole('textbox', { name: /^Reason/ }).fill('a test');
    await page.getByRole('dialog').getByRole('button', { name: 'Cancel 1' }).click();
    await details.getByText('2 of 2 free').waitFor();
  });

  it('shows an hour twice, and a day on a narrow screen, in German', async () => {
    await begin('America/New_York', '2026-10-30T12:00:00.000Z');
    await book('2026-11-01T06:30:00.000Z');
    const page = await open('callbacks/calendar?date=2026-11-01', { width: 400, language: 'de' });
    await page.getByText('25 Stunden').waitFor();
    const rows = await page.getByRole('rowheader').allTextContents();
    expect(rows).to.deep.equal(['01:00(06:00)', '01:00 GMT-5(07:00)', '02:00(08:00)', '03:00(09:00)']);
    await page
      .getByRole('button', { name: /^Sonntag, 1. November 2026, 01:00 \(07:00\): 3 von 4 frei/ })
      .click();
    await page.getByText('01:30 GMT-5').waitFor();
    await expectAccessible(page);
    await page.getByRole('button', { name: 'Später' }).click();
    await page.getByText('Mo., 2.11.').waitFor();
  });
});

describeInBrowser('the pages of callbacks for a viewer', (browser) => {
  let orsay: TestOrsay;

  before(async () => {
    orsay = await startForViewer();
  });
  after(() => orsay.close());

  it('have no buttons and no field that the server would refuse', async () => {
    const page = await browser.open(`${orsay.base}/console/callbacks`);
    await logInAsViewer(page);
    await page.getByRole('link', { name: 'Calendar' }).waitFor();
    await page.getByText('0 rows').waitFor();
    for (const name of ['New callback', 'Reschedule', 'Cancel']) {
      expect(await page.getByRole('button', { name }).count(), name).to.equal(0);
    }
    expect(await page.getByRole('textbox', { name: 'Number' }).count()).to.equal(0);
    await page.goto(`${orsay.base}/console/callbacks/calendar?service=chat-delay`);
    await page.getByRole('grid').waitFor();
    await expectAccessible(page);
  });
});
