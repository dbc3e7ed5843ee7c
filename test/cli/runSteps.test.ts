import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { type OrsayRun, runOrsay } from '../support/runOrsay.ts';

const ORDER = `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript" initial="open">
  <state id="open">
    <transition event="pay" cond="_event.data &gt; 1" target="paid"/>
  </state>
  <state id="paid"><onentry><send event="ship" delay="1m"/></onentry><transition event="ship" target="sent"/></state>
  <final id="sent"/>
</scxml>`;

describe('orsay run tells why an event had no effect', () => {
  const folder = mkdtempSync(join(tmpdir(), 'orsay-trace-'));
  writeFileSync(join(folder, 'order.scxml'), ORDER);
  const run = (...args: readonly string[]): Promise<OrsayRun> => runOrsay(['run', ...args], { cwd: folder });

  it('on standard error, when no trace is asked for', async () => {
    const { stderr, code } = await run(
      'order.scxml',
      '--event',
      'pay=1',
      '--event',
      'ship',
      '--event',
      'pay=2',
      '--virtual-time',
      '--max-time',
      '10s',
    );
    expect(stderr.split('\n').slice(0, 2)).to.deep.equal([
      "Event 'pay' had no effect: condition '_event.data > 1' is false (order.scxml:3:29).",
      "Event 'ship' had no effect: no transition waits for it in 'open'; one does in 'paid' (order.scxml:5:70).",
    ]);
    expect(code).to.equal(0);
  });

  it('also when the session has ended', async () => {
    const { stderr } = await run('order.scxml', '--event', 'pay=2', '--event', 'ship', '--event', 'late');
    expect(stderr).to.equal("Not sent: event 'late', because the session has ended.\n");
  });

  it('in the lines of --steps=text, which have a time and a location each', async () => {
    const { stdout, stderr } = await run(
      '--steps=text',
      'order.scxml',
      '--event',
      'pay=1',
      '--event',
      'pay=2',
      '--virtual-time',
    );
    const lines = stdout.trim().split('\n');
    expect(lines.slice(0, -1).map((line) => line.replace(/ +/g, ' '))).to.deep.equal([
      '0s transition scxml -> open (order.scxml:1:85)',
      '0s enter open (order.scxml:2:3)',
      '0s event pay',
      "0s ignored pay: condition '_event.data > 1' is false (order.scxml:3:29)",
      '0s event pay',
      '0s exit open (order.scxml:2:3)',
      '0s transition open -> paid (order.scxml:3:5)',
      '0s enter paid (order.scxml:5:3)',
      '0s timer in 60000ms',
      '60s event ship',
      '60s exit paid (order.scxml:5:3)',
      '60s transition paid -> sent (order.scxml:5:70)',
      '60s enter sent (order.scxml:6:3)',
      '60s exit sent (order.scxml:6:3)',
    ]);
    expect(JSON.parse(lines.at(-1)!)).to.deep.include({ status: 'completed' });
    expect(stderr).to.equal('');
  });

  it('in the steps of --steps, which may come before the document', async () => {
    const { stdout } = await run('--steps', 'order.scxml', '--event', 'pay=1');
    const step = JSON.parse(stdout.split('\n')[1]!) as Record<string, unknown>;
    expect(step.ignored).to.deep.equal([
      { event: 'pay', why: `condition '_event.data > 1' is false (file://${folder}/order.scxml:3:29)` },
    ]);
    expect((await run('order.scxml', '--steps=xml')).code).to.equal(2);
  });
});
