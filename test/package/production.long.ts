import { execFile } from 'node:child_process';
import { cpSync, mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { call } from '../support/crash/load.ts';
import { startCheckout } from '../support/crash/orsayProcess.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const SOURCES = [
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'engine',
  'strategies',
  'server',
  'cli',
  'scxml',
  'console',
  'docs',
  'scripts',
];

describe('a checkout without development dependencies', function () {
  this.timeout(300_000);

  let folder: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'orsay-production-'));
    for (const name of SOURCES) cpSync(join(ROOT, name), join(folder, name), { recursive: true });
    await promisify(execFile)('npm', ['ci', '--omit=dev', '--prefer-offline', '--no-audit', '--no-fund'], {
      cwd: folder,
    });
  });

  after(() => rmSync(folder, { recursive: true, force: true }));

  it('serves by npm start', async () => {
    const server = startCheckout(folder, join(folder, 'data'));
    try {
      const { body } = await call(`${await server.ready}/genesys/1/service/callback/chat-delay`, {
        form: { _customer_number: '1' },
      });
      expect(body).to.include({ _action: 'ConfirmationDialog' });
    } finally {
      await server.stop();
    }
  });
});
