import { execFileSync } from 'node:child_process';
import { existsSync, mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import axe from 'axe-core';
import { expect } from 'chai';
import { type Browser, chromium, type Page } from 'playwright-core';
import { hashPassword } from '../../server/identity/passwordHash.ts';
import { startOrsay, type TestOrsay } from './orsay.ts';

const CHROMIUM = '/usr/bin/chromium';
const ROOT = resolve(import.meta.dirname, '../..');
const THEMES = ['light', 'dark'] as const;
const WIDTHS = [1280, 400] as const;
/** WCAG 2.2, levels A and AA. */
const RULES = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'];

export interface ConsoleBrowser {
  /** Opens a page of the console in a window of its own, with the settings of a new browser. */
  open(
    url: string,
    options?: {
      readonly width?: number;
      readonly language?: string;
      /** Further servers that the page may ask. */
      readonly origins?: readonly string[];
    },
  ): Promise<Page>;
}

/**
 * Tests in a browser. Without Chromium they are skipped, with a line that says so. No page of a test may have
 * had an error, and none may have asked another server.
 */
export function describeInBrowser(title: string, tests: (browser: ConsoleBrowser) => void): void {
  if (!existsSync(CHROMIUM)) {
    console.log(`Skipped, because there is no Chromium at ${CHROMIUM}: ${title}`);
    return;
  }
  describe(title, () => {
    let browser: Browser;
    let faults: string[] = [];
    before(async () => {
      execFileSync(process.execPath, [join(ROOT, 'scripts/buildConsole.mjs')], { stdio: 'inherit' });
      browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
    });
    after(() => browser.close());
    beforeEach(() => {
      faults = [];
    });
    afterEach(async () => {
      for (const context of browser.contexts()) await context.close();
      expect(faults).to.deep.equal([]);
    });
    tests({
      async open(url, { width = 1280, language = 'en', origins = [] } = {}) {
        const context = await browser.newContext({
          viewport: { width, height: 800 },
          locale: language,
          timezoneId: 'Europe/Paris',
          acceptDownloads: true,
        });
        const page = await context.newPage();
        page.on('pageerror', (error) => faults.push(error.message));
        page.on('console', (message) => {
          // A refused request is a line of the browser too, and tests expect some.
          const isReply = /^(Failed to load resource|WebSocket connection to)/.test(message.text());
          if (message.type() === 'error' && !isReply) faults.push(message.text());
        });
        page.on('request', (request) => {
          const { origin, protocol } = new URL(request.url());
          const isKnown = [new URL(url).origin, ...origins].includes(origin);
          if (protocol.startsWith('http') && !isKnown) faults.push(request.url());
        });
        await page.goto(url);
        return page;
      },
    });
  });
}

/** Checks what the page shows by axe-core, in both themes. */
export async function expectAccessible(page: Page): Promise<void> {
  await page.evaluate(axe.source);
  const problems: string[] = [];
  for (const colorScheme of THEMES) {
    await page.emulateMedia({ colorScheme });
    const found = await page.evaluate(async (values) => {
      const { axe: present } = globalThis as unknown as { axe: typeof axe };
      const { violations } = await present.run({ runOnly: { type: 'tag', values } });
      return violations.flatMap(({ id, help, nodes }) => nodes.map(({ html }) => `${id}: ${help}: ${html}`));
    }, RULES);
    problems.push(...found.map((problem) => `${colorScheme}: ${problem}`));
  }
  await page.emulateMedia({ colorScheme: 'light' });
  expect(problems).to.deep.equal([]);
}

/**
 * With ORSAY_PICTURES=<folder> writes pictures of the page: `<name>-1280-light.png` and so on, in both widths
 * and themes. People look at them; no test compares them.
 */
export async function takePictures(page: Page, name: string): Promise<void> {
  const folder = process.env.ORSAY_PICTURES;
  if (folder === undefined || folder === '') return;
  mkdirSync(folder, { recursive: true });
  const size = page.viewportSize();
  for (const width of WIDTHS) {
    await page.setViewportSize({ width, height: 800 });
    for (const colorScheme of THEMES) {
      await page.emulateMedia({ colorScheme });
      await page.screenshot({ path: join(folder, `${name}-${width}-${colorScheme}.png`) });
    }
  }
  if (size !== null) await page.setViewportSize(size);
  await page.emulateMedia({ colorScheme: 'light' });
}

const PASSWORD = 'secret';

/** A server with one user, who is a viewer. */
export function startForViewer(): Promise<TestOrsay> {
  const users = { vera: { role: 'viewer', passwordHash: hashPassword(PASSWORD) } };
  return startOrsay({
    change(config) {
      Object.assign(config, { users });
    },
  });
}

/** Fills the form of the login, which lies over the page. */
export async function logInAsViewer(page: Page): Promise<void> {
  await page.getByLabel('User').fill('vera');
  await page.getByLabel('Password').fill(PASSWORD);
  await page.keyboard.press('Enter');
}
