import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { setTimeout } from 'node:timers/promises';
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

/** Waits for what comes a moment later; the deadline is generous, it is not what is tested. */
async function until(condition: () => Promise<boolean>): Promise<void> {
  for (const deadline = Date.now() + 10_000; !(await condition()); await setTimeout(50)) {
    if (Date.now() > deadline) throw new Error('What was waited for did not come in 10 s.');
  }
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

  it('is killed in the middle of a walk, and finishes it when it is started again', async function () {
    // Seven starts of a process, on a machine that may be busy.
    this.timeout(120_000);
    const env = {
      PORT: String(await freePort()),
      ORSAY_DATA_DIR: join(mkdtempSync(join(tmpdir(), 'orsay-test-')), 'data'),
    };
    let running = await startServer(env);
    const kill = async (): Promise<void> => {
      running.child.kill('SIGKILL');
      await outputOf(running.child);
    };
    const restart = async (): Promise<void> => {
      await kill();
      running = await startServer(env);
    };
    const call = async (
      path: string,
      form: Record<string, string> = {},
    ): Promise<Record<string, unknown>> => {
      const reply = await fetch(`${running.base}${path}`, {
        method: 'POST',
        body: new URLSearchParams(form),
      });
      expect(reply.status, path).to.equal(200);
      return (await reply.json()) as Record<string, unknown>;
    };
    const get = async (path: string): Promise<Record<string, unknown>[]> =>
      (await (await fetch(`${running.base}${path}`)).json()) as Record<string, unknown>[];
    try {
      const agent = { state: 'ready', groups: ['Billing'], media: ['chat'] };
      await fetch(`${running.base}/agent/1/agents/KSippola`, {
        method: 'PUT',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(agent),
      });
      await restart();
      const callback = '/genesys/1/service/callback/chat-delay';
      const { _id: id } = await call(callback, { _customer_number: '1', usr_reason: 'billing' });
      await restart();
      const service = `/genesys/1/service/${id}`;
      expect(await call(`${service}/connect`)).to.include({ _action: 'StartChat' });
      await restart();
      const { chatSessionId } = await call(`${service}/ixn/chat`, { firstName: 'James', subject: 'None' });
      await restart();
      const offers = '/agent/1/agents/KSippola/interactions';
      await until(async () => (await get(offers)).length > 0);
      expect((await get(offers))[0]).to.deep.include({ interactionId: chatSessionId, state: 'offered' });
      await call(`/agent/1/interactions/${chatSessionId}/accept`);
      await restart();
      await call(`${service}/ixn/chat/send`, { message: 'hello agent' });
      await restart();
      const { transcriptToShow } = await call(`${service}/ixn/chat/refresh`, { transcriptPosition: '1' });
      expect((transcriptToShow as string[][]).map(([type, name, text]) => [type, name, text])).to.deep.equal([
        ['Notice.Joined', 'KSippola', 'has joined the session'],
        ['Message.Text', 'James', 'hello agent'],
      ]);
      await call(`${service}/ixn/chat/disconnect`);
      await restart();
      const record = async (): Promise<unknown> => (await get(`${callback}?_customer_number=1`))[0];
      await until(
        async () => ((await record()) as { _callback_state: string })._callback_state === 'COMPLETED',
      );
      expect(await record()).to.include({ _id: id, _callback_reason: 'AGENT_CONNECTED' });
    } finally {
      await kill();
    }
  });

  it('stops when npm, which started it, is told to', async () => {
    const port = await freePort();
    const npm = spawn('npm', ['start'], {
      cwd: ROOT,
      env: {
        ...process.env,
        PORT: String(port),
        ORSAY_LOG_LEVEL: 'silent',
        ORSAY_DATA_DIR: join(mkdtempSync(join(tmpdir(), 'orsay-test-')), 'data'),
      },
      stdio: ['ignore', 'pipe', 'ignore'],
    });
    const status = `http://127.0.0.1:${port}/genesys/1/admin/node/status`;
    const isUp = (): Promise<boolean> =>
      fetch(status).then(
        () => true,
        () => false,
      );
    await until(isUp);
    npm.kill('SIGTERM');
    await until(async () => !(await isUp()));
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
