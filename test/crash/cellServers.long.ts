import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type ServerProcess, startOrsayProcess } from '../support/crash/orsayProcess.ts';
import { DatabaseProxy } from '../support/databaseProxy.ts';
import { requirePostgres, type TestPostgres } from '../support/postgres.ts';
import { runOrsay } from '../support/runOrsay.ts';

describe('two servers with one cell', () => {
  let postgres: TestPostgres;
  let proxy: DatabaseProxy;
  let database: string;
  let folder: string;
  const started: ServerProcess[] = [];

  before(async function () {
    postgres = await requirePostgres(this);
  });

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'orsay-cell-servers-'));
    database = await postgres.createDatabase();
    proxy = await DatabaseProxy.start(postgres);
  });

  afterEach(async () => {
    await Promise.all(started.splice(0).map((server) => server.kill()));
    await proxy.close();
    rmSync(folder, { recursive: true, force: true });
  });

  function start(node: string, env: Readonly<Record<string, string>> = {}): ServerProcess {
    const server = startOrsayProcess(join(folder, node), {
      ORSAY_CELL_DATABASE: proxy.through(database),
      ORSAY_CELL_NODE: node,
      ...env,
    });
    started.push(server);
    return server;
  }

  async function login(base: string, agent: string): Promise<number> {
    const response = await fetch(`${base}/agent/1/agents/${agent}`, {
      method: 'PUT',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ state: 'ready', groups: ['Billing'], media: ['chat'] }),
    });
    await response.arrayBuffer();
    return response.status;
  }

  const seen = async (base: string, agent: string): Promise<Response> =>
    fetch(`${base}/agent/1/agents/${agent}`);

  /** The first answer that is a refusal. A request that waits for the change of another one gets none. */
  async function refusal(base: string): Promise<Response> {
    for (;;) {
      try {
        const signal = AbortSignal.timeout(1_000);
        const answer = await fetch(`${base}/agent/1/agents/KSippola`, { signal });
        if (answer.status !== 200) return answer;
        await answer.arrayBuffer();
      } catch (error) {
        expect(error).to.have.property('name', 'TimeoutError');
      }
    }
  }

  it('answer both: the one that follows sends requests to the other one', async function () {
    this.timeout(120_000);
    const [first, second] = [start('a'), start('b')];
    const bases = [await first.ready, await second.ready];
    for (const [at, base] of bases.entries()) {
      expect(await login(base, `agent${at}`)).to.be.within(200, 204);
    }
    const roles: unknown[] = [];
    for (const base of bases) {
      expect((await seen(base, 'agent0')).status).to.equal(200);
      expect((await seen(base, 'agent1')).status).to.equal(200);
      const status = await fetch(`${base}/genesys/1/admin/node/status`, {
        headers: { Accept: 'application/json' },
      });
      roles.push(((await status.json()) as { readonly role: string }).role);
    }
    expect(roles.sort()).to.deep.equal(['follower', 'owner']);
  });

  it('of two cells send each other the requests for their ids', async function () {
    this.timeout(120_000);
    const [first, second] = [start('a'), start('b', { ORSAY_CELL: 'paris' })];
    const bases = [await first.ready, await second.ready];
    const made = await fetch(`${bases[1]}/genesys/1/storage/600`, {
      method: 'POST',
      body: new URLSearchParams({ colour: 'red' }),
    });
    const { id } = (await made.json()) as { readonly id: string };
    expect(id).to.match(/^paris_/);
    for (const base of bases) {
      const read = await fetch(`${base}/genesys/1/storage/${id}`);
      expect([read.status, await read.json()]).to.deep.equal([200, { colour: 'red' }]);
    }
    const unknown = await fetch(`${bases[0]}/genesys/1/storage/rome_${id.slice(6)}`);
    expect(unknown.status).to.equal(404);
    const handshake = await fetch(`${bases[1]}/genesys/cometd`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', gms_user: 'anna' },
      body: JSON.stringify([
        { channel: '/meta/handshake', version: '1.0', supportedConnectionTypes: ['long-polling'] },
      ]),
    });
    const [{ clientId }] = (await handshake.json()) as [{ readonly clientId: string }];
    expect(clientId).to.match(/^paris_/);
    const left = await fetch(`${bases[0]}/genesys/cometd`, {
      method: 'POST',
      headers: { 'Content-Type': 'application/json', gms_user: 'anna' },
      body: JSON.stringify([{ channel: '/meta/disconnect', clientId }]),
    });
    expect(await left.json()).to.deep.equal([{ channel: '/meta/disconnect', successful: true }]);
  });

  it('move a cell to the node that an administrator names, and drain a node', async function () {
    this.timeout(240_000);
    const first = start('a');
    expect(await login(await first.ready, 'KSippola')).to.be.within(200, 204);
    const [second, third] = [start('b'), start('c')];
    const bases = [await second.ready, await third.ready];
    for (const base of bases) expect((await seen(base, 'KSippola')).status).to.equal(200);
    const cells = async (...args: string[]): Promise<readonly [number | null, string]> => {
      const { code, stdout, stderr } = await runOrsay(['cells', ...args], {
        env: { ORSAY_CELL_DATABASE: database },
      });
      return [code, stdout + stderr];
    };
    while (!(await cells('list'))[1].includes('b c')) await new Promise((done) => setTimeout(done, 200));
    expect((await cells('move', 'main', 'x'))[1]).to.include(
      "Expected a node that follows the cell 'main' (b, c), got 'x'.",
    );
    expect(await cells('move', 'main', 'c')).to.deep.equal([0, "The cell 'main' moved from a to c.\n"]);
    expect((await first.ended).code).to.equal(0);
    expect((await seen(bases[0]!, 'KSippola')).status).to.equal(200);
    expect(await cells('drain', 'c')).to.deep.equal([0, "The cell 'main' moved from c to b.\n"]);
    expect((await seen(bases[0]!, 'KSippola')).status).to.equal(200);
    expect(await cells('drain', 'c')).to.deep.equal([0, "The node 'c' has no cell.\n"]);
  });

  it('end when the address of one leads to the other', async function () {
    this.timeout(120_000);
    const first = start('a');
    const base = await first.ready;
    expect(await login(base, 'KSippola')).to.be.within(200, 204);
    const second = start('b', { ORSAY_NODE_ADDRESS: base });
    const { code, output } = await second.ended;
    expect(code).to.equal(1);
    expect(output).to.include(`at ${base} answers the node 'a' of the cell 'main'`);
  });

  it('lose nothing when the one that answers is killed, or hands over', async function () {
    this.timeout(120_000);
    const first = start('a');
    expect(await login(await first.ready, 'KSippola')).to.be.within(200, 204);
    const second = start('b');
    await first.kill();
    const base = await second.ready;
    expect((await seen(base, 'KSippola')).status).to.equal(200);
    expect(await login(base, 'JDoe')).to.be.within(200, 204);
    const third = start('c');
    expect(await second.stop()).to.equal(0);
    const last = await third.ready;
    expect((await seen(last, 'KSippola')).status).to.equal(200);
    expect((await seen(last, 'JDoe')).status).to.equal(200);
  });

  it('answer 503 while PostgreSQL is silent, and end when they have lost the cell', async function () {
    this.timeout(120_000);
    const first = start('a');
    const base = await first.ready;
    expect(await login(base, 'KSippola')).to.be.within(200, 204);
    proxy.hold();
    const answer = await refusal(base);
    expect(answer.status).to.equal(503);
    expect((await fetch(`${base}/health/live`)).status).to.equal(200);
    expect((await fetch(`${base}/health/ready`)).status).to.equal(503);
    expect(await answer.json()).to.include({
      exception: 'orsay.UnavailableException',
      message: 'This node does not have the cell at present. Repeat the request at the other node, or later.',
    });
    await postgres.query(
      "UPDATE orsay.cells SET claim = 'another', owner = 'b', epoch = epoch + 1, beat = beat + 1",
      database,
    );
    proxy.release();
    proxy.cut();
    expect(await first.ended).to.have.property('code', 1);
  });

  it('say what is wrong with the settings of a cell', async () => {
    const env = { ORSAY_CELL_DATABASE: 'mysql://db/orsay', ORSAY_CELL_NODE: 'a' };
    const server = startOrsayProcess(join(folder, 'a'), env);
    const { code, output } = await server.ended;
    expect(code).to.equal(1);
    expect(output).to.equal(
      'Expected ORSAY_CELL_DATABASE to be a URL as postgres://user:password@host:5432/database.\n',
    );
  });
});
