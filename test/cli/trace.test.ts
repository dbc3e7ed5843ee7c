import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { exportedTrace, playOn, recordingHost } from '../support/recordingHost.ts';
import { runOrsay } from '../support/runOrsay.ts';

const DOCUMENT = `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript" initial="one">
  <state id="one"><transition event="go" target="two"/></state>
  <state id="two"><onentry><send event="late" delay="3s"/></onentry><transition event="late" target="three"/></state>
  <state id="three"/>
</scxml>`;

describe('a trace file and the commands that open it', () => {
  let folder: string;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), 'orsay-trace-'));
    const host = await recordingHost({ '/parent.scxml': DOCUMENT });
    await playOn(host, ['go', 5_000]);
    writeFileSync(join(folder, 'parent.scxml'), DOCUMENT);
    writeFileSync(join(folder, 's.trace'), exportedTrace(host));
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const run = (...args: readonly string[]) => runOrsay(args, { cwd: folder });

  it('becomes a scenario that passes', async () => {
    const record = ['--record', 's.trace', '-o', 's.scenario.yaml', '--document', 'parent.scxml'];
    const { code, stdout } = await run('test', ...record);
    expect({ code, stdout }).to.deep.equal({
      code: 0,
      stdout: 's.scenario.yaml: 6 steps of session 000000000000000000000000000000S1\n',
    });
    expect(readFileSync(join(folder, 's.scenario.yaml'), 'utf8')).to.match(
      /^# Recorded from s\.trace\.\nscenario: 1\n/,
    );
    expect((await run('test', '.')).stdout).to.match(/^passed {2}Session 0+S1 .*\n\n1 passed, 0 failed\n$/);
    writeFileSync(join(folder, 'parent.scxml'), DOCUMENT.replace('3s', '4s'));
    const changed = await run('test', '.');
    expect(changed.code).to.equal(1);
    expect(changed.stdout).to.match(/s\.scenario\.yaml:5:1: documentHash: the document has changed: /);
  });

  it('goes on as a copy that the debugger steps, from any step', async () => {
    const step = async (commands: string, ...args: readonly string[]) => {
      const { code, stdout } = await runOrsay(['step', ...args], { cwd: folder, input: commands });
      return [code, stdout.trimEnd().split('\n')];
    };
    expect(await step('timers\nadvance 3s\n', '--from', 's.trace', '--at', '2')).to.deep.equal([
      0,
      [
        '1  late in 3s (send1)',
        '  event late',
        '  exit two',
        '  transition two -> three',
        '  enter three',
        'no input waits',
        'in three',
      ],
    ]);
    expect(await step('run\n', '--from', 's.trace')).to.deep.equal([0, ['no input waits', 'in three']]);
    writeFileSync(join(folder, 'bad.trace'), 'no trace');
    expect((await step('', '--from', 'bad.trace'))[0]).to.equal(1);
    expect((await step('', 'parent.scxml', '--from', 's.trace'))[0]).to.equal(2);
  });

  it('has no step after its last one', async () => {
    expect(await run('step', '--from', 's.trace', '--at', '99')).to.deep.equal({
      code: 2,
      stdout: '',
      stderr: 'Expected a step from 0 to 3 after --at, got 99.\n',
    });
  });

  it('is refused with its name when its sources are not those of its sessions', async () => {
    const text = readFileSync(join(folder, 's.trace'), 'utf8');
    writeFileSync(join(folder, 's.trace'), text.replace('delay=\\"3s', 'delay=\\"4s'));
    for (const args of [
      ['test', '--record', 's.trace', '-o', 's.scenario.yaml'],
      ['draw', 'parent.scxml', '-o', 'p.svg', '--trace', 's.trace'],
      ['step', '--from', 's.trace'],
    ]) {
      const { code, stderr } = await run(...args);
      expect([code, stderr.split(' in the trace')[0]]).to.deep.equal([
        1,
        's.trace: The sources of http://orsay.test/parent.scxml',
      ]);
    }
  });

  it('is laid over the drawing of its version of the document', async () => {
    const draw = ['draw', 'parent.scxml', '-o', 'p.svg', '--trace', 's.trace'];
    expect((await run(...draw)).code).to.equal(0);
    expect(readFileSync(join(folder, 'p.svg'), 'utf8')).to.match(/visited/);
    writeFileSync(join(folder, 'parent.scxml'), DOCUMENT.replace('3s', '4s'));
    expect(await run(...draw)).to.deep.equal({
      code: 1,
      stdout: '',
      stderr:
        "Expected a trace of this version of the document, got 's.trace', whose sessions have other texts.\n",
    });
  });

  it('is opened with a warning by every command when it has not all sessions of the family', async () => {
    const text = readFileSync(join(folder, 's.trace'), 'utf8');
    writeFileSync(join(folder, 's.trace'), text.replace('{"orsayTrace":1,', '{"orsayTrace":1,"leftOut":3,'));
    const warning =
      's.trace: 3 sessions of the family are not in the trace: it has more than a server exports (MAX_TRACED_FAMILY)\n';
    for (const args of [
      ['test', '--record', 's.trace', '-o', 's.scenario.yaml'],
      ['draw', 'parent.scxml', '-o', 'p.svg', '--trace', 's.trace'],
      ['step', '--from', 's.trace'],
    ]) {
      const { code, stderr } = await run(...args);
      expect({ args, code, stderr }).to.deep.equal({ args, code: 0, stderr: warning });
    }
  });

  it('is refused with its line when it is damaged', async () => {
    const text = readFileSync(join(folder, 's.trace'), 'utf8');
    writeFileSync(join(folder, 's.trace'), text.slice(0, -20));
    const { code, stderr } = await run('test', '--record', 's.trace', '-o', 'x.yaml');
    expect(code).to.equal(1);
    expect(stderr).to.match(/^s\.trace:\d+:1: expected /);
    expect((await run('draw', 'parent.scxml', '-o', 'p.svg', '--trace', 's.trace')).code).to.equal(1);
  });
});
