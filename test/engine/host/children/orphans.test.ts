import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { expect } from 'chai';
import { confinement } from '../../../../engine/host/children/childConfinement.ts';
import { builtProgram } from '../../../support/testBuild.ts';

const PROCESS = 'test/support/processes/hangingChild.ts';

describe('An engine child whose parent is killed', () => {
  it('ends too, also during an endless step', async function () {
    if (!confinement(400).launcher.includes('setpriv')) this.skip();
    const parent = spawn(process.execPath, [builtProgram(PROCESS)], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const [line] = (await once(parent.stdout, 'data')) as [Buffer];
    const pids = JSON.parse(line.toString()) as number[];
    expect(pids).to.have.length(3);
    parent.kill('SIGKILL');
    await once(parent, 'exit');
    for (const pid of pids) {
      for (let looks = 0; existsSync(`/proc/${pid}`) && looks < 200; looks++) {
        await new Promise((resolve) => setTimeout(resolve, 10));
      }
      expect(existsSync(`/proc/${pid}`), `process ${pid}`).to.equal(false);
    }
  });
});
