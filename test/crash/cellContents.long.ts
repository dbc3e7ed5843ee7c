import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { initialText } from '../../server/process/config.ts';
import { eventually } from '../support/crash/load.ts';
import { type ServerProcess, startOrsayProcess } from '../support/crash/orsayProcess.ts';
import { requirePostgres, type TestPostgres } from '../support/postgres.ts';
import { orsDocument } from '../support/writeDocuments.ts';

const ADMIN = '/genesys/1/admin';
const HELLO = { _type: 'ors', _service: 'hello', _ttl: '60' };

/** A document that answers `start` with a word. */
function saying(word: string): string {
  return orsDocument(
    `<state id="s"><transition event="start">
       <ws:response requestid="_event.sendid"><param name="word" expr="'${word}'"/></ws:response>
     </transition></state>`,
    'initial="s"',
  );
}

describe('the owner of a cell is killed right after it acknowledged', () => {
  let postgres: TestPostgres;
  let database: string;
  let folder: string;
  let owner: ServerProcess;
  let follower: ServerProcess;
  let base: string;
  let nodes = 0;
  const started: ServerProcess[] = [];

  before(async function () {
    postgres = await requirePostgres(this);
  });

  beforeEach(async function () {
    this.timeout(120_000);
    folder = mkdtempSync(join(tmpdir(), 'orsay-cell-contents-'));
    database = await postgres.createDatabase();
  });

  afterEach(async () => {
    await Promise.all(started.splice(0).map((server) => server.kill()));
    rmSync(folder, { recursive: true, force: true });
  });

  /** A new node, with a data directory of its own. */
  function start(dataDir = join(folder, `d${nodes}`)): ServerProcess {
    const server = startOrsayProcess(dataDir, {
      ORSAY_CELL_DATABASE: database,
      ORSAY_CELL_NODE: `n${nodes++}`,
    });
    started.push(server);
    return server;
  }

  /** The first owner has a data directory of a server without a cell, with a configuration of its own. */
  async function startBoth(parts: Readonly<Record<string, object>>): Promise<string> {
    const path = join(folder, 'before');
    mkdirSync(path);
    const initial = JSON.parse(initialText()) as Record<string, object>;
    const changed = Object.entries(parts).map(([name, part]) => [name, { ...initial[name], ...part }]);
    const text = JSON.stringify({ ...initial, ...Object.fromEntries(changed) });
    writeFileSync(join(path, 'config.json'), text);
    owner = start(path);
    base = await owner.ready;
    await answering();
    follower = start();
    return text;
  }

  const answering = (): Promise<unknown> =>
    eventually(
      () => `an answer of ${base}`,
      async () => {
        const status = await fetch(`${base}${ADMIN}/services`).then(
          (reply) => reply.arrayBuffer().then(() => reply.status),
          () => 0,
        );
        return status === 200 ? true : undefined;
      },
    );

  /** SIGKILL of the owner. The follower answers next, and a new node follows it. */
  async function killOwner(): Promise<void> {
    await owner.kill();
    owner = follower;
    base = await owner.ready;
    await answering();
    follower = start();
  }

  async function send(method: string, path: string, given: RequestInit = {}): Promise<Response> {
    const reply = await fetch(`${base}${path}`, { method, ...given });
    const body = await reply.arrayBuffer();
    return new Response(body, reply);
  }

  async function json(method: string, path: string, given?: RequestInit): Promise<unknown> {
    const reply = await send(method, path, given);
    const text = await reply.text();
    expect(reply.status, `${method} ${path}: ${text}`).to.equal(200);
    return JSON.parse(text);
  }

  const putJson = (value: unknown): RequestInit => ({
    body: JSON.stringify(value),
    headers: { 'Content-Type': 'application/json' },
  });

  const putDocument = (word: string): RequestInit => ({
    body: saying(word),
    headers: { 'Content-Type': 'application/xml' },
  });

  async function word(): Promise<unknown> {
    const reply = (await json('POST', '/genesys/1/service/greet')) as { readonly word: string };
    return reply.word;
  }

  it('a service, a template, a roll back and a file of a chat, and loses none', async function () {
    this.timeout(300_000);
    await startBoth({ chat: { files: { 'upload-need-agent': false } } });

    await json('PUT', `${ADMIN}/templates/greet`, putDocument('one'));
    await killOwner();
    await json('PUT', `${ADMIN}/services/greet`, putJson({ ...HELLO, _service: 'greet' }));
    await killOwner();
    expect(await word()).to.equal('one');
    const { version } = (await json('GET', `${ADMIN}/templates/greet`)) as { readonly version: string };

    await json('PUT', `${ADMIN}/templates/greet`, putDocument('two'));
    await killOwner();
    expect(await word()).to.equal('two');
    await json('POST', `${ADMIN}/templates/greet/rollback`, putJson({ version }));
    await killOwner();
    expect(await word()).to.equal('one');

    const chat = '/genesys/2/chat/customer-support';
    const opened = (await json('POST', chat, { body: new URLSearchParams({ nickname: 'John' }) })) as {
      readonly chatId: string;
      readonly secureKey: string;
    };
    const content = Buffer.alloc(900_001, 'abcdefg');
    const form = new FormData();
    form.set('alias', '0');
    form.set('secureKey', opened.secureKey);
    form.set('file', new File([content], 'a.txt'));
    const uploaded = (await json('POST', `${chat}/${opened.chatId}/file`, { body: form })) as {
      readonly userData: { readonly 'file-id': string };
    };
    await killOwner();
    const key = new URLSearchParams({ secureKey: opened.secureKey });
    const file = await send(
      'POST',
      `${chat}/${opened.chatId}/file/${uploaded.userData['file-id']}/download`,
      { body: key },
    );
    expect(file.status).to.equal(200);
    expect(Buffer.compare(Buffer.from(await file.arrayBuffer()), content)).to.equal(0);

    await json('DELETE', `${ADMIN}/services/greet`);
    await killOwner();
    expect((await send('GET', `${ADMIN}/services/greet`)).status).to.equal(404);
    const left = readdirSync(folder).flatMap((name) => readdirSync(join(folder, name)));
    expect(new Set(left)).to.deep.equal(new Set(['cells', 'config.json.imported']));
  });

  it('the files of its data directory, which the first owner puts into the cell', async function () {
    this.timeout(120_000);
    const text = await startBoth({ services: { greet: HELLO } });
    const path = join(folder, 'before');
    expect(readdirSync(path).sort()).to.deep.equal(['cells', 'config.json.imported']);
    expect(readFileSync(join(path, 'config.json.imported'), 'utf8')).to.equal(text);
    await killOwner();
    expect(await json('GET', `${ADMIN}/services/greet`)).to.deep.equal(HELLO);
  });
});
