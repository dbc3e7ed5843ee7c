import { type ChildProcess, execFileSync, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { freePort } from '../support/freePort.ts';
import { requirePostgres } from '../support/postgres.ts';
import { hasProxy, startProxy, type TestProxy } from '../support/proxy.ts';
import { builtProgram } from '../support/testBuild.ts';

const EXAMPLE = resolve(import.meta.dirname, '../../examples/cluster');

describe('the three nodes and the nginx of examples/cluster', () => {
  let proxy: TestProxy;
  let base: string;
  let ports: readonly number[];
  let script: ChildProcess;
  let folder: string;

  before(async function () {
    this.timeout(120_000);
    if (!hasProxy('nginx')) {
      console.log('        skipped: this machine has no nginx');
      this.skip();
    }
    const postgres = await requirePostgres(this);
    const database = await postgres.createDatabase();
    folder = mkdtempSync(join(tmpdir(), 'orsay-three-nodes-'));
    ports = [await freePort(), await freePort(), await freePort()];
    proxy = await startProxy('nginx', readFileSync(join(EXAMPLE, 'nginx.conf'), 'utf8'), [0, ...ports]);
    base = proxy.url.replace('https', 'http');
    script = spawn(join(EXAMPLE, 'three-nodes.sh'), [folder], {
      env: {
        PATH: process.env.PATH ?? '',
        ORSAY_CELL_DATABASE: database,
        ORSAY_BASE_URL: base,
        ORSAY: `${process.execPath} ${builtProgram('server/main.ts')}`,
        PORTS: ports.join(' '),
      },
      stdio: 'ignore',
    });
    for (const port of ports) await until(async () => (await fetch(urlOf(port, '/health/ready'))).ok);
  });

  after(async () => {
    if (script !== undefined) {
      const ended = once(script, 'close');
      script.kill('SIGTERM');
      await ended;
    }
    await proxy?.close();
    if (folder !== undefined) rmSync(folder, { recursive: true, force: true });
  });

  const urlOf = (port: number, path: string): string => `http://127.0.0.1:${port}${path}`;

  /** Waits until the check holds. A server that is not there fails it. */
  async function until(check: () => Promise<boolean>): Promise<void> {
    while (!(await check().catch(() => false))) await new Promise((done) => setTimeout(done, 100));
  }

  /** The index of the node that has the cell. */
  async function ownerOf(): Promise<number> {
    for (;;) {
      for (const [at, port] of ports.entries()) {
        const headers = { Accept: 'application/json' };
        const reply = await fetch(urlOf(port, '/genesys/1/admin/node/status'), { headers }).catch(() => {});
        if (reply !== undefined && ((await reply.json()) as { role: string }).role === 'owner') return at;
      }
    }
  }

  function childrenOf(pid: number): readonly number[] {
    const listed = execFileSync('ps', ['-o', 'pid=', '--ppid', String(pid)], { encoding: 'utf8' });
    return listed
      .split(/\s+/)
      .filter((word) => word !== '')
      .map(Number);
  }

  it('answer through every death of an owner, with everything that was acknowledged', async function () {
    this.timeout(240_000);
    const ids: string[] = [];
    for (let round = 0; round < 3; round++) {
      const made = await fetch(`${base}/genesys/1/storage/600`, {
        method: 'POST',
        body: new URLSearchParams({ round: String(round) }),
      });
      expect(made.status).to.equal(200);
      ids.push(((await made.json()) as { id: string }).id);
      const keeper = childrenOf(script.pid!)[await ownerOf()]!;
      for (const pid of childrenOf(keeper)) process.kill(pid, 'SIGKILL');
      for (const [at, id] of ids.entries()) {
        const read = await fetch(`${base}/genesys/1/storage/${id}`);
        expect([read.status, await read.json()]).to.deep.equal([200, { round: String(at) }]);
      }
    }
  });
});
