import { once } from 'node:events';
import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Readable } from 'node:stream';
import { expect } from 'chai';
import { MAX_WAITING_BYTES } from '../../server/adapters/lineOutput.ts';
import { type ServerProcess, startOrsayProcess } from '../support/crash/orsayProcess.ts';

/** Long, so that few requests fill what may wait. */
const PATH = `/${'x'.repeat(8_000)}`;

describe('the log of a server process', () => {
  let server: ServerProcess;
  let base: string;
  let stdout: Readable;
  let text: string;

  beforeEach(async () => {
    const folder = mkdtempSync(join(tmpdir(), 'orsay-test-'));
    server = startOrsayProcess(join(folder, 'data'), { ORSAY_LOG_LEVEL: 'debug' });
    stdout = server.child.stdout!;
    text = '';
    stdout.on('data', (chunk: string) => {
      text += chunk;
    });
    base = await server.ready;
  });

  afterEach(() => server.kill());

  async function ask(path: string): Promise<void> {
    expect((await fetch(`${base}${path}`)).status).to.equal(404);
  }

  const lines = (): Record<string, unknown>[] =>
    text
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as Record<string, unknown>);

  it('arrives whole, up to the last line before the end', async () => {
    for (let number = 0; number < 100; number++) await ask(`/${number}`);
    expect(await server.stop()).to.equal(0);
    const requests = lines().filter(({ msg }) => msg === 'request');
    expect(requests.map(({ path }) => path)).to.deep.equal(Array.from({ length: 100 }, (_, n) => `/${n}`));
    expect(lines().at(-1)).to.include({ msg: 'Stopping.', signal: 'SIGTERM' });
  });

  it('does not delay requests when nobody reads it, and reports the number of dropped lines', async function () {
    this.timeout(30_000);
    stdout.pause();
    const requests = Math.ceil((MAX_WAITING_BYTES * 1.3) / PATH.length);
    for (let number = 0; number < requests; number++) await ask(PATH);
    stdout.resume();
    while (!text.includes('dropped')) await once(stdout, 'data');
    await ask('/after');
    expect(await server.stop()).to.equal(0);

    const asked = lines().filter(({ msg }) => msg === 'request');
    const told = lines().filter(({ msg }) => String(msg).includes('dropped'));
    expect(told).to.have.length(1);
    expect(told[0]).to.deep.include({ level: 50, lines: requests + 1 - asked.length });
    expect(told[0]!.lines).to.be.greaterThan(0);
    expect(asked.at(-1)).to.include({ path: '/after' });
  });

  it('does not keep a server from stopping when nobody reads it', async () => {
    stdout.pause();
    for (let number = 0; number < 100; number++) await ask(PATH);
    server.child.kill('SIGTERM');
    const [code] = (await once(server.child, 'exit')) as [number | null];
    expect(code).to.equal(0);
    stdout.resume();
  });

  it('may lose its reader permanently', async () => {
    stdout.destroy();
    for (let number = 0; number < 20; number++) await ask(PATH);
    expect(await server.stop()).to.equal(0);
  });
});
