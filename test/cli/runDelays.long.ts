import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { caseUrl } from '../support/cases.ts';
import { createMachine } from '../support/machine.ts';
import { runOrsay } from '../support/runOrsay.ts';

describe('orsay run of a document whose delays never end', () => {
  it('ends after a number of delays in virtual time, and names the limit', async () => {
    const args = ['run', fileURLToPath(caseUrl('loop_delay1')), '--event', 'loop', '--virtual-time'];
    const { code, stdout, stderr } = await runOrsay(args, createMachine(0));
    expect(JSON.parse(stdout)).to.deep.include({ status: 'running', configuration: ['u'] });
    expect(stderr).to.match(
      /^Stopped after 100000 delays \(MAX_DELAYS\): delayed events are still to come, the next after 1ms\. /,
    );
    expect(code).to.equal(1);
  });
});
