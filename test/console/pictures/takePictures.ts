import { execFileSync, spawnSync } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { chromium, type Page } from 'playwright-core';
import { openOffice, PASSWORD } from './office.ts';
import { PICTURES } from './pictures.ts';

/**
 * npm run docs:screenshots: takes the pictures of the guide, from a server with sample data.
 *
 * ORSAY_PICTURES=<folder> writes all of them there instead, in both widths and both themes, for people who
 * look at the pages. Names as arguments take only these. With `pngquant` (a Debian package) the pictures of
 * the guide get a palette, which makes them a third as large.
 */
const ROOT = resolve(import.meta.dirname, '../../..');
const FOLDER = process.env.ORSAY_PICTURES;
const SIZES = FOLDER === undefined ? [1280] : [1280, 400];
const THEMES = FOLDER === undefined ? (['light'] as const) : (['light', 'dark'] as const);
const names = process.argv.slice(2);
const folder = FOLDER ?? join(ROOT, 'docs/guides/images');

async function main(): Promise<void> {
  execFileSync(process.execPath, [join(ROOT, 'scripts/buildConsole.mjs')], { stdio: 'inherit' });
  mkdirSync(folder, { recursive: true });
  const office = await openOffice();
  const browser = await chromium.launch({ executablePath: '/usr/bin/chromium', args: ['--no-sandbox'] });
  const context = await browser.newContext({
    locale: 'en',
    timezoneId: 'Europe/Paris',
    acceptDownloads: true,
  });
  const faults: string[] = [];
  try {
    const page = await context.newPage();
    page.setDefaultTimeout(15_000);
    await page.goto(`${office.orsay.base}/console/`);
    await logIn(page);
    for (const picture of PICTURES.filter(({ name }) => names.length === 0 || names.includes(name))) {
      try {
        await page.setViewportSize({ width: 1280, height: picture.height ?? 800 });
        await page.clock.setFixedTime(office.orsay.clock.now());
        await page.goto(`${office.orsay.base}/console/${picture.path(office)}`);
        await picture.prepare(page, office);
        for (const width of SIZES) {
          await page.setViewportSize({ width, height: picture.height ?? 800 });
          for (const colorScheme of THEMES) await take(page, picture.name, width, colorScheme);
        }
      } catch (error) {
        faults.push(`${picture.name}: ${(error as Error).message}`);
      }
    }
  } finally {
    await browser.close();
    await office.orsay.close();
  }
  if (faults.length === 0) return;
  console.error(faults.join('\n'));
  process.exitCode = 1;
}

async function logIn(page: Page): Promise<void> {
  await page.getByLabel('User').fill('olga');
  await page.getByLabel('Password').fill(PASSWORD);
  await page.keyboard.press('Enter');
  await page.getByRole('dialog').waitFor({ state: 'detached' });
}

async function take(page: Page, name: string, width: number, colorScheme: 'light' | 'dark'): Promise<void> {
  await page.emulateMedia({ colorScheme });
  const suffix = FOLDER === undefined ? '' : `-${width}-${colorScheme}`;
  const path = join(folder, `console-${name}${suffix}.png`);
  await page.screenshot({ path, caret: 'hide' });
  if (FOLDER === undefined) usePalette(path);
}

function usePalette(path: string): void {
  const { error, status, stderr } = spawnSync('pngquant', ['--force', '--ext', '.png', '--strip', path], {
    encoding: 'utf8',
  });
  if (error !== undefined) console.error(`${path} has no palette: ${error.message}`);
  else if (status !== 0) throw new Error(`pngquant ended with ${status}: ${stderr}`);
}

await main();
