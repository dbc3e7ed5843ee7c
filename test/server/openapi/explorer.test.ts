import { readdirSync, readFileSync } from 'node:fs';
import { resolve } from 'node:path';
import { expect } from 'chai';
import { buildSync } from 'esbuild';
import { JSDOM, type PageElement } from 'jsdom';
import { startOrsay } from '../../support/orsay.ts';
import { createTestServer, type TestServer } from '../../support/testServer.ts';

const FOLDER = resolve(import.meta.dirname, '../../../server/openapi/explorer');
const NAMES = readdirSync(FOLDER);
const TYPES: Readonly<Record<string, string>> = {
  html: 'text/html;charset=UTF-8',
  css: 'text/css;charset=UTF-8',
  js: 'text/javascript;charset=UTF-8',
};

interface Sent {
  readonly method: string;
  readonly url: string;
  readonly headers: Record<string, string>;
  readonly body: string | undefined;
}

/** The page in a DOM, with the requests that it sends to a server. */
class ExplorerPage {
  readonly #dom: JSDOM;
  readonly sent: Sent[] = [];

  constructor(server: TestServer, hash = '') {
    const html = readFileSync(`${FOLDER}/explorer.html`, 'utf8').replace(/<script[^>]*><\/script>/, '');
    this.#dom = new JSDOM(html, { url: `http://orsay.test/api${hash}`, runScripts: 'outside-only' });
    const { window } = this.#dom;
    Object.assign(window, {
      matchMedia: () => ({ matches: true }),
      TextEncoder,
      fetch: (url: string, init: RequestInit = {}) => this.#fetch(server, url, init),
    });
    const script = buildSync({
      entryPoints: [`${FOLDER}/explorer.js`],
      bundle: true,
      write: false,
      format: 'iife',
    });
    window.eval(script.outputFiles[0]!.text);
  }

  async #fetch(server: TestServer, url: string, init: RequestInit): Promise<unknown> {
    const headers = { ...(init.headers as Record<string, string>) };
    const body = init.body === undefined ? undefined : String(init.body);
    const method = init.method ?? 'GET';
    this.sent.push({ method, url, headers, body });
    if (body !== undefined) headers['content-type'] ??= 'application/x-www-form-urlencoded';
    const reply = await server.send(method, `/${url}`, { headers, ...(body !== undefined && { body }) });
    return {
      ok: reply.status < 400,
      status: reply.status,
      statusText: '',
      headers: new Headers(reply.headers as Record<string, string>),
      json: async () => reply.json,
      text: async () => reply.text,
    };
  }

  /** Resolves when an element is there. */
  async find(selector: string): Promise<PageElement> {
    for (let turn = 0; turn < 10_000; turn += 1) {
      const found = this.#dom.window.document.querySelector(selector);
      if (found !== null) return found;
      await new Promise((done) => setImmediate(done));
    }
    throw new Error(`There is no ${selector} in ${this.#dom.window.document.body.textContent}`);
  }

  all(selector: string): readonly string[] {
    return [...this.#dom.window.document.querySelectorAll(selector)].map((one) => one.textContent ?? '');
  }

  set(selector: string, value: string): void {
    const field = this.#dom.window.document.querySelector(selector)!;
    field.value = value;
    field.dispatchEvent(new this.#dom.window.Event('input', { bubbles: true }));
    field.dispatchEvent(new this.#dom.window.Event('change', { bubbles: true }));
  }

  submit(selector: string): void {
    const form = this.#dom.window.document.querySelector(selector)!;
    form.dispatchEvent(new this.#dom.window.Event('submit', { bubbles: true, cancelable: true }));
  }

  close(): void {
    this.#dom.window.close();
  }
}

describe('the page at /api', () => {
  it('comes with a policy that allows only its own files and this server', async () => {
    const server = createTestServer();
    for (const [path, name] of [['/api', 'explorer.html'], ...NAMES.map((one) => [`/api/${one}`, one])]) {
      const reply = await server.send('GET', path!);
      expect(reply.status, path).to.equal(200);
      expect(reply.text).to.equal(readFileSync(`${FOLDER}/${name}`, 'utf8'));
      expect(reply.headers['content-type']).to.equal(TYPES[name!.split('.').at(-1)!]);
      expect(reply.headers['content-security-policy']).to.equal(
        "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data:; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      );
    }
    const other = await server.send('GET', '/api/routes.ts');
    expect([other.status, (other.json as { code: string }).code]).to.deep.equal([404, 'NOT_FOUND']);
    await server.orsay.close();
  });

  it('has no script, style or address outside its files', () => {
    for (const name of NAMES) {
      const text = readFileSync(`${FOLDER}/${name}`, 'utf8');
      expect(text, name).not.to.match(
        /https?:\/\/|<style|\sstyle=|\son\w+=|innerHTML|insertAdjacentHTML|eval\(/,
      );
      if (name.endsWith('.html')) expect(text).not.to.match(/<script(?![^>]*\ssrc=)/);
    }
  });

  it('is only on listeners of administrators', async () => {
    const orsay = await startOrsay();
    for (const [audience, status] of [
      ['administrator', 200],
      ['customer', 404],
      ['agent', 404],
    ] as const) {
      const [url] = await orsay.listenOn([{ address: '127.0.0.1', port: 0, audiences: [audience] }]);
      expect((await fetch(`${url}/api`)).status, audience).to.equal(status);
      expect((await fetch(`${url}/api/explorer.js`)).status, audience).to.equal(status);
    }
    await orsay.close();
  });

  it('with a slash at the end leads to the one without, because its files are relative to it', async () => {
    const server = createTestServer();
    const { status, headers } = await server.send('GET', '/api/');
    expect([status, headers.location]).to.deep.equal([302, '../api']);
    await server.orsay.close();
  });

  describe('in a browser', () => {
    let server: TestServer;
    let page: ExplorerPage;
    beforeEach(() => {
      server = createTestServer();
    });
    afterEach(async () => {
      page.close();
      await server.orsay.close();
    });

    it('lists the operations by tag, and finds them by words', async () => {
      page = new ExplorerPage(server);
      await page.find('nav a');
      expect(page.all('nav a')).to.include('GET /agent/1/agentslists the agents');
      expect(page.all('#version')).to.deep.equal(['0.1.0']);
      page.set('#filter', 'callback cancels delete');
      expect(page.all('nav a')).to.deep.equal([
        'DELETE /genesys/1/service/callback/{name}/{id}cancels the callback',
      ]);
      expect(page.all('#operations summary')).to.deep.equal(['Callbacks 1']);
    });

    it('fills a request from an example, sends it, and shows status, headers and body', async () => {
      page = new ExplorerPage(server, '#postGenesys1StorageTtl');
      await page.find('form.send');
      page.set('form.send select', 'sampleOfThePage');
      page.submit('form.send');
      await page.find('.reply pre');
      const { method, url, body } = page.sent.at(-1)!;
      expect([method, url, body]).to.deep.equal([
        'POST',
        'genesys/1/storage/3600',
        'a=Value1&b=Value2&c=Value3',
      ]);
      await page.find('.reply strong.good');
      expect(page.all('.reply strong')).to.deep.equal(['200 ']);
      expect(page.all('.reply li')).to.include('content-type application/json;charset=UTF-8');
      expect(JSON.parse(page.all('.reply pre')[0]!)).to.have.all.keys('id');
    });

    it('says which parameter is missing, and sends nothing', async () => {
      page = new ExplorerPage(server, '#getGenesys1StorageId');
      await page.find('form.send');
      page.set('input[name="idOrTtl"]', '');
      page.submit('form.send');
      expect(page.all('form.send .bad')).to.deep.equal(['Expected idOrTtl, got nothing.']);
      expect(page.sent.map(({ url }) => url)).to.deep.equal(['openapi.json']);
    });

    it('sends the credentials that its reader types in', async () => {
      page = new ExplorerPage(server, '#getAgent1Agents');
      await page.find('form.send');
      page.set('input[name="user"]', 'olga');
      page.set('input[name="password"]', 'grüße');
      page.set('input[name="gmsUser"]', 'anna');
      page.submit('#credentials');
      for (let turn = 0; turn < 1000 && page.sent.length < 2; turn += 1) await page.find('form.send');
      const basic = `Basic ${Buffer.from('olga:grüße').toString('base64')}`;
      expect(page.sent[1]).to.deep.include({
        url: 'openapi.json',
        headers: { Authorization: basic, gms_user: 'anna' },
      });
      expect(page.all('#identity')).to.deep.equal(['olga, anna']);
    });
  });
});
