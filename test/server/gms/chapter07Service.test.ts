import { expect } from 'chai';
import { asId } from '../../support/ids.ts';
import { MULTIPART, withFile } from '../../support/multipartFile.ts';
import { createTestServer, type TestReply, type TestServer } from '../../support/testServer.ts';

const codeOf = (reply: TestReply): unknown[] => [reply.status, (reply.json as { code?: string }).code];

describe('chapter 7, the Service API', () => {
  let server: TestServer;

  beforeEach(() => {
    server = createTestServer();
  });
  afterEach(() => server.orsay.close());

  it('gives the number and the code of the sample of Create', async () => {
    const own = createTestServer({
      config: (config) => ({
        ...config,
        accessNumbers: { DNIS: ['8003449999'] },
        services: {
          ...config.services,
          'request-interaction': { _type: 'builtin', _service: 'request-interaction', _ttl: '600' },
        },
      }),
    });
    const reply = await own.send('POST', '/genesys/1/service/request-interaction', {
      body: withFile({
        _phone_number: '6504669999',
        _provide_code: 'true',
        language: 'french',
        current_location_latitude: '48.8583',
        current_location_longitude: '2.2945',
      }),
      headers: MULTIPART,
    });
    const { _id, _access_number, _access_code } = reply.json as Record<string, string>;
    const data = await own.send('GET', `/genesys/1/service/${_id}/storage`);
    await own.orsay.close();
    expect([reply.status, _access_number]).to.deep.equal([200, '8003449999']);
    expect(_access_code).to.match(/^\d+$/);
    expect(data.json).to.deep.equal({
      language: 'french',
      current_location_latitude: '48.8583',
      current_location_longitude: '2.2945',
      FileKey: `http://orsay.test/genesys/1/service/${_id}/storage/binary/FileKey`,
    });
  });

  it('creates the smallest service: hello answers {"msg":"hello"}', async () => {
    const reply = await server.send('POST', '/genesys/1/service/hello');
    expect(reply.status).to.equal(200);
    const { _id, ...rest } = reply.json as { _id: string };
    expect(rest).to.deep.equal({ msg: 'hello' });
    expect(server.orsay.services.get(asId(_id))).to.include({
      name: 'hello',
      kind: 'session',
      state: 'COMPLETED',
    });
  });

  it('creates request-chat without a session, and returns the URL of the chat with _verbose', async () => {
    const plain = await server.send('POST', '/genesys/1/service/request-chat', { form: { usr_x: '1' } });
    const { _id } = plain.json as { _id: string };
    expect(plain.json).to.deep.equal({ _id });
    expect(server.orsay.services.get(asId(_id))).to.not.have.property('sessionId');
    expect((await server.send('GET', `/genesys/1/service/${_id}/storage/usr_x`)).json).to.deep.equal({
      usr_x: '1',
    });
    const verbose = await server.send('POST', '/genesys/1/service/request-chat', {
      form: { _verbose: 'true' },
    });
    const id = (verbose.json as { _id: string })._id;
    expect(verbose.json).to.deep.equal({
      '_chatIxnAPI-CREATE-URL': `/genesys/1/service/${id}/ixn/chat`,
      _id: id,
    });
    expect(codeOf(await server.send('POST', `/genesys/1/service/${id}/connect`))).to.deep.equal([
      400,
      'SERVICE_REQUEST_REFUSED',
    ]);
  });

  it('replays the samples of the storage of a service, key by key', async () => {
    const { _id: id } = (await server.send('POST', '/genesys/1/service/request-chat')).json as {
      _id: string;
    };
    const root = `/genesys/1/service/${id}/storage`;
    const values = { Key1: 'Value1', Key2: 'Value2', Key3: 'Value3' };
    const stored = await server.send('POST', root, { body: withFile(values), headers: MULTIPART });
    expect(stored.status).to.equal(200);
    const changes = { Key1: 'Value6', Key2: 'Value7', Key3: 'Value8' };
    expect((await server.send('POST', root, { form: changes })).status).to.equal(200);
    const file = await server.send('GET', `${root}/binary/FileKey`);
    expect([file.status, file.headers['content-type']]).to.deep.equal([200, 'image/png']);
    expect((await server.send('DELETE', `${root}/FileKey`)).status).to.equal(200);
    expect((await server.send('GET', root)).json).to.deep.equal({
      Key2: 'Value7',
      Key1: 'Value6',
      Key3: 'Value8',
    });
    // The chapter prints both {"key4":"value4"} and the bare value; this server answers the object.
    expect((await server.send('GET', `${root}/Key1`)).json).to.deep.equal({ Key1: 'Value6' });
    for (const name of ['key4', 'binary/myBinaryKey']) {
      expect(codeOf(await server.send('GET', `${root}/${name}`)), name).to.deep.equal([
        404,
        'STORAGE_KEY_NOT_FOUND',
      ]);
    }
    for (const path of [`${root}/Key1`, root, `/genesys/1/service/${id}`]) {
      expect((await server.send('DELETE', path)).status, path).to.equal(200);
    }
    expect(codeOf(await server.send('GET', root))).to.deep.equal([404, 'SERVICE_NOT_FOUND']);
  });

  it('stores, returns and deletes user data of a service', async () => {
    const { _id: id } = (await server.send('POST', '/genesys/1/service/request-chat')).json as {
      _id: string;
    };
    const root = `/genesys/1/service/${id}/storage`;
    await server.send('POST', root, {
      body: withFile({ Key1: 'Value1', Key2: 'Value2' }),
      headers: MULTIPART,
    });
    expect((await server.send('GET', root)).json).to.deep.equal({
      Key1: 'Value1',
      Key2: 'Value2',
      FileKey: `http://orsay.test${root}/binary/FileKey`,
    });
    expect((await server.send('GET', `${root}/Key1`)).json).to.deep.equal({ Key1: 'Value1' });
    expect((await server.send('GET', `${root}/binary/FileKey`)).headers['content-type']).to.equal(
      'image/png',
    );
    expect((await server.send('DELETE', `${root}/Key1`)).status).to.equal(200);
    expect((await server.send('DELETE', `${root}/FileKey`)).status).to.equal(200);
    expect((await server.send('GET', root)).json).to.deep.equal({ Key2: 'Value2' });
    expect(codeOf(await server.send('GET', `${root}/binary/FileKey`))).to.deep.equal([
      404,
      'STORAGE_KEY_NOT_FOUND',
    ]);
    expect(codeOf(await server.send('DELETE', `${root}/Key1`))).to.deep.equal([404, 'STORAGE_KEY_NOT_FOUND']);
    expect((await server.send('DELETE', root)).status).to.equal(200);
    expect((await server.send('GET', root)).json).to.deep.equal({});
  });

  it('deletes a service with its storage', async () => {
    const { _id: id } = (await server.send('POST', '/genesys/1/service/request-chat')).json as {
      _id: string;
    };
    expect((await server.send('DELETE', `/genesys/1/service/${id}`)).status).to.equal(200);
    expect(codeOf(await server.send('GET', `/genesys/1/service/${id}/storage`))).to.deep.equal([
      404,
      'SERVICE_NOT_FOUND',
    ]);
    expect(codeOf(await server.send('DELETE', `/genesys/1/service/${id}`))).to.deep.equal([
      404,
      'SERVICE_NOT_FOUND',
    ]);
  });

  it('answers 404 for a service that is not configured', async () => {
    for (const name of ['nothing', 'chat-delay', 'toString']) {
      expect(codeOf(await server.send('POST', `/genesys/1/service/${name}`)), name).to.deep.equal([
        404,
        'SERVICE_UNKNOWN',
      ]);
    }
  });

  it('serves the documents of templates, and no other file', async () => {
    const root = '/genesys/1/document/service_template';
    const document = await server.send('GET', `${root}/callback/src/inbound_chat.scxml`);
    expect(document.status).to.equal(200);
    expect(document.headers['content-type']).to.equal('application/xml;charset=UTF-8');
    expect(document.text).to.contain('<scxml');
    for (const path of [
      'callback/src/none.scxml',
      'callback/..%2fhello/hello.scxml',
      'callback/src/..%2f..%2f..%2fpackage.json',
      'nothing/x.scxml',
      '..%2f..%2f/etc/passwd',
      'callback/src%00',
    ]) {
      expect((await server.send('GET', `${root}/${path}`)).status, path).to.be.oneOf([400, 404]);
    }
  });

  it('gives a client a cookie JSESSIONID, unless it has one of this node', async () => {
    const cookieFor = async (cookie: string | undefined, method: 'GET' | 'POST' = 'POST') => {
      const url = `/genesys/1/service/${method === 'GET' ? `${id}/storage` : 'request-chat'}`;
      const { headers } = await server.send(method, url, cookie === undefined ? {} : { headers: { cookie } });
      return headers['set-cookie'] as string | undefined;
    };
    const first = await server.send('POST', '/genesys/1/service/request-chat');
    const { _id: id } = first.json as { _id: string };
    const [own] = String(first.headers['set-cookie']).split(';');
    expect(own).to.match(/^JSESSIONID=[0-9a-f]{32}\.node1$/);
    expect(await cookieFor(own)).to.equal(undefined);
    expect(await cookieFor('JSESSIONID=mjjvtphwb8lpce7io23ggxcu')).to.match(
      /^JSESSIONID=[0-9a-f]{32}\.node1;/,
    );
    expect(await cookieFor(undefined, 'GET')).to.equal(undefined);
  });
});
