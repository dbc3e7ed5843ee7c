import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { openFileBlobs } from '../../../engine/durable/files/fileBlobs.ts';
import type { ChatRecord } from '../../../strategies/chat/index.ts';
import { createFileChatServer, type FileChatServer, multipartBody, NTF } from '../../support/fileChat.ts';

/** Uploads over a socket, with contents as files on the disk. */
describe('an upload into a chat', () => {
  let folder: string;
  let blobs: string;
  let server: FileChatServer;
  let chat: ChatRecord;
  let url: string;

  async function open(limits: object = {}): Promise<void> {
    folder = mkdtempSync(join(tmpdir(), 'orsay-files-'));
    blobs = join(folder, 'blobs');
    server = createFileChatServer({
      blobs: openFileBlobs({ path: blobs }),
      config: (initial) => ({
        ...initial,
        chat: {
          ...initial.chat,
          files: { ...initial.chat.files, 'upload-max-files': 1_000, 'upload-max-total-size': 10 ** 9 },
        },
        limits: { ...initial.limits, files: { ...initial.limits.files, ...limits } },
      }),
    });
    ({ url } = await server.orsay.listen(0, '127.0.0.1'));
    chat = await server.openChat();
    await server.agentJoins(chat.id);
  }

  afterEach(async () => {
    await server.orsay.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function upload(name: string, content: string | Buffer): Promise<Response> {
    const form = new FormData();
    form.append('secureKey', chat.secureKey);
    form.append('file', new Blob([content]), name);
    return fetch(`${url}${NTF}`, { method: 'POST', body: form });
  }

  async function fileId(reply: Response): Promise<string> {
    const { userData } = (await reply.json()) as { readonly userData: { readonly 'file-id': string } };
    return userData['file-id'];
  }

  function download(id: string): Promise<Response> {
    const body = new URLSearchParams({ operation: 'fileDownload', secureKey: chat.secureKey, fileId: id });
    return fetch(`${url}${NTF}`, { method: 'POST', body });
  }

  /** The files on the disk, when no request is under way. */
  async function settled(count: number): Promise<readonly string[]> {
    const until = Date.now() + 5_000;
    while (readdirSync(blobs).length !== count && Date.now() < until) await new Promise(setImmediate);
    return readdirSync(blobs);
  }

  it('never uses a name of a client as a path', async () => {
    await open();
    for (const name of ['../../../evil.txt', '/tmp/evil.txt', 'C:\\evil.txt', 'a\u0000.txt', '.txt']) {
      const reply = await upload(name, 'hello');
      expect([200, 400], name).to.include(reply.status);
    }
    for (const name of readdirSync(blobs)) expect(name).to.match(/^[0-9a-f-]{36}-5-[0-9a-f]{8}$/);
    expect(readdirSync(folder)).to.deep.equal(['blobs']);
  });

  it('is served as it was stored, or not at all when the disk changed it', async () => {
    await open();
    const content = Buffer.from('x'.repeat(2_000_000));
    const id = await fileId(await upload('a.txt', content));
    const reply = await download(id);
    expect(Buffer.from(await reply.arrayBuffer()).equals(content)).to.equal(true);
    const [blob] = readdirSync(blobs);
    const changed = readFileSync(join(blobs, blob!));
    changed[1_999_999]! ^= 1;
    writeFileSync(join(blobs, blob!), changed);
    expect((await download(id)).status).to.equal(500);
    rmSync(join(blobs, blob!));
    expect((await download(id)).status).to.equal(500);
  });

  it('leaves nothing when it is refused, or its client vanishes or lies about its length', async () => {
    await open();
    expect((await upload('a.exe', 'x'.repeat(300_000))).status).to.equal(400);
    expect((await upload('a.txt', 'x'.repeat(3_000_000))).status).to.equal(400);
    expect(await settled(0)).to.deep.equal([]);
    const body = multipartBody([
      { field: 'secureKey', content: chat.secureKey },
      { field: 'file', filename: 'a.txt', content: 'x'.repeat(500_000) },
    ]);
    const { port } = new URL(url);
    for (const [length, sent] of [
      [body.length, 300_000],
      [body.length + 1_000, body.length - 500],
    ] as const) {
      const head = `POST ${NTF} HTTP/1.1\r\nHost: ${new URL(url).host}\r\nContent-Type: multipart/form-data; boundary=a-boundary\r\nContent-Length: ${length}\r\n\r\n`;
      const socket = connect(Number(port), '127.0.0.1');
      socket.write(head);
      await new Promise<void>((resolve) => socket.write(body.subarray(0, sent), () => resolve()));
      await settled(1);
      socket.destroy();
      expect(await settled(0)).to.deep.equal([]);
    }
    expect(server.orsay.chatFiles.list(chat.id)).to.deep.equal([]);
    expect(server.orsay.chatFiles.clientState(chat.id).usedFiles).to.equal(0);
  });

  it('has a small number of others beside it, and slow ones do not stop the rest for ever', async () => {
    await open({ uploads: 2 });
    const { port, host } = new URL(url);
    const begin = `--b\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nxxx`;
    const slow = [0, 1].map(() => connect(Number(port), '127.0.0.1'));
    for (const socket of slow) {
      socket.write(
        `POST ${NTF} HTTP/1.1\r\nHost: ${host}\r\nContent-Type: multipart/form-data; boundary=b\r\nContent-Length: 1000\r\n\r\n${begin}`,
      );
    }
    expect(await settled(2)).to.have.length(2);
    expect((await upload('a.txt', 'hello')).status).to.equal(429);
    for (const socket of slow) socket.destroy();
    await settled(0);
    expect((await upload('a.txt', 'hello')).status).to.equal(200);
  });

  it('takes only so many small files of one chat, together with deleted ones', async () => {
    await open({ filesOfChat: 20 });
    const statuses: number[] = [];
    for (let index = 0; index < 30; index++) {
      const reply = await upload(`${index}.txt`, String(index));
      statuses.push(reply.status);
      if (reply.status !== 200) continue;
      const body = new URLSearchParams({
        operation: 'fileDelete',
        secureKey: chat.secureKey,
        fileId: await fileId(reply),
      });
      expect((await fetch(`${url}${NTF}`, { method: 'POST', body })).status).to.equal(200);
    }
    expect(statuses.filter((status) => status === 200)).to.have.length(20);
    expect(readdirSync(blobs)).to.deep.equal([]);
  });

  it('counts for the chat, the account and all together, also when many come at once', async () => {
    await open({ bytesOfChat: 1_000 });
    const replies = await Promise.all(
      Array.from({ length: 10 }, (_, index) => upload(`${index}.txt`, 'x'.repeat(300))),
    );
    expect(replies.filter(({ status }) => status === 200)).to.have.length(3);
    expect(await settled(3)).to.have.length(3);
  });

  it('does not hold a large field in memory, and does not open archives', async () => {
    await open();
    const form = new FormData();
    form.append('secureKey', chat.secureKey);
    form.append('userData[file-description]', 'x'.repeat(1_100_000));
    form.append('file', new Blob(['hello']), 'a.txt');
    expect((await fetch(`${url}${NTF}`, { method: 'POST', body: form })).status).to.equal(413);
    const small = new FormData();
    small.append('secureKey', chat.secureKey);
    small.append('userData[file-description]', 'x'.repeat(10_000));
    small.append('file', new Blob(['hello']), 'a.txt');
    expect((await fetch(`${url}${NTF}`, { method: 'POST', body: small })).status).to.equal(400);
    // The beginning of an archive whose only entry says that it has 4 GiB.
    const bomb = Buffer.from('504b0304140000000800000000000000000000000000ffffffff0a000000', 'hex');
    expect((await upload('a.docx', Buffer.concat([bomb, Buffer.from('word/a.xml')]))).status).to.equal(200);
    expect(await settled(1)).to.have.length(1);
  });
});
