import { expect } from 'chai';
import { MAX_GMS_USER } from '../../../server/access/guard.ts';
import { createTestServer } from '../../support/testServer.ts';

describe('a request that no honest client sends', () => {
  it('is refused with a reason when its gms_user is too long for a key of the store', async () => {
    const server = createTestServer();
    for (const path of ['/genesys/1/service/request-chat', '/genesys/1/storage/60', '/genesys/cometd']) {
      const headers = { gms_user: 'a'.repeat(MAX_GMS_USER + 1) };
      const reply = await server.send('POST', path, { form: { a: '1' }, headers });
      expect([path, reply.status, reply.json]).to.deep.equal([
        path,
        400,
        {
          message: 'Expected a gms_user of at most MAX_GMS_USER (256) characters, got 257.',
          exception: 'orsay.BadRequestException',
          code: 'PARAMETER_INVALID',
        },
      ]);
    }
    await server.orsay.close();
  });

  it('is refused with a reason when it names a document by an object', async () => {
    const server = createTestServer();
    for (const one of ['allow', 'block']) {
      const path = `/genesys/1/admin/documents/${one}`;
      const reply = await server.send('POST', path, { json: { document: { toString: 1, valueOf: 1 } } });
      expect([reply.status, (reply.json as { code: string }).code]).to.deep.equal([400, 'PARAMETER_INVALID']);
    }
    await server.orsay.close();
  });
});
