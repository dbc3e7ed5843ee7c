import { createServer, type Server } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { expect } from 'chai';
import Koa from 'koa';
import type { BlobDraft } from '../../../engine/durable/blobPort.ts';
import { MemoryBlobs } from '../../../engine/durable/memory/memoryBlobs.ts';
import { parseBody } from '../../../server/bodies/parseBody.ts';
import { WireError } from '../../../server/errors/wireErrors.ts';
import { errorBoundary } from '../../../server/middleware/errorBoundary.ts';
import { createBodyBudget } from '../../support/bodyBudget.ts';
import { silentLog } from '../../support/silentLog.ts';
import { createSimulatedClock } from '../../support/simulatedClock.ts';

interface Seen {
  readonly form: Record<string, unknown>;
  readonly drafts: readonly { readonly name: string; readonly filename: string; readonly size: number }[];
  readonly head: string;
}

/** Bodies whose files go to the disk, over a socket. */
describe('the files of a body that go to the disk', () => {
  const budget = createBodyBudget({ bytes: 300_000 });
  let server: Server;
  let port: number;
  let blobs: MemoryBlobs;
  /** Every draft, and whether it was discarded. */
  let drafts: { readonly draft: BlobDraft; discarded: boolean }[];
  let begin: () => Promise<BlobDraft>;
  let onDiscard: () => void;

  beforeEach(async () => {
    blobs = new MemoryBlobs(createSimulatedClock());
    drafts = [];
    onDiscard = () => {};
    begin = async () => {
      const draft = await blobs.begin();
      const entry = { draft, discarded: false };
      drafts.push(entry);
      return {
        get size() {
          return draft.size;
        },
        write: (bytes) => draft.write(bytes),
        finish: () => draft.finish(),
        async discard() {
          entry.discarded = true;
          onDiscard();
        },
      };
    };
    const stage = { begin: () => begin() };
    const app = new Koa();
    app.use(errorBoundary({ log: silentLog }));
    app.use(
      parseBody(
        budget,
        () => false,
        (path) => (path === '/files' ? stage : undefined),
      ),
    );
    app.use((ctx) => {
      const staged = ctx.state.drafts ?? [];
      ctx.body = {
        form: ctx.state.form,
        drafts: staged.map(({ name, filename, draft }) => ({ name, filename, size: draft.size })),
        head: Buffer.from(staged[0]?.head ?? []).toString('latin1'),
      };
    });
    server = createServer(app.callback());
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    port = (server.address() as AddressInfo).port;
  });

  afterEach(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });

  async function post(form: FormData): Promise<{ readonly status: number; readonly body: Seen }> {
    const reply = await fetch(`http://127.0.0.1:${port}/files`, { method: 'POST', body: form });
    return { status: reply.status, body: (await reply.json()) as Seen };
  }

  it('are drafts with their first bytes, whatever the order of the parts', async () => {
    const file = new Blob([`head ${'x'.repeat(1_000_000)}`]);
    for (const isFirst of [true, false]) {
      const form = new FormData();
      if (isFirst) form.append('file', file, 'a.txt');
      form.append('secureKey', 'k1');
      if (!isFirst) form.append('file', file, 'a.txt');
      const { status, body } = await post(form);
      expect(status).to.equal(200);
      expect(body.form).to.deep.equal({ secureKey: 'k1' });
      expect(body.drafts).to.deep.equal([{ name: 'file', filename: 'a.txt', size: 1_000_005 }]);
      expect(body.head)
        .to.match(/^head x+$/)
        .and.have.length(4_096);
    }
    expect(drafts.map(({ discarded }) => discarded)).to.deep.equal([true, true]);
    expect(budget.bytes).to.equal(0);
  });

  it('have fields among them, also with a content type, which count as bodies in memory', async () => {
    const boundary = 'b1';
    const parts = [
      'Content-Disposition: form-data; name="file"; filename="a.txt"\r\nContent-Type: application/octet-stream\r\n\r\nabc',
      'Content-Disposition: form-data; name="secureKey"\r\nContent-Type: application/octet-stream\r\n\r\nk1',
    ];
    const payload = `${parts.map((part) => `--${boundary}\r\n${part}\r\n`).join('')}--${boundary}--\r\n`;
    const headers = { 'content-type': `multipart/form-data; boundary=${boundary}` };
    const reply = await fetch(`http://127.0.0.1:${port}/files`, { method: 'POST', headers, body: payload });
    expect(await reply.json()).to.deep.include({ form: { secureKey: 'k1' } });

    const large = new FormData();
    large.append('note', 'x'.repeat(400_000));
    expect((await post(large)).body).to.include({ code: 'SERVER_BUSY' });
    const larger = new FormData();
    larger.append('file', new Blob(['abc']), 'a.txt');
    larger.append('note', 'x'.repeat(250_000));
    expect((await post(larger)).status, 'below the budget').to.equal(200);
    expect(budget.bytes).to.equal(0);
  });

  it('may be empty, and only one', async () => {
    const form = new FormData();
    form.append('file', new Blob([]), 'empty.txt');
    expect((await post(form)).body.drafts).to.deep.equal([{ name: 'file', filename: 'empty.txt', size: 0 }]);
    form.append('file2', new Blob(['b']), 'b.txt');
    expect((await post(form)).status).to.equal(413);
    expect(drafts.every(({ discarded }) => discarded)).to.equal(true);
  });

  it('tell the reason of the stage that refuses them', async () => {
    const form = new FormData();
    form.append('file', new Blob(['abc'.repeat(100_000)]), 'a.txt');
    begin = () => Promise.reject(new WireError('TOO_MANY_REQUESTS', { message: 'no more uploads' }));
    expect(await post(form)).to.deep.include({ status: 429 });
    begin = async () => ({
      ...(await blobs.begin()),
      size: 0,
      write: () => Promise.reject(new WireError('STORE_UNAVAILABLE', { message: 'the disk is full' })),
      finish: () => Promise.reject(new Error('not reached')),
      discard: async () => {},
    });
    expect(await post(form)).to.deep.include({ status: 503 });
  });

  it('are discarded when the client vanishes in the middle, or sends less than it said', async () => {
    const discarded = new Promise<void>((resolve) => {
      onDiscard = resolve;
    });
    const socket = connect(port, '127.0.0.1');
    const head = '--b1\r\nContent-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\n';
    socket.write(
      `POST /files HTTP/1.1\r\nHost: a\r\nContent-Type: multipart/form-data; boundary=b1\r\nContent-Length: 1000000\r\n\r\n${head}${'x'.repeat(70_000)}`,
      () => setImmediate(() => socket.destroy()),
    );
    await discarded;
    expect(drafts).to.have.length(1);
    expect(await blobs.list()).to.deep.equal([]);
  });
});
