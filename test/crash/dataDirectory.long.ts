import { execFileSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { call } from '../support/crash/load.ts';
import { type ServerProcess, startOrsayProcess } from '../support/crash/orsayProcess.ts';
import { type Recorder, startRecorder } from '../support/crash/recorder.ts';

const KEEPER = `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript">
  <datamodel><data id="kept" expr="[]"/></datamodel>
  <state id="keeping">
    <transition event="keep">
      <script>kept.push(_event.data.k)</script>
      <send event="tick" delay="1h"><param name="text" expr="_event.data.text"/></send>
    </transition>
  </state>
</scxml>`;

describe('the data directory of a running server', () => {
  let folder: string;
  const servers: ServerProcess[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'orsay-data-'));
  });

  afterEach(async () => {
    for (const server of servers.splice(0)) await server.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  function start(): ServerProcess {
    const server = startOrsayProcess(folder);
    servers.push(server);
    return server;
  }

  it('is refused to a second server, whose error names the holder; a killed holder leaves it free', async () => {
    const first = start();
    const base = await first.ready;
    const second = await start().ended;
    expect(second.code).to.equal(1);
    expect(second.output)
      .to.contain(`in use by process ${first.child.pid} on ${hostname()}`)
      .and.to.contain(folder);
    expect((await call(`${base}/genesys/1/admin/sessions`, { method: 'GET' })).status).to.equal(200);
    await first.kill();
    await start().ready;
  });
});

describe('a full disk under a running server', () => {
  let folder: string;
  let recorder: Recorder;
  let server: ServerProcess;
  let mounted = false;

  before(async function () {
    folder = mkdtempSync(join(tmpdir(), 'orsay-full-'));
    try {
      execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=6m', 'tmpfs', folder], { stdio: 'pipe' });
      mounted = true;
    } catch (error) {
      console.log(`      skipped: a small filesystem could not be mounted (${String(error).split('\n')[0]})`);
      this.skip();
    }
    recorder = await startRecorder();
  });

  after(async () => {
    if (mounted) {
      await server?.kill();
      await recorder.close();
      execFileSync('umount', [folder]);
    }
    rmSync(folder, { recursive: true, force: true });
  });

  it('answers 503 with a message, keeps exactly what was acknowledged, and goes on when there is room', async function () {
    this.timeout(60_000);
    const data = join(folder, 'data');
    mkdirSync(data);
    const ballast = join(folder, 'ballast');
    writeFileSync(ballast, Buffer.alloc(2 * 1024 * 1024));
    server = startOrsayProcess(data, { ORSAY_LOG_LEVEL: 'silent' });
    let base = await server.ready;
    const src = recorder.serve('keeper.scxml', KEEPER);
    const started = await call(`${base}/scxml/session/start`, { form: { src } });
    const id = String((started.body as { _id: string })._id);
    const acked: string[] = [];
    const refused: string[] = [];
    const text = 'x'.repeat(60_000);

    async function keep(k: string): Promise<number> {
      const { status, body } = await call(`${base}/scxml/session/${id}/event/keep`, {
        form: { k, text },
        key: k,
      });
      if (status === 503) {
        expect(body).to.deep.equal({
          message: 'The store did not accept the change; nothing was changed.',
          exception: 'orsay.StoreException',
          code: 'STORE_UNAVAILABLE',
        });
        refused.push(k);
      } else {
        expect(status).to.equal(200);
        acked.push(k);
      }
      return status;
    }

    async function kept(): Promise<unknown> {
      const { status, body } = await call(`${base}/scxml/session/${id}/query`, { method: 'GET' });
      expect(status).to.equal(200);
      return (body as { data: { kept: unknown } }).data.kept;
    }

    for (let number = 0; refused.length < 20; number++) await keep(`k${number}`);
    expect(acked.length).to.be.greaterThan(5);
    expect(await kept()).to.deep.equal(acked);

    // A refused request may be repeated with its key when there is room.
    expect(statSync(ballast).size).to.be.greaterThan(0);
    rmSync(ballast);
    expect(await keep(refused[0]!)).to.equal(200);
    expect(await kept()).to.deep.equal(acked);

    await server.kill();
    server = startOrsayProcess(data, { ORSAY_LOG_LEVEL: 'silent' });
    base = await server.ready;
    expect(await kept()).to.deep.equal(acked);
  });

  it('does not keep a server that was killed on it from starting again', async function () {
    this.timeout(60_000);
    await server.kill();
    const before = readdirSync(join(folder, 'data', 'store')).filter((name) => name !== 'orsay.lock');
    // The lock is written anew, and has no block on the disk.
    rmSync(join(folder, 'data', 'store', 'orsay.lock'), { force: true });
    expect(() => writeFileSync(join(folder, 'rest'), Buffer.alloc(16 * 1024 * 1024))).to.throw('ENOSPC');
    server = startOrsayProcess(join(folder, 'data'), { ORSAY_LOG_LEVEL: 'silent' });
    const base = await server.ready;
    expect((await call(`${base}/genesys/1/admin/sessions`, { method: 'GET' })).status).to.equal(200);
    expect(before).to.include('orsay-reserve');
  });
});
