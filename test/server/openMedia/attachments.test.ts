import { expect } from 'chai';
import { MemoryBlobs } from '../../../engine/durable/memory/memoryBlobs.ts';
import {
  kate,
  MAIL,
  type OpenMediaCentre,
  openMediaCentre,
  openMediaConfig,
} from '../../support/openMediaCentre.ts';
import type { TestReply } from '../../support/testServer.ts';

const PNG = Buffer.from([
  0x89, 0x50, 0x4e, 0x47, 0x0d, 0x0a, 0x1a, 0x0a, 0, 0, 0, 0x0d, 0x49, 0x48, 0x44, 0x52,
]);
type Attachment = readonly [name: string, content: string | Buffer];

function multipart(fields: Readonly<Record<string, string>>, files: readonly Attachment[]): Buffer {
  const begin = '--b\r\nContent-Disposition: form-data; name=';
  return Buffer.concat([
    ...Object.entries(fields).map(([name, value]) => Buffer.from(`${begin}"${name}"\r\n\r\n${value}\r\n`)),
    ...files.flatMap(([name, content]) => [
      Buffer.from(`${begin}"files"; filename="${name}"\r\nContent-Type: text/plain\r\n\r\n`),
      Buffer.from(content),
      Buffer.from('\r\n'),
    ]),
    Buffer.from('--b--\r\n'),
  ]);
}

describe('the files of an e-mail', () => {
  let centre: OpenMediaCentre;
  let blobs: MemoryBlobs;
  const open = (options: Record<string, string> = {}) => {
    blobs = new MemoryBlobs({ now: () => centre.server.clock.now() });
    centre = openMediaCentre({
      server: { blobs },
      config: (config) => {
        const base = openMediaConfig(config);
        return {
          ...base,
          services: { ...base.services, support: { ...base.services.support!, ...options } },
        };
      },
    });
  };
  beforeEach(() => open());
  afterEach(() => centre.server.orsay.close());

  const send = (
    files: readonly Attachment[],
    headers: Readonly<Record<string, string>> = {},
    path = 'email/support',
  ): Promise<TestReply> =>
    centre.server.send('POST', `/genesys/2/${path}`, {
      body: multipart(MAIL, files),
      headers: { 'content-type': 'multipart/form-data; boundary=b', ...headers },
    });
  const idOf = ({ json }: TestReply) => (json as { interactionId: string }).interactionId;
  const adviceOf = ({ status, json }: TestReply) => {
    const { statusCode, errors } = json as { statusCode: number; errors?: [{ advice: string }] };
    return [status, statusCode, errors?.[0].advice];
  };
  const blobCount = async () => (await blobs.list()).length;

  it('are shown to its customer by name, and downloaded by its agent', async () => {
    const created = await send([
      ['offer.txt', 'hello'],
      ['../../pic.png', PNG],
    ]);
    expect(created.json).to.include({ statusCode: 0 });
    const id = idOf(created);
    await centre.server.advance(0);
    expect((await centre.get(id, 'email/support')).email).to.deep.include({
      text: MAIL.text,
      attachments: [
        { name: 'offer.txt', size: 5, contentType: 'text/plain' },
        { name: 'pic.png', size: PNG.length, contentType: 'image/png' },
      ],
    });
    await kate(centre, ['email']);
    await centre.agent('POST', `interactions/${id}/accept`);
    const { files } = (await centre.agent('GET', `interactions/${id}/files`)).json as {
      files: { fileId: string; name: string; by: object }[];
    };
    expect(files.map(({ name, by }) => [name, by])).to.deep.equal([
      ['offer.txt', { type: 'CLIENT', nickname: 'John Doe' }],
      ['pic.png', { type: 'CLIENT', nickname: 'John Doe' }],
    ]);
    const content = await centre.agent('GET', `interactions/${id}/files/${files[0]!.fileId}`);
    expect([content.status, content.text]).to.deep.equal([200, 'hello']);
  });

  it('are refused when they are too many, too large together, or of another type; nothing is kept', async () => {
    await centre.server.orsay.close();
    open({ max_files: '2', max_size: '1', file_types: 'txt' });
    const half = 'x'.repeat(600_000);
    expect(
      adviceOf(
        await send([
          ['a.txt', 'a'],
          ['b.txt', 'b'],
          ['c.txt', 'c'],
        ]),
      ),
    ).to.deep.equal([400, 2, 'Expected at most 2 files of the customer, got more.']);
    expect(
      adviceOf(
        await send([
          ['a.txt', half],
          ['b.txt', half],
        ]),
      ),
    ).to.deep.equal([400, 2, 'Expected at most 1048576 bytes, got more.']);
    expect(adviceOf(await send([['a.png', PNG]])).slice(0, 2)).to.deep.equal([400, 2]);
    expect(adviceOf(await send([['a.txt', PNG]])).slice(0, 2)).to.deep.equal([400, 2]);
    expect(await blobCount()).to.equal(0);
    expect(
      (
        await send([
          ['a.txt', half],
          ['b.txt', 'b'],
        ])
      ).json,
    ).to.include({ statusCode: 0 });
    expect(await blobCount()).to.equal(2);
  });

  it('are kept once for a repeated request, and a refused e-mail leaves none', async () => {
    const headers = { 'idempotency-key': 'k1' };
    const first = await send([['a.txt', 'a']], headers);
    expect((await send([['a.txt', 'a']], headers)).json).to.deep.equal(first.json);
    expect(await blobCount()).to.equal(1);
    expect(
      (
        await centre.server.send('POST', '/genesys/2/email/support', {
          body: multipart({ ...MAIL, subject: '' }, [['a.txt', 'a']]),
          headers: { 'content-type': 'multipart/form-data; boundary=b' },
        })
      ).status,
    ).to.equal(400);
    expect(await blobCount()).to.equal(1);
    expect(adviceOf(await send([['a.txt', 'a']], {}, 'openmedia/submitter'))).to.deep.equal([
      400,
      2,
      'Expected no files: only an e-mail has attachments.',
    ]);
  });

  it('go with the data of its customer, and with the e-mail', async () => {
    await send([['a.txt', 'a']]);
    const removed = await centre.server.send(
      'DELETE',
      '/genesys/1/admin/customers?emailAddress=jdoe@gmail.com',
    );
    expect((removed.json as { removed: object }).removed).to.include({ openMedia: 1, files: 1 });
    expect(await blobCount()).to.equal(0);
    const id = idOf(await send([['a.txt', 'a']]));
    await centre.post(`email/support/${id}/stop`);
    await centre.server.advance(29 * 86_400_000);
    expect(await blobCount()).to.equal(1);
    await centre.server.advance(2 * 86_400_000);
    expect(await blobCount()).to.equal(0);
  });

  it('are not uploaded by agents, since the customer could not get them', async () => {
    const id = await centre.mail();
    await kate(centre, ['email']);
    await centre.agent('POST', `interactions/${id}/accept`);
    const refused = await centre.server.send('POST', `/agent/1/interactions/${id}/files`, {
      body: multipart({}, [['a.txt', 'a']]),
      headers: { 'content-type': 'multipart/form-data; boundary=b' },
    });
    expect(refused.status).to.equal(409);
    expect(await blobCount()).to.equal(0);
  });
});
