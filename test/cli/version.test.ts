import { createRequire } from 'node:module';
import { expect } from 'chai';
import { runOrsay } from '../support/runOrsay.ts';

const { version } = createRequire(import.meta.url)('../../package.json');

describe('orsay --version', () => {
  it('prints the version of the package', async () => {
    expect(await runOrsay(['--version'])).to.deep.equal({ code: 0, stdout: `${version}\n`, stderr: '' });
  });
});
