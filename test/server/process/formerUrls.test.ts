import { expect } from 'chai';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import type { SessionId } from '../../../engine/ports/index.ts';
import { type Config, initialConfig } from '../../../server/process/config.ts';
import { MAX_FORMER_URLS, recordUrl } from '../../../server/process/formerUrls.ts';
import { NotificationType } from '../../../strategies/notification/index.ts';
import { startOrsay, type TestOrsay } from '../../support/orsay.ts';
import { sendRaw } from '../../support/rawHttp.ts';
import { silentLog } from '../../support/silentLog.ts';
import { createTestIds } from '../../support/testIds.ts';
import { orsDocument } from '../../support/writeDocuments.ts';

const FORMER = 'https://former.example.com';
const PRESENT = 'https://present.example.com';

/** Fetches the URL of each event 'fetch', and keeps what comes. */
const FETCHING = orsDocument(
  `<datamodel><data id="result" expr="null"/><data id="id" expr="''"/></datamodel>
   <state id="idle">
     <transition event="fetch">
       <session:fetch requestid="_data.id" method="'get'" srcexpr="_event.data.url"/>
     </transition>
     <transition event="session.fetch.done error.session.fetch">
       <assign location="_data.result" expr="{ status: _event.data.status, content: _event.data.content }"/>
     </transition>
   </state>`,
);

describe('a server that comes back with another URL', () => {
  const store = { of: new MemoryStore(), ids: createTestIds() };
  let orsay: TestOrsay;
  let outside: string[];
  let sessionId: SessionId;

  beforeEach(async () => {
    store.of = new MemoryStore();
    store.ids = createTestIds();
    outside = [];
    await startAt(FORMER);
    ({ sessionId } = await orsay.sessions.start({ src: 'https://93.184.216.34/fetching.scxml' }));
  });
  afterEach(() => orsay.close());

  async function startAt(baseUrl: string, change: (config: Config) => void = () => {}): Promise<void> {
    orsay = await startOrsay({
      store: store.of,
      ids: store.ids,
      change: (config) => {
        config.server.baseUrl = baseUrl;
        change(config);
      },
      http: async ({ url }) => {
        outside.push(url);
        return { status: 200, headers: {}, body: url.endsWith('.scxml') ? FETCHING : 'elsewhere' };
      },
    });
    outside = [];
  }

  async function moveTo(baseUrl: string, change?: (config: Config) => void): Promise<void> {
    await orsay.close();
    await startAt(baseUrl, change);
  }

  async function fetched(url: string): Promise<unknown> {
    await orsay.sessions.publish(sessionId, { name: 'fetch', data: { url } });
    await orsay.durable.idle();
    return ((await orsay.sessions.query(sessionId))!.data as { readonly result: unknown }).result;
  }

  it('answers what its sessions send to every URL that it had, as the platform', async () => {
    await moveTo('https://between.example.com');
    await moveTo(PRESENT);
    for (const base of [FORMER, 'https://between.example.com', PRESENT]) {
      expect(await fetched(`${base}/agent/1/agents`), base).to.deep.equal({ status: 200, content: '[]' });
    }
    expect(outside).to.deep.equal([]);
  });

  it('keeps documents away from the routes of administrators at an earlier URL', async () => {
    await moveTo(PRESENT);
    expect(await fetched(`${FORMER}/genesys/1/admin/templates`)).to.include({ status: 403 });
    expect(outside).to.deep.equal([]);
  });

  it('posts no notification to an earlier URL', async () => {
    await moveTo(PRESENT);
    await orsay.notifications.subscribe({
      subscriberId: 'me',
      filter: 'news',
      notificationDetails: {
        type: NotificationType.HTTP_CALLBACK,
        deviceId: `${FORMER}/scxml/session/start`,
      },
    });
    const failed = await orsay.notifications.publish({ tag: 'news', message: 'hello' }).catch(String);
    await orsay.advance(60_000);
    expect(failed).to.contain(FORMER);
    expect(outside).to.deep.equal([]);
  });

  it('takes neither an earlier URL nor a forged Host for a name of its own', async () => {
    await moveTo(PRESENT);
    for (const host of ['former.example.com', 'forged.example.com']) {
      const { status } = await sendRaw(
        orsay.port,
        `GET /genesys/1/admin/node/status HTTP/1.1\r\nHost: ${host}\r\nConnection: close\r\n\r\n`,
      );
      expect(status, host).to.equal(421);
    }
    expect(await fetched('https://forged.example.com/agent/1/agents')).to.include({ content: 'elsewhere' });
  });

  it('leaves an earlier URL to the service that the configuration names there', async () => {
    await moveTo(PRESENT, (config) => {
      config.services['chat-delay']!._urs_server_url = `${FORMER}/urs`;
    });
    expect(await fetched(`${FORMER}/agent/1/agents`)).to.deep.equal({ status: 200, content: 'elsewhere' });
  });

  it('has the earlier URLs of server.formerUrls where that is set', async () => {
    await moveTo(PRESENT, (config) => {
      config.server.formerUrls = ['https://older.example.com/'];
    });
    expect(await fetched(`${FORMER}/agent/1/agents`)).to.deep.equal({ status: 200, content: 'elsewhere' });
    expect(await fetched('https://older.example.com/agent/1/agents')).to.deep.equal({
      status: 200,
      content: '[]',
    });
  });

  it('forgets the oldest of more than MAX_FORMER_URLS', async () => {
    const { durable } = orsay;
    const config = initialConfig();
    const urlOf = (i: number): string => `https://n${i}.example.com`;
    for (let i = 0; i < MAX_FORMER_URLS; i += 1) recordUrl(urlOf(i), { durable, config, log: silentLog });
    const record = (url: string) => recordUrl(url, { durable, config, log: silentLog });
    expect(record(urlOf(MAX_FORMER_URLS - 1)))
      .to.have.length(MAX_FORMER_URLS)
      .and.to.include(FORMER);
    const former = record(PRESENT);
    expect(former).to.have.length(MAX_FORMER_URLS).and.not.to.include(FORMER);
    expect(former[0]).to.equal(urlOf(MAX_FORMER_URLS - 1));
  });
});
