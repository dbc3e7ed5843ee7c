import { createHash } from 'node:crypto';
import { expect } from 'chai';
import { MULTIPART, multipartBody, PNG, withFile } from '../../support/multipartFile.ts';
import { createTestServer, type TestReply, type TestServer } from '../../support/testServer.ts';

const codeOf = (reply: TestReply): unknown[] => [reply.status, (reply.json as { code?: string }).code];

describe('chapter 1, the Storage API', () => {
  let server: TestServer;

  beforeEach(() => {
    server = createTestServer();
  });
  afterEach(() => server.orsay.close());

  async function store(fields: Record<string, string>, ttl = '3600'): Promise<string> {
    const reply = await server.send('POST', `/genesys/1/storage/${ttl}`, { form: fields });
    expect(reply.status).to.equal(200);
    expect(reply.json).to.have.keys('id');
    return (reply.json as { id: string }).id;
  }

  it('replays the samples of the page: create, update, query, binary, delete', async () => {
    const created = await server.send('POST', '/genesys/1/storage/3600', {
      body: withFile({ Key1: 'Value1', Key2: 'Value2', Key3: 'Value3' }),
      headers: MULTIPART,
    });
    const { id } = created.json as { id: string };
    expect([created.status, created.json]).to.deep.equal([200, { id }]);
    const root = `/genesys/1/storage/${id}`;
    const boundary = '----WebKitFormBoundaryPu8S1YopPtZq8Z54';
    const updated = await server.send('POST', `${root}/3600`, {
      body: multipartBody(
        boundary,
        { Key1: 'Value6', Key2: 'Value7', Key3: 'Value8' },
        {
          name: '0016_001.pdf',
          type: 'application/pdf',
          content: '%PDF-1.4',
        },
      ),
      headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
    });
    expect([updated.status, updated.text]).to.deep.equal([200, '{}']);
    const file = `/genesys/1/storage/binary/${id}/FileKey`;
    expect((await server.send('GET', root)).json).to.deep.equal({
      Key2: 'Value7',
      Key1: 'Value6',
      Key3: 'Value8',
      FileKey: `http://orsay.test${file}`,
    });
    expect((await server.send('GET', `${root}/Key1`)).text).to.equal('Value6');
    const binary = await server.send('GET', file);
    expect([binary.status, binary.headers['content-type'], binary.text]).to.deep.equal([
      200,
      'application/pdf',
      '%PDF-1.4',
    ]);
    expect((await server.send('DELETE', root)).status).to.equal(200);
    expect((await server.send('GET', file)).status).to.equal(404);
  });

  it('stores text and files, and returns all keys, the value of one key, and an unchanged file', async () => {
    const created = await server.send('POST', '/genesys/1/storage/3600', {
      body: withFile({ Key1: 'Value1', Key2: '' }),
      headers: MULTIPART,
    });
    const { id } = created.json as { id: string };
    const url = `http://orsay.test/genesys/1/storage/binary/${id}/FileKey`;
    expect((await server.send('GET', `/genesys/1/storage/${id}`)).json).to.deep.equal({
      Key1: 'Value1',
      Key2: '',
      FileKey: url,
    });
    const one = await server.send('GET', `/genesys/1/storage/${id}/Key1`);
    expect([one.text, one.headers['content-type']]).to.deep.equal(['Value1', 'text/plain;charset=UTF-8']);
    const file = await server.send('GET', url.slice('http://orsay.test'.length));
    expect(file.headers).to.include({ 'content-type': 'image/png', 'x-content-type-options': 'nosniff' });
    expect(file.headers['content-length']).to.equal(String(PNG.length));
  });

  it('refuses values beyond the limits of an area, and leaves the area unchanged', async () => {
    const fields = (from: number, count: number): Record<string, string> =>
      Object.fromEntries(Array.from({ length: count }, (_, at) => [`key${from + at}`, 'x']));
    const { id } = (await server.send('POST', '/genesys/1/storage/60', { form: fields(0, 1000) })).json as {
      id: string;
    };
    const refused = await server.send('POST', `/genesys/1/storage/${id}/60`, { form: fields(1000, 1) });
    expect([refused.status, refused.json]).to.deep.equal([
      413,
      {
        message: `The storage area '${id}' would have 1001 keys; MAX_KEYS_PER_AREA is 1000.`,
        exception: 'com.genesyslab.gsg.services.storage.StorageException',
        code: 'STORAGE_FULL',
      },
    ]);
    const large = 'x'.repeat(1_000_000);
    for (let at = 0; at < 4; at += 1) {
      await server.send('POST', `/genesys/1/storage/${id}/60`, {
        form: { [`key${at}`]: large },
      });
    }
    const tooMuch = await server.send('POST', `/genesys/1/storage/${id}/60`, {
      form: { key5: large },
    });
    expect([tooMuch.status, (tooMuch.json as { message: string }).message]).to.deep.equal([
      413,
      `The storage area '${id}' would have more than MAX_AREA_CHARS (4194304) characters.`,
    ]);
    const kept = (await server.send('GET', `/genesys/1/storage/${id}`)).json as Record<string, string>;
    expect([Object.keys(kept).length, kept.key5]).to.deep.equal([1000, 'x']);
  });

  it('gives the time to live of an update to the keys of that update only', async () => {
    const id = await store({ Key1: 'Value1', Key2: 'Value2', Key3: 'Value3' }, '60');
    const updated = await server.send('POST', `/genesys/1/storage/${id}/3600`, { form: { Key1: 'Value6' } });
    expect([updated.status, updated.text]).to.deep.equal([200, '{}']);
    await server.send('POST', `/genesys/1/storage/${id}/30`, { form: { Key2: 'Value7' } });
    const keys = async (): Promise<unknown> => (await server.send('GET', `/genesys/1/storage/${id}`)).json;
    expect(await keys()).to.deep.equal({ Key1: 'Value6', Key2: 'Value7', Key3: 'Value3' });
    await server.advance(31_000);
    expect(await keys()).to.deep.equal({ Key1: 'Value6', Key3: 'Value3' });
    await server.advance(30_000);
    expect(await keys()).to.deep.equal({ Key1: 'Value6' });
    expect(codeOf(await server.send('GET', `/genesys/1/storage/${id}/Key3`))).to.deep.equal([
      404,
      'STORAGE_KEY_NOT_FOUND',
    ]);
    await server.advance(3_540_000);
    expect(codeOf(await server.send('GET', `/genesys/1/storage/${id}`))).to.deep.equal([
      404,
      'STORAGE_NOT_FOUND',
    ]);
  });

  it('ends an area with the last of its keys, after an update with a shorter time to live', async () => {
    const id = await store({ Key1: 'Value1' }, '3600');
    await server.send('POST', `/genesys/1/storage/${id}/30`, { form: { Key1: 'Value6' } });
    await server.advance(31_000);
    expect((await server.send('GET', `/genesys/1/storage/${id}`)).status).to.equal(404);
  });

  it('removes a file after its own time to live, and a file of an update later', async () => {
    const created = await server.send('POST', '/genesys/1/storage/60', {
      body: withFile({}),
      headers: MULTIPART,
    });
    const { id } = created.json as { id: string };
    const statusOfFile = async (): Promise<number> =>
      (await server.send('GET', `/genesys/1/storage/binary/${id}/FileKey`)).status;
    await server.send('POST', `/genesys/1/storage/${id}/3600`, { form: { Key1: '1' } });
    await server.advance(50_000);
    expect(await statusOfFile()).to.equal(200);
    await server.advance(20_000);
    expect(await statusOfFile()).to.equal(404);
    await server.send('POST', `/genesys/1/storage/${id}/7200`, { body: withFile({}), headers: MULTIPART });
    await server.advance(3_600_000);
    expect(await statusOfFile()).to.equal(200);
    expect((await server.send('GET', `/genesys/1/storage/${id}`)).json).to.have.keys('FileKey');
  });

  it('removes an area after its time to live, which is 30 seconds when it is not a number above zero', async () => {
    for (const ttl of ['0', 'abc', '-5', '30']) {
      const id = await store({ a: '1' }, ttl);
      await server.advance(29_000);
      expect((await server.send('GET', `/genesys/1/storage/${id}`)).status, ttl).to.equal(200);
      await server.advance(2_000);
      expect(codeOf(await server.send('GET', `/genesys/1/storage/${id}`)), ttl).to.deep.equal([
        404,
        'STORAGE_NOT_FOUND',
      ]);
    }
  });

  it('deletes, and answers 404 for unknown areas and keys and 400 for keys with an underscore', async () => {
    const id = await store({ a: '1' });
    expect(codeOf(await server.send('GET', `/genesys/1/storage/${id}/b`))).to.deep.equal([
      404,
      'STORAGE_KEY_NOT_FOUND',
    ]);
    expect(codeOf(await server.send('GET', `/genesys/1/storage/${id}/constructor`))).to.deep.equal([
      404,
      'STORAGE_KEY_NOT_FOUND',
    ]);
    expect(codeOf(await server.send('GET', `/genesys/1/storage/binary/${id}/a`))).to.deep.equal([
      404,
      'STORAGE_KEY_NOT_FOUND',
    ]);
    expect(codeOf(await server.send('POST', '/genesys/1/storage/60', { form: { _a: '1' } }))).to.deep.equal([
      400,
      'STORAGE_KEY_INVALID',
    ]);
    expect((await server.send('DELETE', `/genesys/1/storage/${id}`)).status).to.equal(200);
    expect(codeOf(await server.send('DELETE', `/genesys/1/storage/${id}`))).to.deep.equal([
      404,
      'STORAGE_NOT_FOUND',
    ]);
    expect(
      codeOf(await server.send('POST', `/genesys/1/storage/${id}/60`, { form: { a: '1' } })),
    ).to.deep.equal([404, 'STORAGE_NOT_FOUND']);
  });
});

describe('the sample page of the Storage API', () => {
  it('is served with a policy that lets only its own script and style run', async () => {
    const server = createTestServer();
    const page = await server.send('GET', '/genesys/resources/storagetest.html');
    await server.orsay.close();
    const part = (name: string): string =>
      new RegExp(`<${name}>([\\s\\S]*)</${name}>`).exec(page.text)?.[1] ?? '';
    const hashOf = (name: string): string =>
      `'sha256-${createHash('sha256').update(part(name)).digest('base64')}'`;
    expect([page.status, page.headers['content-type']]).to.deep.equal([200, 'text/html;charset=UTF-8']);
    expect(page.headers['content-security-policy']).to.equal(
      `default-src 'none'; script-src ${hashOf('script')}; style-src ${hashOf('style')}; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'`,
    );
    for (const id of ['ttl', 'Key1', 'Key2', 'Key3', 'create', 'update', 'query', 'delete']) {
      expect(page.text).to.include(`id="${id}"`);
    }
  });

  it('works as a page of another origin that http.origins lists, and of no other', async () => {
    const origin = 'https://pages.example.com';
    const server = createTestServer({
      config: (config) => ({ ...config, http: { ...config.http, origins: [origin] } }),
    });
    const headers = { origin, 'sec-fetch-site': 'cross-site' };
    const preflight = await server.send('OPTIONS', '/genesys/1/storage/x', {
      headers: { ...headers, 'access-control-request-method': 'DELETE' },
    });
    const created = await server.send('POST', '/genesys/1/storage/3600', {
      form: { Key1: 'Value1' },
      headers,
    });
    const { id } = created.json as { id: string };
    const queried = await server.send('GET', `/genesys/1/storage/${id}`, { headers });
    const deleted = await server.send('DELETE', `/genesys/1/storage/${id}`, { headers });
    const foreign = await server.send('POST', '/genesys/1/storage/3600', {
      form: { Key1: 'Value1' },
      headers: { ...headers, origin: 'https://other.example.com' },
    });
    await server.orsay.close();
    expect([preflight.status, preflight.headers['access-control-allow-origin']]).to.deep.equal([204, origin]);
    expect([queried.json, queried.headers['access-control-allow-origin']]).to.deep.equal([
      { Key1: 'Value1' },
      origin,
    ]);
    expect(deleted.status).to.equal(200);
    expect(codeOf(foreign)).to.deep.equal([403, 'ORIGIN_REFUSED']);
  });
});
