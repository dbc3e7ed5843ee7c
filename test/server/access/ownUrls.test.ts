import { expect } from 'chai';
import type { HttpRequest } from '../../../engine/ports/httpClient.ts';
import { startOrsay, type TestOptions, type TestOrsay } from '../../support/orsay.ts';
import { orsDocument } from '../../support/writeDocuments.ts';

const ELSEWHERE = 'http://93.184.216.34/doc.scxml';
const DOCUMENT = orsDocument('<state id="s"/>');

describe('a URL that leads to the server itself', () => {
  let orsay: TestOrsay;
  let asked: HttpRequest[];

  beforeEach(() => {
    asked = [];
  });
  afterEach(() => orsay.close());

  async function start(change: NonNullable<TestOptions['change']> = () => {}): Promise<void> {
    orsay = await startOrsay({
      change,
      http: async (request) => {
        asked.push(request);
        return { status: 200, headers: {}, body: DOCUMENT };
      },
    });
  }

  function post(path: string, body: unknown): Promise<Response> {
    return fetch(`${orsay.base}${path}`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(body),
    });
  }

  /** Subscribes httpcb with the URL, publishes, and lets all attempts happen. */
  async function push(deviceId: string): Promise<readonly string[]> {
    await post('/genesys/1/notification/subscription', {
      subscriberId: 'me',
      filter: 'news',
      notificationDetails: { type: 'httpcb', deviceId },
    });
    await post('/genesys/1/notification/publish', { tag: 'news', message: 'hello' });
    await orsay.advance(60_000);
    return asked.map(({ url }) => url);
  }

  it('never gets a notification of type httpcb, by any name of the server', async () => {
    await start();
    const start_ = `/scxml/session/start?src=${encodeURIComponent(ELSEWHERE)}`;
    for (const base of [
      orsay.base,
      `http://localhost:${orsay.port}`,
      `http://LOCALHOST:${orsay.port}`,
      `http://a.localhost:${orsay.port}`,
      `http://127.1:${orsay.port}`,
      `http://[::1]:${orsay.port}`,
      `http://[::ffff:127.0.0.1]:${orsay.port}`,
    ]) {
      expect(await push(`${base}${start_}`), base).to.deep.equal([]);
    }
    expect(await orsay.sessions.list()).to.deep.equal([]);
  });

  it('gets notifications elsewhere only at the URLs of push.httpcb.allow, where that is set', async () => {
    await start((config) => {
      config.push = { httpcb: { allow: ['https://hooks.example.com/orsay'] } };
    });
    await push('https://hooks.example.com/other');
    await push('https://hooks.example.com/orsay2');
    await push('https://hooks.example.com.evil.test/orsay');
    expect(asked).to.deep.equal([]);
    expect(await push('https://hooks.example.com/orsay/a')).to.include('https://hooks.example.com/orsay/a');
  });

  it('gets notifications elsewhere only in the networks of push.httpcb.allow, where that is set', async () => {
    await start((config) => {
      config.push = { httpcb: { allow: ['10.1.0.0/16'] } };
    });
    expect(await push('https://10.2.0.1/a')).to.deep.equal([]);
    expect(await push('https://10.1.2.3/a')).to.include('https://10.1.2.3/a');
  });

  it('is a document only below the templates', async () => {
    await start();
    const src = `${orsay.base}/genesys/1/service/1-x/storage/binary/doc`;
    const reply = await post('/scxml/session/start', { src });
    expect(reply.status).to.equal(400);
    expect(await reply.json()).to.deep.include({ code: 'DOCUMENT_UNREACHABLE' });
    const template = `${orsay.base}/genesys/1/document/service_template/hello/hello.scxml`;
    expect((await post('/scxml/session/start', { src: template })).status).to.equal(200);
  });

  it('is not needed for documents of documents.allow; other documents are refused', async () => {
    await start((config) => {
      config.documents = { allow: ['https://docs.example.com/scxml/'] };
    });
    const statusOf = async (src: string): Promise<number> =>
      (await post('/scxml/session/start', { src })).status;
    expect(await statusOf('https://docs.example.com/scxml/a.scxml')).to.equal(200);
    expect(await statusOf('https://docs.example.com/other.scxml')).to.equal(400);
    expect(await statusOf(ELSEWHERE)).to.equal(400);
  });

  it('is the only source of documents on a server that other machines reach, unless the file names more', async () => {
    await start((config) => {
      config.services.far = { _type: 'ors', _service: 'https://far.example.com/docs/a.scxml', _ttl: '60' };
    });
    expect((await post('/scxml/session/start', { src: ELSEWHERE })).status).to.equal(200);
    await orsay.listen(0, '0.0.0.0');
    const refused = await post('/scxml/session/start', { src: ELSEWHERE });
    expect(refused.status).to.equal(400);
    expect(((await refused.json()) as { message: string }).message).to.contain('documents.allow');
    const { sessionId } = await orsay.sessions.start({ src: 'https://far.example.com/docs/a.scxml' });
    expect((await orsay.sessions.query(sessionId))?.status).to.equal('running');
  });
});
