import { expect } from 'chai';
import { startOrsay, type TestOrsay } from '../../support/orsay.ts';
import { Page } from '../../support/page.ts';

const ORIGIN = 'http://www.example.com';

describe('a page of another origin, in a DOM that enforces CORS', () => {
  let orsay: TestOrsay;
  let page: Page;

  async function open(origins: readonly string[]): Promise<void> {
    orsay = await startOrsay({
      change: (config) => {
        config.http.origins = [...origins];
      },
    });
    page = new Page(ORIGIN);
  }

  afterEach(async () => {
    page.close();
    await orsay.close();
  });

  /** Runs the CometD client as the GMS samples do; resolves with the replies to its meta messages. */
  const connecting = (): string => `
    const cometd = window.cometd = new CometD();
    for (const transport of ['websocket', 'callback-polling']) cometd.unregisterTransport(transport);
    cometd.configure({
      url: '${orsay.base}/genesys/cometd',
      logLevel: 'error',
      requestHeaders: { gms_user: 'anna' },
      backoffIncrement: 10_000,
    });
    window.received = new Promise((resolve) => {
      window.receive = (message) => resolve(JSON.stringify(message.data.message));
    });`;

  it('gets notifications by CometD when its origin is listed', async () => {
    await open([ORIGIN]);
    const subscribed = await page.run(`
      ${connecting()}
      new Promise((resolve) => {
        cometd.addListener('/meta/subscribe', (reply) => resolve(reply.successful));
        cometd.handshake((reply) => {
          if (!reply.successful) resolve(JSON.stringify(reply));
          cometd.subscribe('/_genesys', window.receive);
        });
      })`);
    expect(subscribed).to.equal(true);
    await orsay.bayeux.comet.deliver('anna', { id: '1', message: { text: 'hello' }, tag: 't' });
    expect(await page.run('window.received')).to.equal('{"text":"hello"}');
    await page.run('new Promise((resolve) => cometd.disconnect(resolve))');
  });

  it('calls GMS with gms_user, JSON and DELETE, and reads errors, when its origin is listed', async () => {
    await open([ORIGIN]);
    expect(await page.run(asking('POST', '/genesys/1/service/hello'))).to.match(/^200 \{.*"_id"/);
    expect(await page.run(asking('DELETE', '/genesys/1/service/1-nothing'))).to.match(/^404 \{"message"/);
  });

  it('reaches nothing when its origin is not listed', async () => {
    await open(['http://other.example.com']);
    const reply = await page.run(`
      ${connecting()}
      new Promise((resolve) => cometd.handshake((reply) => resolve(reply.successful)))`);
    expect(reply).to.equal(false);
    expect(orsay.bayeux.counts()).to.deep.equal({ clients: 0, held: 0, sockets: 0 });
    expect(await page.run(asking('POST', '/genesys/1/service/hello'))).to.equal('refused');
    expect(await page.run(asking('POST', '/genesys/1/service/hello', 'text/plain'))).to.equal('refused');
    expect(await orsay.sessions.list()).to.deep.equal([]);
  });

  /** An XMLHttpRequest with credentials; text/plain needs no preflight. */
  function asking(method: string, path: string, type = 'application/json'): string {
    return `
      new Promise((resolve) => {
        const xhr = new XMLHttpRequest();
        xhr.withCredentials = true;
        xhr.open('${method}', '${orsay.base}${path}');
        xhr.setRequestHeader('Content-Type', '${type}');
        ${type === 'text/plain' ? '' : "xhr.setRequestHeader('gms_user', 'anna');"}
        xhr.onload = () => resolve(xhr.status + ' ' + xhr.responseText);
        xhr.onerror = () => resolve('refused');
        xhr.send('{}');
      })`;
  }
});
