import { spawn } from 'node:child_process';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { expect } from 'chai';
import { call, eventually } from '../support/crash/load.ts';
import { startOrsayProcess } from '../support/crash/orsayProcess.ts';

const ROOT = resolve(import.meta.dirname, '../..');

describe('the server process', function () {
  // Each test starts processes, on a machine that may be busy.
  this.timeout(60_000);

  let folder: string;

  beforeEach(() => {
    folder = join(mkdtempSync(join(tmpdir(), 'orsay-test-')), 'data');
  });

  it('stops on SIGTERM, and has its services and sessions after a restart', async () => {
    const callbacks = '/genesys/1/service/callback/chat-delay';
    const first = startOrsayProcess(folder);
    const created = await call(`${await first.ready}${callbacks}`, { form: { _customer_number: '1' } });
    const { _id: id } = created.body as { _id: string };
    expect(await first.stop()).to.equal(0);

    const second = startOrsayProcess(folder);
    try {
      const base = await second.ready;
      const found = await call(`${base}${callbacks}?_customer_number=1`, { method: 'GET' });
      expect((found.body as object[])[0]).to.include({ _id: id, _callback_state: 'QUEUED' });
      const connected = await call(`${base}/genesys/1/service/${id}/connect`);
      expect(connected.body).to.include({ _action: 'StartChat', _id: id });
    } finally {
      second.child.kill('SIGINT');
      expect((await second.ended).code).to.equal(0);
    }
  });

  it('stops when the npm that started it is stopped', async () => {
    const npm = spawn('npm', ['start'], {
      cwd: ROOT,
      env: { ...process.env, PORT: '0', ORSAY_LOG_LEVEL: 'silent', ORSAY_DATA_DIR: folder },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    let address: string | undefined;
    for await (const line of createInterface({ input: npm.stdout })) {
      address = /listening on (http:\S+?)[,)]/.exec(line)?.[1];
      if (address !== undefined) break;
    }
    const status = `${address}/genesys/1/admin/node/status`;
    expect((await fetch(status)).status).to.equal(200);
    npm.kill('SIGTERM');
    await eventually(
      () => 'the end of the server',
      () =>
        fetch(status).then(
          () => undefined,
          () => 'ended',
        ),
    );
  });

  it('refuses a host that others can reach without an administrator, and says how to configure one', async () => {
    const { code, output } = await startOrsayProcess(folder, { HOST: '0.0.0.0' }).ended;
    expect(code).to.equal(1);
    expect(output)
      .to.contain("listen on '0.0.0.0'")
      .and.to.contain('ORSAY_ADMIN_USER')
      .and.to.contain('ORSAY_CUSTOMERS');
  });
});
