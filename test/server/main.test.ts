import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect } from 'chai';

const ROOT = resolve(import.meta.dirname, '../..');

interface Running {
  readonly child: ChildProcess;
  readonly base: string;
}

/** The server as `npm start` runs it. */
function spawnServer(env: Record<string, string>): ChildProcess {
  return spawn(process.execPath, ['--import', 'tsx', 'server/main.ts'], {
    cwd: ROOT,
    env: { PATH: process.env.PATH ?? '', ORSAY_LOG_LEVEL: 'silent', ...env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
}

async function outputOf(child: ChildProcess): Promise<{ code: number | null; stderr: string }> {
  let stderr = '';
  child.stderr?.on('data', (chunk) => {
    stderr += String(chunk);
  });
  const [code] = (await once(child, 'close')) as [number | null];
  return { code, stderr };
}

async function startServer(env: Record<string, string>): Promise<Running> {
  const child = spawnServer(env);
  let text = '';
  for await (const chunk of child.stdout ?? []) {
    text += String(chunk);
    const ready = /Orsay is ready at (\S+)/.exec(text);
    if (ready) return { child, base: ready[1] as string };
  }
  throw new Error(`The server did not start: ${text}`);
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  return typeof address === 'object' && address !== null ? address.port : 0;
}

describe('the server process', () => {
  it('stops on SIGTERM, and finds its services and sessions again when it is started again', async () => {
    const env = {
      PORT: String(await freePort()),
      ORSAY_DATA_DIR: join(mkdtempSync(join(tmpdir(), 'orsay-test-')), 'data'),
    };
    const first = await startServer(env);
    const root = `${first.base}/genesys/1/service/callback/chat-delay`;
    const created = await fetch(root, {
      method: 'POST',
      body: new URLSearchParams({ _customer_number: '1' }),
    });
    const { _id: id } = (await created.json()) as { _id: string };
    first.child.kill('SIGTERM');
    expect((await outputOf(first.child)).code).to.equal(0);

    const second = await startServer(env);
    try {
      const found = (await (await fetch(`${root}?_customer_number=1`)).json()) as object[];
      expect(found[0]).to.include({ _id: id, _callback_state: 'QUEUED' });
      const connected = await fetch(`${second.base}/genesys/1/service/${id}/connect`, { method: 'POST' });
      expect(await connected.json()).to.include({ _action: 'StartChat', _id: id });
    } finally {
      second.child.kill('SIGINT');
      expect((await outputOf(second.child)).code).to.equal(0);
    }
  });

  it('refuses to be reached by others without an administrator, and says how to set one', async () => {
    const folder = join(mkdtempSync(join(tmpdir(), 'orsay-test-')), 'data');
    const { code, stderr } = await outputOf(
      spawnServer({ HOST: '0.0.0.0', PORT: '0', ORSAY_DATA_DIR: folder }),
    );
    expect(code).to.equal(1);
    expect(stderr).to.contain("HOST is '0.0.0.0'").and.to.contain('ORSAY_ADMIN_USER');
  });
});
