import { resolve } from 'node:path';
import { expect } from 'chai';
import { runOrsay } from '../support/runOrsay.ts';

const ROOT = resolve(import.meta.dirname, '../..');

describe('the scenarios beside the documents of the product', () => {
  it('pass', async () => {
    const { code, stdout } = await runOrsay(['test', 'examples', 'scxml'], { cwd: ROOT });
    expect(stdout).to.match(/\n\d+ passed, 0 failed\n$/);
    expect(code).to.equal(0);
  });
});
