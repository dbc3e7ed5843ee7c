import { cpSync, existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import { runProgram } from '../../cli/program.ts';
import { systemClock } from '../../engine/ports/index.ts';
import { runOrsay } from '../support/runOrsay.ts';

const EXAMPLES = resolve(import.meta.dirname, '../../examples');
const BAD = `scenario: 1
name: <late> & "bad"
document: order.scxml
steps:
  - start
  - send: add
    data: { price: 1 }
  - send: checkout
  - expect: { in: [reminded], data: { total: 1 } }
`;

describe('orsay test', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'orsay-test-'));
    for (const name of ['order.scxml', 'order.paid.scenario.yaml', 'order.reminded.scenario.yaml']) {
      cpSync(join(EXAMPLES, name), join(folder, name));
    }
  });

  afterEach(() => {
    rmSync(folder, { recursive: true, force: true });
  });

  const write = (name: string, text: string): void => writeFileSync(join(folder, name), text);
  const read = (name: string): string => readFileSync(join(folder, name), 'utf8');
  const run = async (
    ...args: readonly string[]
  ): Promise<{ readonly code: number | null; readonly text: string }> => {
    const { code, stdout, stderr } = await runOrsay(['test', ...args], { cwd: folder, elapsed: () => 0 });
    return { code, text: stdout + stderr };
  };

  it('plays all scenarios of a folder, and tells the coverage', async () => {
    expect(await run('.', '--coverage')).to.deep.equal({
      code: 0,
      text: `passed  An order is paid  (order.paid.scenario.yaml)  0 ms
passed  The customer is reminded after ten minutes, and pays then  (order.reminded.scenario.yaml)  0 ms

order.scxml: states 4/4 100%, transitions 5/5 100%, guards 2/2 100%, pairs 5/5 100%

2 passed, 0 failed
`,
    });
  });

  it('tells the place of a failure in the scenario and in the document, and the last actions', async () => {
    write('bad.scenario.yaml', BAD);
    const { code, text } = await run('bad.scenario.yaml');
    expect(code).to.equal(1);
    expect(text).to.equal(`FAILED  <late> & "bad"  (bad.scenario.yaml)  0 ms

bad.scenario.yaml:9:20: Expected the session to be in 'reminded', it is in 'waiting'.
  the document was at order.scxml:11:3
  - expected, + actual:
    [
  -   "reminded"
  +   "waiting"
    ]
The last actions:
  1. start
       transition scxml -> open  (order.scxml:1:85)
       enter open  (order.scxml:5:3)
  2. send add {"price":1}
       event add
       transition open  (order.scxml:6:5)
  3. send checkout
       event checkout
       exit open  (order.scxml:5:3)
       transition open -> waiting  (order.scxml:9:5)
       enter waiting  (order.scxml:11:3)
       timer in 600000ms

0 passed, 1 failed
`);
  });

  it('writes JUnit, LCOV, drawings and JSON', async () => {
    write('bad.scenario.yaml', BAD);
    const { code, text } = await run('.', '--json', '--junit', 'j.xml', '--lcov', 'l.info', '--draw', 'out');
    expect(code).to.equal(1);
    const report = JSON.parse(text.split('\n').find((line) => line.startsWith('{"passed"'))!);
    expect(report).to.include({ passed: 2, failed: 1 });
    expect(report.scenarios[0]).to.deep.include({
      file: 'bad.scenario.yaml',
      document: 'order.scxml',
      passed: false,
    });
    expect(text).not.to.contain('file://');
    expect(read('j.xml')).not.to.contain('file://');
    expect(report.coverage[0].states).to.deep.equal({ passed: 4, all: 4 });
    expect(text).to.contain('out/order.svg: the parts of order.scxml that the scenarios passed');
    expect(read('j.xml'))
      .to.include('<testsuites tests="3" failures="1" errors="0" time="0">')
      .and.include(
        '<testcase name="&lt;late&gt; &amp; &quot;bad&quot;" classname="order.scxml" file="bad.scenario.yaml"',
      )
      .and.include(
        "<failure message=\"Expected the session to be in 'reminded', it is in 'waiting'.\">bad.scenario.yaml:9:20: ",
      );
    expect(read('l.info')).to.match(/^TN:\nSF:order\.scxml\nFN:5,open\n/);
    expect(existsSync(join(folder, 'out/order.svg'))).to.equal(true);
  });

  it('exits with 1 for a scenario or a document that is wrong, and goes on with the others', async () => {
    write('a.scenario.yaml', 'scenario: 1\ndocument: order.scxml\nsteps: [sart]\n');
    write('b.scenario.yaml', 'scenario: 1\ndocument: none.scxml\nsteps: [start]\n');
    write('c.scenario.yaml', 'scenario: 1\ndocument: broken.scxml\nsteps: [start]\n');
    write('broken.scxml', '<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" initial="x"/>');
    const { code, text } = await run('.');
    expect(code).to.equal(1);
    expect(text).to.match(
      /a\.scenario\.yaml:3:9: expected a step \(.*\), got 'sart'\. Did you mean 'start'\?/,
    );
    expect(text).to.match(/none\.scxml:1:1: FILE_UNREADABLE: /);
    expect(text).to.match(/broken\.scxml:1:\d+: [A-Z_]+: /);
    expect(text).to.match(/\n2 passed, 3 failed\n$/);
    expect(await run('nowhere')).to.deep.equal({
      code: 2,
      text: "Expected a file or folder, got none of the name 'nowhere'.\n",
    });
    expect((await run(join(folder, 'broken.scxml'))).code).to.equal(1);
    rmSync(join(folder, 'a.scenario.yaml'));
  });

  it('plays them again when a file changes, until the standard input ends', async () => {
    const [stdin, stdout, stderr] = [new PassThrough(), new PassThrough(), new PassThrough()];
    let text = '';
    let runs = 0;
    stdout.on('data', (chunk: Buffer) => {
      text += String(chunk);
    });
    stderr.on('data', (chunk: Buffer) => {
      if (!String(chunk).endsWith('Ctrl+C ends.\n')) return;
      runs += 1;
      if (runs === 1) write('order.scxml', read('order.scxml').replace('10m', '20m'));
      else stdin.end();
    });
    const io = { stdin, stdout, stderr, cwd: folder, env: {}, clock: systemClock, elapsed: () => 0 };
    expect(await runProgram(['test', '--watch', '.'], io)).to.equal(1);
    expect(text).to.match(/2 passed, 0 failed[\s\S]*1 passed, 1 failed/);
  });
});
