import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { runOrsay } from '../support/runOrsay.ts';

describe('orsay completion', () => {
  const folder = mkdtempSync(join(tmpdir(), 'orsay-test-'));
  writeFileSync(join(folder, 'order.scxml'), '');

  async function scriptFor(shell: string): Promise<string> {
    const { code, stdout, stderr } = await runOrsay(['completion', shell]);
    expect([code, stderr]).to.deep.equal([0, '']);
    return stdout;
  }

  /** The words that a shell offers; undefined: this machine does not have it. */
  function offered(shell: string, args: readonly string[]): string[] | undefined {
    const { error, status, stdout, stderr } = spawnSync(shell, args, { cwd: folder, encoding: 'utf8' });
    if ((error as NodeJS.ErrnoException | undefined)?.code === 'ENOENT') return undefined;
    expect([status, stderr]).to.deep.equal([0, '']);
    return stdout.split('\n').filter((line) => line !== '');
  }

  const LINES: readonly (readonly [readonly string[], readonly string[]])[] = [
    [['sess'], ['sessions']],
    [
      ['sessions', ''],
      ['list', 'show', 'send', 'terminate', 'retry', 'trace'],
    ],
    [['sessions', '--st'], ['--status']],
    [['sessions', 'list', '--status', 'r'], ['running']],
    [
      ['callbacks', 'export', '--format', ''],
      ['csv', 'ndjson'],
    ],
    [['check', 'or'], ['order.scxml']],
    [['completion', 'f'], ['fish']],
    [['sessions', 'show', ''], []],
  ];

  it('completes commands, options, choices and files in bash', async function () {
    const script = await scriptFor('bash');
    for (const [words, expected] of LINES) {
      const quoted = ['orsay', ...words].map((word) => `'${word}'`).join(' ');
      const ask = `COMP_WORDS=(${quoted}); COMP_CWORD=${words.length}; _orsay`;
      const found = offered('bash', ['-c', `${script}\n${ask}; printf '%s\\n' "\${COMPREPLY[@]}"`]);
      if (found === undefined) return this.skip();
      expect(found, words.join(' ')).to.have.members(expected);
    }
  });

  it('completes the same in fish', async function () {
    const script = await scriptFor('fish');
    for (const [words, expected] of LINES) {
      const line = ['orsay', ...words].join(' ');
      const found = offered('fish', ['--no-config', '-c', `${script}\ncomplete -C "${line}"`]);
      if (found === undefined) return this.skip();
      expect(
        found.map((one) => one.split('\t')[0]),
        line,
      ).to.have.members(expected);
    }
  });

  it('is a script that zsh reads', async function () {
    const found = offered('zsh', ['-n', '-c', await scriptFor('zsh')]);
    if (found === undefined) return this.skip();
    expect(found).to.deep.equal([]);
  });

  it('refuses another shell', async () => {
    const { code, stderr } = await runOrsay(['completion', 'tcsh']);
    expect(code).to.equal(2);
    expect(stderr).to.contain('Allowed choices are bash, zsh, fish.');
  });
});
