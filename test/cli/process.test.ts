import { createRequire } from 'node:module';
import { expect } from 'chai';
import { caseUrl } from '../support/cases.ts';
import { ORSAY, spawnOrsay } from '../support/runOrsay.ts';

const { version } = createRequire(import.meta.url)('../../package.json');

/** The other tests of the command call it in their own process. */
describe('orsay in a process of its own', () => {
  it('prints the version of the package', async () => {
    expect(await spawnOrsay(['--version'], { program: ORSAY })).to.deep.equal({
      code: 0,
      stdout: `${version}\n`,
      stderr: '',
    });
  });

  it('reads standard input, and writes to standard output', async () => {
    const { code, stdout, stderr } = await spawnOrsay(['hash-password'], { input: 'secret\n' });
    expect({ code, stderr }).to.deep.equal({ code: 0, stderr: '' });
    expect(stdout).to.match(/^scrypt\$[0-9a-f]{32}\$[0-9a-f]{64}\n$/);
  });

  it('exits with 1 when a session never rests, as soon as it is stopped', async () => {
    const { pathname } = caseUrl('loop_pingpong');
    const args = ['run', pathname, '--real-time', '--max-time', '500ms', '--event', 'loop'];
    const { code, stderr } = await spawnOrsay(args);
    expect(code).to.equal(1);
    expect(stderr).to.match(/^Stopped after 500ms \(--max-time\): the session did not come to rest\./);
  });

  it('exits with 2 when a document cannot be read', async () => {
    expect(await spawnOrsay(['run', 'absent.scxml'])).to.deep.include({ code: 2, stdout: '' });
  });
});
