import { expect } from 'chai';
import type { ChatRecord } from '../../../strategies/chat/index.ts';
import { createFileChatServer, type FileChatServer, NTF } from '../../support/fileChat.ts';

const DEFAULTS = {
  'download-attempts': '10',
  'upload-max-files': '3',
  'delete-file': 'odd',
  'upload-max-file-size': '2097152',
  'used-download-attempts': '0',
  'used-upload-max-total-size': '0',
  'upload-need-agent': 'true',
  'used-upload-max-files': '0',
  'upload-max-total-size': '5242880',
  'upload-file-types': 'bmp:csv:doc:docx:gif:htm:jpg:pdf:png:ppt:pptx:tif:txt:xls:xlsx',
};
const PNG = Buffer.from('89504e470d0a1a0a0000000d49484452', 'hex');

interface Reply {
  readonly messages: readonly { readonly userData: Readonly<Record<string, string>> }[];
  readonly userData: { readonly 'file-id': string };
  readonly errors: readonly { readonly code: number; readonly advice: string }[];
}

describe('files of Chat V2', () => {
  let server: FileChatServer;
  let chat: ChatRecord;

  function open(files: object = {}, limits: object = {}): void {
    server = createFileChatServer({
      config: (initial) => ({
        ...initial,
        chat: { ...initial.chat, files: { ...initial.chat.files, ...files } },
        limits: { ...initial.limits, files: { ...initial.limits.files, ...limits } },
      }),
    });
  }

  beforeEach(async () => {
    open();
    chat = await server.openChat();
  });
  afterEach(() => server.orsay.close());

  async function limits(): Promise<Readonly<Record<string, string>>> {
    const form = { operation: 'fileGetLimits', secureKey: chat.secureKey };
    const { json } = await server.send('POST', NTF, { form });
    return (json as Reply).messages[0]!.userData;
  }

  /** Uploads with an agent in the chat. Returns the id of the file. */
  async function uploaded(filename = 'a.txt', content: string | Buffer = 'March invoice'): Promise<string> {
    await server.agentJoins(chat.id);
    const { json } = await server.upload(chat.secureKey, filename, content);
    return (json as Reply).userData['file-id'];
  }

  function download(fileId: string, secureKey = chat.secureKey) {
    return server.send('POST', NTF, { form: { operation: 'fileDownload', secureKey, fileId } });
  }

  function entries(): readonly unknown[] {
    const view = server.orsay.chats.transcript(chat.id);
    return view.entries
      .filter(({ type }) => type.startsWith('Notice.File'))
      .map(({ type, party, userData }) => ({ type, from: party.nickname, userData }));
  }

  it('tell their limits as ten texts, in every form of the request', async () => {
    const reply = {
      messages: [
        {
          from: { nickname: 'JohnS', participantId: 1, type: 'Client' },
          text: 'file-client-cfg-get',
          type: 'Notice',
          utcTime: server.clock.now(),
          userData: DEFAULTS,
        },
      ],
      chatEnded: false,
      statusCode: 0,
      alias: '0',
      secureKey: chat.secureKey,
      userId: chat.userId,
      chatId: chat.id,
    };
    const { secureKey } = chat;
    const rest = `/genesys/2/chat/customer-support/${chat.id}/file/limits`;
    const replies = await Promise.all([
      server.send('POST', NTF, { form: { operation: 'fileGetLimits', secureKey } }),
      server.send('POST', NTF, { form: { operation: 'fileGetsLimits', secureKey } }),
      server.send('POST', NTF, { json: { operation: 'fileGetLimits', secureKey } }),
      server.multipart(NTF, [
        { field: 'secureKey', type: 'application/octet-stream', content: secureKey },
        { field: 'operation', type: 'application/octet-stream', content: 'fileGetLimits' },
      ]),
      server.send('POST', rest, { form: { secureKey, userId: chat.userId, alias: '0' } }),
      server.multipart(`${rest}/`, [{ field: 'secureKey', content: secureKey }]),
    ]);
    for (const { status, json } of replies) {
      expect(status).to.equal(200);
      expect(json).to.deep.equal(reply);
    }
  });

  it('go up, come down as an attachment, and are deleted; everybody in the chat learns it', async () => {
    const id = await uploaded('../../March "invoice".txt');
    expect(id).to.match(/^[0-9A-F]{16}$/);
    const reply = await download(id);
    expect(reply.status).to.equal(200);
    expect(reply.text).to.equal('March invoice');
    expect(reply.headers).to.include({
      'content-type': 'text/plain',
      'content-length': '13',
      'content-disposition': 'attachment; filename="March \\"invoice\\".txt"',
      'x-content-type-options': 'nosniff',
      'content-security-policy': "default-src 'none'; sandbox",
    });
    expect(await limits()).to.deep.equal({
      ...DEFAULTS,
      'used-download-attempts': '1',
      'used-upload-max-files': '1',
      'used-upload-max-total-size': '13',
    });
    const form = { operation: 'fileDelete', fileId: id, secureKey: chat.secureKey };
    expect((await server.send('POST', NTF, { form })).json).to.deep.equal({
      messages: [],
      chatEnded: false,
      statusCode: 0,
      alias: '0',
      secureKey: chat.secureKey,
      userId: chat.userId,
      chatId: chat.id,
    });
    const userData = { 'file-id': id, 'file-name': 'March "invoice".txt', 'file-size': '13' };
    expect(entries()).to.deep.equal([
      { type: 'Notice.FileUploaded', from: 'JohnS', userData },
      { type: 'Notice.FileDeleted', from: 'JohnS', userData },
    ]);
    expect(await limits()).to.include({ 'used-upload-max-files': '0', 'used-upload-max-total-size': '0' });
    expect((await download(id)).status).to.equal(500);
  });

  it('take the parts in any order, their data, and an upload without an operation', async () => {
    await server.agentJoins(chat.id);
    const { json } = await server.multipart(NTF, [
      { field: 'file', filename: 'a.png', content: PNG },
      { field: 'userData[file-description]', type: 'application/octet-stream', content: 'a photo' },
      { field: 'userData[userKey1]', content: 'User value 1' },
      { field: 'userData[file-id]', content: 'not this' },
      { field: 'secureKey', type: 'application/octet-stream', content: chat.secureKey },
    ]);
    const id = (json as Reply).userData['file-id'];
    expect(entries()).to.deep.equal([
      {
        type: 'Notice.FileUploaded',
        from: 'JohnS',
        userData: {
          userKey1: 'User value 1',
          'file-description': 'a photo',
          'file-id': id,
          'file-name': 'a.png',
          'file-size': '16',
        },
      },
    ]);
    expect((await download(id.toLowerCase())).headers['content-type']).to.equal('image/png');
  });

  it('have the same operations at the URLs of REST', async () => {
    await server.agentJoins(chat.id);
    const root = `/genesys/2/chat/customer-support/${chat.id}/file`;
    const { secureKey } = chat;
    const { json } = await server.multipart(root, [
      { field: 'secureKey', content: secureKey },
      { field: 'alias', content: '0' },
      { field: 'file', filename: 'a.txt', content: 'hello' },
    ]);
    const id = (json as Reply).userData['file-id'];
    const page = await server.multipart(`${root}/${id}/download`, [
      { field: 'secureKey', content: secureKey },
    ]);
    expect(page).to.include({ status: 200, text: 'hello' });
    expect((await server.send('POST', `${root}/${id}/delete`, { form: { secureKey } })).json).to.include({
      statusCode: 0,
      chatEnded: false,
    });
    const other = await server.openChat();
    const wrong = await server.send('POST', `/genesys/2/chat/customer-support/${other.id}/file/limits`, {
      form: { secureKey },
    });
    expect(wrong.json).to.deep.include({ statusCode: 2, chatEnded: true });
    const urls = [`/genesys/2/chat/sales/${chat.id}/file/limits`, `${root}/limits`];
    const fields = [{}, { userId: other.userId }];
    for (const [index, url] of urls.entries()) {
      const { json: refused } = await server.send('POST', url, { form: { secureKey, ...fields[index] } });
      expect((refused as Reply).errors[0]?.code, url).to.equal(8201);
    }
    const old = { secureKey, userId: 'deprecated', chatId: '', alias: '0' };
    expect((await server.send('POST', `${root}/limits`, { form: old })).json).to.include({ statusCode: 0 });
  });

  it('need an agent, unless the configuration says otherwise', async () => {
    const refused = await server.upload(chat.secureKey, 'a.txt', 'hello');
    expect(refused.status).to.equal(400);
    expect((refused.json as Reply).errors[0]).to.have.property('code', 249);
    await server.orsay.close();
    open({ 'upload-need-agent': false });
    chat = await server.openChat();
    expect((await server.upload(chat.secureKey, 'a.txt', 'hello')).status).to.equal(200);
  });

  it('are refused with 201, 202 and 203, and the limit as advice', async () => {
    await server.agentJoins(chat.id);
    const errorsOf = async (filename: string, content: string | Buffer) => {
      const { status, json } = await server.upload(chat.secureKey, filename, content);
      expect(status).to.equal(400);
      return (json as Reply).errors;
    };
    expect(await errorsOf('a.txt', 'x'.repeat(2_097_153))).to.deep.equal([{ code: 202, advice: '2097152' }]);
    for (const [name, content] of [
      ['a.exe', 'MZ'],
      ['a', 'hello'],
      ['a.png', '<html><script>alert(1)</script></html>'],
      ['a.jpg', '<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'],
      ['a.txt', PNG],
      ['photo.png.exe', PNG],
      ['a.svg', '<svg xmlns="http://www.w3.org/2000/svg"/>'],
    ] as const) {
      expect((await errorsOf(name, content))[0]?.code, name).to.equal(203);
    }
    const big = 'x'.repeat(2_000_000);
    expect((await server.upload(chat.secureKey, 'a.txt', big)).status).to.equal(200);
    expect((await server.upload(chat.secureKey, 'b.txt', big)).status).to.equal(200);
    expect(await errorsOf('c.txt', big), 'in all').to.deep.equal([{ code: 202, advice: '5242880' }]);
    expect((await server.upload(chat.secureKey, 'c.txt', 'x')).status).to.equal(200);
    expect(await errorsOf('d.txt', 'x')).to.deep.equal([{ code: 201, advice: '3' }]);
  });

  it('are refused beyond fileBytes of any party, also when the body is much longer', async () => {
    await server.orsay.close();
    open({ 'upload-max-file-size': 10_000_000 }, { fileBytes: 1_000 });
    chat = await server.openChat();
    await server.agentJoins(chat.id);
    const { status, json } = await server.upload(chat.secureKey, 'a.txt', 'x'.repeat(3_000_000));
    expect(status).to.equal(400);
    expect((json as Reply).errors).to.deep.equal([{ code: 202, advice: '1000' }]);
  });

  it('are downloaded only so often', async () => {
    const id = await uploaded();
    for (let attempt = 0; attempt < 10; attempt++) expect((await download(id)).status).to.equal(200);
    const refused = await download(id);
    expect(refused.status).to.equal(500);
    expect(refused.headers['content-type']).to.equal('text/html;charset=UTF-8');
    const reference = /referenceId\[([0-9a-f]{16})\]/.exec(refused.text)?.[1];
    const line = server.lines.find(({ fields }) => fields.referenceId === reference);
    expect(line?.message).to.equal('A download was refused.');
    expect((await limits())['used-download-attempts']).to.equal('10');
  });

  it('do not exist for the customer of another chat', async () => {
    const id = await uploaded();
    const other = await server.openChat('Eve');
    await server.agentJoins(other.id);
    expect((await download(id, other.secureKey)).status).to.equal(500);
    expect((await download(id, 'nonsense')).status).to.equal(500);
    expect((await download('../../../etc/passwd')).status).to.equal(500);
    const form = { operation: 'fileDelete', fileId: id, secureKey: other.secureKey };
    const refused = await server.send('POST', NTF, { form });
    expect(refused.status).to.equal(400);
    expect((refused.json as Reply).errors[0]?.code).to.equal(404);
    const stranger = await server.send('POST', NTF, { form: { ...form, secureKey: 'nonsense' } });
    expect(stranger).to.deep.include({ status: 200 });
    expect(stranger.json).to.deep.include({ statusCode: 2, chatEnded: true });
    expect((await download(id)).status).to.equal(200);
  });

  it('of an ended chat can be downloaded, and no more come', async () => {
    const id = await uploaded();
    await server.orsay.chats.disconnect(chat.id);
    expect((await download(id)).text).to.equal('March invoice');
    const { status, json } = await server.upload(chat.secureKey, 'b.txt', 'late');
    expect(status).to.equal(200);
    expect(json).to.deep.include({ statusCode: 2, chatEnded: true, chatId: chat.id });
    expect((json as Reply).errors[0]?.code).to.equal(249);
    const form = { operation: 'fileDelete', fileId: id, secureKey: chat.secureKey };
    expect((await server.send('POST', NTF, { form })).json).to.deep.include({ statusCode: 2 });
  });

  it('are told what was expected when a request cannot be read', async () => {
    const { secureKey } = chat;
    const unknown = await server.send('POST', NTF, { form: { operation: 'fileCopy', secureKey } });
    expect(unknown.status).to.equal(400);
    expect((unknown.json as Reply).errors[0]?.advice).to.include('fileGetLimits');
    const none = await server.send('POST', NTF, { form: { operation: 'fileUpload', secureKey } });
    expect(none.status).to.equal(400);
    expect((none.json as Reply).errors[0]?.advice).to.include("part 'file'");
  });

  it('are kept once under one idempotency key', async () => {
    await server.agentJoins(chat.id);
    const parts = [
      { field: 'operation', content: 'fileUpload' },
      { field: 'secureKey', content: chat.secureKey },
      { field: 'file', filename: 'a.txt', content: 'hello' },
    ];
    const replies = [];
    for (let attempt = 0; attempt < 3; attempt++) {
      replies.push((await server.multipart(NTF, parts, { 'idempotency-key': 'k1' })).json);
    }
    expect(new Set(replies.map((reply) => (reply as Reply).userData['file-id'])).size).to.equal(1);
    expect((await limits())['used-upload-max-files']).to.equal('1');
  });

  it('leave with their chat', async () => {
    const id = await uploaded();
    await server.orsay.chats.disconnect(chat.id);
    await server.advance(23 * 3_600_000);
    expect((await download(id)).status).to.equal(200);
    await server.advance(3 * 3_600_000);
    expect(server.orsay.chats.get(chat.id)).to.equal(undefined);
    expect(server.orsay.chatFiles.list(chat.id)).to.deep.equal([]);
    expect([...server.orsay.durable.scan('storage.blob')]).to.deep.equal([]);
    expect([...server.orsay.durable.scan('chat.fileUsage')]).to.deep.equal([]);
  });
});
