import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { BuiltFiles } from '../../../server/console/builtFiles.ts';
import { startOrsay } from '../../support/orsay.ts';
import { createTestServer } from '../../support/testServer.ts';

describe('the pages of the console', () => {
  it('are at /console, where / leads to', async () => {
    const server = createTestServer();
    const [start, without] = [await server.send('GET', '/'), await server.send('GET', '/console')];
    expect([start.status, start.headers.location]).to.deep.equal([302, 'console/']);
    expect([without.status, without.headers.location]).to.deep.equal([302, 'console/']);
    await server.orsay.close();
  });

  it('run only files of the server, and no other page may frame them', async () => {
    const server = createTestServer();
    const { headers, text } = await server.send('GET', '/console/sessions/0123');
    expect(headers['content-security-policy']).to.equal(
      "default-src 'self'; img-src 'self' data: blob:; object-src 'none'; base-uri 'self'; form-action 'none'; frame-ancestors 'none'",
    );
    expect(headers['cache-control']).to.equal('no-store');
    expect(headers['content-type']).to.equal('text/html;charset=UTF-8');
    expect(text).to.match(/^<!doctype html>/);
    await server.orsay.close();
  });

  it('have no file outside of the build', async () => {
    const server = createTestServer();
    const outside = ['assets/../../../package.json', 'assets/..%2f..%2fpackage.json', 'docs/..%2findex.html'];
    for (const path of ['assets/none.js', 'docs/', 'docs/guides/none.html', ...outside]) {
      const { status, text } = await server.send('GET', `/console/${path}`);
      expect(text, path).not.to.include('"dependencies"');
      expect(status, path).to.equal(404);
    }
    await server.orsay.close();
  });

  it('do not exist on a listener of customers', async () => {
    const orsay = await startOrsay({
      listeners: [{ address: '127.0.0.1', port: 0, audiences: ['customer'] }],
    });
    for (const path of ['/', '/console', '/console/', '/console/login', '/console/assets/x.js']) {
      expect((await fetch(`${orsay.urls[0]}${path}`)).status, path).to.equal(404);
    }
    await orsay.close();
  });
});

describe('the files of the built console', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'orsay-console-'));
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  it('are none before the build, and those of the last build after it', () => {
    const files = new BuiltFiles(folder);
    expect(files.page('index.html')).to.equal(undefined);
    mkdirSync(join(folder, 'assets'));
    writeFileSync(join(folder, 'assets/main-1.js'), 'one');
    writeFileSync(join(folder, 'assets/main-1.js.gz'), 'packed');
    writeFileSync(join(folder, 'assets/notes.txt'), 'not for a browser');
    writeFileSync(join(folder, 'index.html'), '<html>');
    expect(files.page('index.html')).to.deep.equal({
      type: 'text/html;charset=UTF-8',
      bytes: Buffer.from('<html>'),
    });
    expect(files.asset('assets/main-1.js')).to.deep.equal({
      type: 'text/javascript;charset=UTF-8',
      bytes: Buffer.from('one'),
      gzip: Buffer.from('packed'),
    });
    expect(files.asset('assets/notes.txt')).to.equal(undefined);
    expect(files.asset('../package.json')).to.equal(undefined);
  });
});
