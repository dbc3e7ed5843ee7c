import { execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { chmodSync, existsSync, mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { mapped, runDockerfile, type Stage } from '../support/dockerfile.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const run = promisify(execFile);

describe('the Dockerfile, its steps run without Docker', function () {
  // Installs all dependencies and builds.
  this.timeout(300_000);

  let folder: string;
  let stage: Stage;

  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'orsay-docker-'));
    chmodSync(folder, 0o755);
    stage = runDockerfile(ROOT, folder);
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  it('makes an image with the built server and no development dependency', () => {
    expect(existsSync(join(stage.root, 'app/dist/server/main.js'))).to.equal(true);
    expect(existsSync(join(stage.root, 'app/node_modules/koa'))).to.equal(true);
    expect(existsSync(join(stage.root, 'app/node_modules/mocha'))).to.equal(false);
    expect(existsSync(join(stage.root, 'app/server'))).to.equal(false);
  });

  it('runs as a user without rights, who owns the volume of the data', () => {
    expect(stage.user).to.equal('1000:1000');
    expect(stage.volumes).to.deep.equal(['/data']);
    if (process.getuid?.() === 0) expect(statSync(join(stage.root, 'data')).uid).to.equal(1000);
  });

  it('serves, is healthy by its own check, and stops on SIGTERM', async () => {
    const env: Record<string, string> = {
      PATH: process.env.PATH ?? '',
      ...Object.fromEntries(Object.entries(stage.env).map(([name, value]) => [name, mapped(stage, value)])),
      ORSAY_ADMIN_USER: 'admin',
      ORSAY_ADMIN_PASSWORD: 'secret',
      ORSAY_CUSTOMERS: 'open',
      PORT: '0',
    };
    const [uid, gid] = stage.user!.split(':').map(Number) as [number, number];
    const [program, ...args] = stage.command as [string, ...string[]];
    const server = spawn(program, args, {
      cwd: stage.root + stage.workdir,
      env,
      stdio: ['ignore', 'pipe', 'inherit'],
      ...(process.getuid?.() === 0 && { uid, gid }),
    });
    try {
      let port: string | undefined;
      for await (const line of createInterface({ input: server.stdout })) {
        port = /listening on http:\/\/[^:]+:(\d+)/.exec(line)?.[1];
        if (port !== undefined) break;
      }
      const [check, ...checkArgs] = stage.healthcheck as [string, ...string[]];
      await run(check, checkArgs, { env: { ...env, PORT: port! } });
      const refused = run(check, checkArgs, { env: { ...env, PORT: '1' } });
      expect(await refused.catch((error) => error.code)).to.equal(1);
      expect(existsSync(join(stage.root, 'data/store'))).to.equal(true);
    } finally {
      server.kill('SIGTERM');
      const [code] = await once(server, 'exit');
      expect(code).to.equal(0);
    }
  });
});
