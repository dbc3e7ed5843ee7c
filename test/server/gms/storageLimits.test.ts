import { expect } from 'chai';
import { createTestServer, type TestServer } from '../../support/testServer.ts';

function serverWith(storage: Record<string, number>): TestServer {
  return createTestServer({
    config: (config) => ({
      ...config,
      limits: { ...config.limits, storage: { ...config.limits.storage, ...storage } },
    }),
  });
}

function create(
  server: TestServer,
  user: string,
  ttl: number | string = 600,
): ReturnType<TestServer['send']> {
  return server.send('POST', `/genesys/1/storage/${ttl}`, {
    form: { colour: 'red' },
    headers: { gms_user: user },
  });
}

describe('the limits of the Storage API', () => {
  it('refuse one area too many of a user, and accept it when one was removed', async () => {
    const server = serverWith({ areasOfUser: 2 });
    const { id } = (await create(server, 'anna')).json as { readonly id: string };
    await create(server, 'anna');
    const refused = await create(server, 'anna');
    expect([refused.status, refused.json]).to.deep.equal([
      403,
      {
        message: "There are 2 storage areas of user 'anna'; limits.storage.areasOfUser is 2.",
        exception: 'orsay.QuotaException',
        code: 'QUOTA_EXCEEDED',
      },
    ]);
    expect((await create(server, 'berta')).status).to.equal(200);
    expect((await server.send('DELETE', `/genesys/1/storage/${id}`)).status).to.equal(200);
    expect((await create(server, 'anna')).status).to.equal(200);
  });

  it('count the user data of services, and leave no service behind when they refuse', async () => {
    const server = serverWith({ areasOfUser: 1 });
    const service = () =>
      server.send('POST', '/genesys/1/service/request-chat', {
        form: { reason: 'shoes' },
        headers: { gms_user: 'anna' },
      });
    const { _id } = (await service()).json as { readonly _id: string };
    expect((await service()).json).to.include({ code: 'QUOTA_EXCEEDED' });
    expect((await create(server, 'anna')).json).to.include({ code: 'QUOTA_EXCEEDED' });
    expect([...server.orsay.durable.scan('storage.area')]).to.have.length(1);
    await server.send('DELETE', `/genesys/1/service/${_id}`);
    expect((await service()).status).to.equal(200);
  });

  it('refuse a file whose field has too long a name', async () => {
    const server = serverWith({});
    const limit = 'MAX_FILE_NAME_BYTES (1024)';
    const send = (url: string, bytes: number): ReturnType<TestServer['send']> =>
      server.send('POST', url, {
        headers: { 'content-type': 'multipart/form-data; boundary=xx' },
        body: `--xx\r\nContent-Disposition: form-data; name="${'n'.repeat(bytes)}"; filename="a"\r\n\r\na\r\n--xx--\r\n`,
      });
    for (const url of ['/genesys/1/storage/60', '/genesys/1/service/request-chat']) {
      const { status, json } = await send(url, 1_025);
      expect([status, json], url).to.deep.equal([
        400,
        {
          message: `Expected the field of a file to have at most ${limit} bytes, got 1025: '${'n'.repeat(40)}...'.`,
          exception: 'com.genesyslab.gsg.services.storage.StorageException',
          code: 'STORAGE_KEY_INVALID',
        },
      ]);
    }
    expect((await send('/genesys/1/storage/60', 1_024)).status).to.equal(200);
  });

  it('refuse a time to live that is one second too long, and use 30 seconds for a wrong one', async () => {
    const server = serverWith({ ttl: 3600 });
    expect((await create(server, 'anna', 3600)).status).to.equal(200);
    const refused = await create(server, 'anna', 3601);
    expect([refused.status, refused.json]).to.deep.equal([
      400,
      {
        message: 'Expected a time to live of at most limits.storage.ttl (3600) seconds, got 3601.',
        exception: 'orsay.BadRequestException',
        code: 'PARAMETER_INVALID',
      },
    ]);
    const { id } = (await create(server, 'anna', '-5')).json as { readonly id: string };
    await server.advance(29_999);
    expect((await server.send('GET', `/genesys/1/storage/${id}`)).status).to.equal(200);
    await server.advance(1);
    expect((await server.send('GET', `/genesys/1/storage/${id}`)).status).to.equal(404);
  });
});
