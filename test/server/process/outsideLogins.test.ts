import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { loginsSchema, outsideLogins, readLoginFiles } from '../../../server/process/config/logins.ts';
import { NamedFiles } from '../../../server/process/namedFiles.ts';
import { silentLog } from '../../support/silentLog.ts';
import { createSimulatedClock } from '../../support/simulatedClock.ts';

describe('the logins of the server at others', () => {
  const clock = createSimulatedClock();
  let folder: string;
  before(() => {
    folder = mkdtempSync(join(tmpdir(), 'orsay-logins-'));
    writeFileSync(join(folder, 'urs'), 'secret\n');
    writeFileSync(join(folder, 'other'), 'word: 2');
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  function logins(given: object) {
    const files = new NamedFiles(folder);
    const parsed = loginsSchema.parse(given);
    const read = readLoginFiles(parsed, files);
    files.requireUsable();
    return outsideLogins(parsed, read, { clock, log: silentLog });
  }

  /** The user and the password that a request to the URL gets. */
  function sent(made: ReturnType<typeof logins>, url: string, headers: Record<string, string> = {}): string {
    const { authorization = 'none' } = made.withLogin(new URL(url), headers);
    const [scheme, text = ''] = authorization.split(' ');
    return scheme === 'Basic' ? Buffer.from(text, 'base64').toString('utf8') : authorization;
  }

  it('count for URLs below their prefix, and the longest prefix counts', () => {
    const made = logins({
      'http://urs.example:8080/urs': { user: 'orsay', passwordFile: 'urs' },
      'http://urs.example:8080/urs/call/': { user: 'caller', passwordFile: 'other' },
    });
    expect(sent(made, 'http://urs.example:8080/urs/help?x=1')).to.equal('orsay:secret');
    expect(sent(made, 'http://urs.example:8080/urs')).to.equal('orsay:secret');
    expect(sent(made, 'http://urs.example:8080/urs/call/start')).to.equal('caller:word: 2');
    for (const other of [
      'http://urs.example:8080/',
      'http://urs.example:8080/ursula',
      'http://urs.example:8080/urs/../genesys/1',
      'http://urs.example:8080/urs/%2e%2e/genesys/1',
      'http://urs.example:8081/urs/help',
      'https://urs.example:8080/urs/help',
      'http://urs.example:8080@evil.example/urs/help',
      'http://me@urs.example:8080/urs/help',
    ]) {
      expect(sent(made, other), other).to.equal('none');
    }
    const own = { Authorization: 'Bearer of-me' };
    expect(made.withLogin(new URL('http://urs.example:8080/urs/help'), own)).to.deep.equal(own);
  });

  it('follow their file when it changes', async () => {
    const made = logins({ 'http://a.example/': { user: 'orsay', passwordFile: 'urs' } });
    writeFileSync(join(folder, 'urs'), 'a longer secret');
    await clock.advance(10_000, async () => {});
    expect(sent(made, 'http://a.example/urs')).to.equal('orsay:a longer secret');
  });

  it('are refused with a wrong URL, name or file, and no message has a password', () => {
    const of = (url: string, login: object = {}): object => ({
      [url]: { user: 'orsay', passwordFile: 'urs', ...login },
    });
    for (const wrong of [
      of('urs.example'),
      of('ftp://urs.example/'),
      of('http://me:secret@urs.example/'),
      of('http://urs.example/?a=1'),
      of('http://urs.example/', { user: 'a:b' }),
      of('http://urs.example/', { user: '' }),
      of('http://urs.example/', { password: 'secret' }),
    ]) {
      expect(loginsSchema.safeParse(wrong).success, JSON.stringify(wrong)).to.equal(false);
    }
    writeFileSync(join(folder, 'two'), 'one secret\ntwo secrets');
    for (const [file, message] of [
      ['two', 'expected one line with a password of at most 1024 characters'],
      ['missing', 'no such file'],
    ] as const) {
      expect(() => logins(of('http://urs.example/', { passwordFile: file })))
        .to.throw(`http.logins.http://urs.example/.passwordFile`)
        .with.property('message')
        .that.includes(message)
        .and.not.includes('secrets');
    }
  });
});
