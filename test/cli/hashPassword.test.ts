import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import { readPassword } from '../../cli/hashPasswordCommand.ts';
import { PasswordThread } from '../../server/identity/passwordThread.ts';
import { runOrsay } from '../support/runOrsay.ts';

describe('orsay hash-password', () => {
  it('prints the hash of the first line of standard input', async () => {
    for (const input of ['pä:ss wörd\nanother line\n', 'pä:ss wörd']) {
      const { code, stdout, stderr } = await runOrsay(['hash-password'], { input });
      expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
      expect(stdout).to.match(/^scrypt\$[0-9a-f]{32}\$[0-9a-f]{64}\n$/);
      expect(
        await new PasswordThread().matches({ password: 'pä:ss wörd', passwordHash: stdout.trim() }),
      ).to.equal(true);
    }
  });

  it('refuses an empty password', async () => {
    for (const input of ['', '\n', '\nsecret\n']) {
      expect(await runOrsay(['hash-password'], { input })).to.deep.equal({
        code: 2,
        stdout: '',
        stderr: 'Expected a password on standard input, got none.\n',
      });
    }
  });

  it('asks at a terminal, and does not show the password', async () => {
    const terminal = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => terminal });
    const output = new PassThrough({ encoding: 'utf8' });
    const password = readPassword(terminal, output);
    terminal.write('secrex\x7ft\r');
    expect(await password).to.equal('secret');
    expect(output.read()).to.equal('Password: \n');
  });

  it('ends without a hash at Ctrl-C', async () => {
    const terminal = Object.assign(new PassThrough(), { isTTY: true, setRawMode: () => terminal });
    const password = readPassword(terminal, new PassThrough()).catch(String);
    terminal.write('sec\x03');
    expect(await password).to.equal('CommandFault: Expected a password on standard input, got none.');
  });
});
