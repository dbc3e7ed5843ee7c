import { expect } from 'chai';
import { hashPassword } from '../../server/identity/passwordHash.ts';
import { describeInBrowser, expectAccessible, takePictures } from '../support/consoleBrowser.ts';
import { startOrsay, type TestOrsay } from '../support/orsay.ts';

describeInBrowser('the console at a server without users', (browser) => {
  let orsay: TestOrsay;
  before(async () => {
    orsay = await startOrsay();
  });
  after(() => orsay.close());

  it('is shown at once, at the address of the server', async () => {
    const page = await browser.open(orsay.base);
    await page.getByRole('heading', { level: 1 }).waitFor();
    expect(page.url()).to.equal(`${orsay.base}/console/`);
    expect(await page.title()).to.equal('Start – Orsay');
    await expectAccessible(page);
  });

  it('has an address for each page, and says when there is none', async () => {
    const page = await browser.open(`${orsay.base}/console/no/such/page`);
    await page.getByRole('link', { name: 'To the start' }).click();
    expect(page.url()).to.equal(`${orsay.base}/console/`);
    await page.goBack();
    await page.getByRole('heading', { name: 'There is no page at this address.' }).waitFor();
    await expectAccessible(page);
  });

  it('speaks the language of the browser or the chosen one, and remembers the theme', async () => {
    const page = await browser.open(`${orsay.base}/console/`, { language: 'de-DE' });
    await page.getByLabel('Sprache').selectOption('en');
    await page.getByLabel('Colours').selectOption('dark');
    await page.reload();
    expect(await page.getByLabel('Colours').inputValue()).to.equal('dark');
    expect(await page.locator('html').getAttribute('lang')).to.equal('en');
    expect(await page.evaluate('getComputedStyle(document.body).colorScheme')).to.equal('dark');
  });

  it('is used by the keyboard, and on a narrow screen by its menu', async () => {
    const page = await browser.open(`${orsay.base}/console/`, { width: 400 });
    await page.keyboard.press('Tab');
    await page.keyboard.press('Enter');
    expect(await page.evaluate('document.activeElement.id')).to.equal('main');
    const menu = page.getByRole('button', { name: 'Menu' });
    await menu.click();
    await page.getByRole('link', { name: 'Start' }).waitFor();
    await expectAccessible(page);
  });
});

describeInBrowser('the console at a server with users', (browser) => {
  let orsay: TestOrsay;
  before(async () => {
    const passwordHash = hashPassword('secret');
    orsay = await startOrsay({
      change(config) {
        Object.assign(config, {
          users: { vera: { role: 'viewer', passwordHash }, olga: { role: 'administrator', passwordHash } },
        });
      },
    });
  });
  after(() => orsay.close());

  it('asks for a login in the page, says a refusal in words of the server, and logs out', async () => {
    const page = await browser.open(`${orsay.base}/console/`);
    await page.getByLabel('User').fill('vera');
    await page.getByLabel('Password').fill('wrong');
    await page.keyboard.press('Enter');
    await page.getByRole('alert').waitFor();
    expect(await page.getByRole('alert').textContent()).to.include('requires the credentials');
    await expectAccessible(page);
    await takePictures(page, 'login');
    await page.getByLabel('Password').fill('secret');
    await page.keyboard.press('Enter');
    await page.getByText('vera').waitFor();
    await page.reload();
    await page.getByRole('button', { name: 'Log out' }).click();
    await page.getByLabel('Password').waitFor();
  });
});
