import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { ZipFile } from 'yazl';
import { runOrsay } from '../support/runOrsay.ts';
import { builtProgram } from '../support/testBuild.ts';

const XMLNS = 'xmlns="http://www.w3.org/2005/07/scxml" version="1.0"';

const ORDER = `<scxml ${XMLNS} datamodel="ecmascript" initial="open">
  <datamodel><data id="customer"/><data id="paid" expr="0"/></datamodel>
  <state id="open">
    <transition event="pay"><assign location="paid" expr="paid + _event.data.amount"/></transition>
    <transition event="ship" target="shipping"/>
  </state>
  <state id="shipping">
    <onentry><log label="shipping" expr="customer"/><send event="delivered" delay="1h"/></onentry>
    <transition event="delivered" target="done"/>
  </state>
  <final id="done"><donedata><param name="customer" expr="customer"/><param name="paid" expr="paid"/></donedata></final>
</scxml>`;

interface Run {
  readonly code: number | null;
  readonly lines: readonly string[];
  readonly stderr: string;
}

describe('orsay, the command', () => {
  let folder: string;
  const write = (name: string, text: string): string => {
    writeFileSync(join(folder, name), text);
    return name;
  };
  async function orsay(...args: readonly string[]): Promise<Run> {
    const { code, stdout, stderr } = await runOrsay(args, { cwd: folder });
    return { code, lines: stdout.split('\n').filter((line) => line !== ''), stderr };
  }
  const last = ({ lines }: Run): Record<string, unknown> => {
    const { session, ...others } = JSON.parse(lines.at(-1)!) as Record<string, unknown>;
    expect(session).to.be.a('string');
    return others;
  };

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'orsay-cli-'));
  });

  it('runs a document through its events and delays to its end, in virtual time', async () => {
    const run = await orsay(
      'run',
      write('order.scxml', ORDER),
      '--param',
      'customer=James=Bond',
      '--event',
      'pay={"amount":2}',
      '--event',
      'ship',
      '--virtual-time',
    );
    expect(run.stderr).to.equal('');
    expect(run.code).to.equal(0);
    expect(run.lines[0]).to.equal('shipping: James=Bond');
    expect(last(run)).to.deep.equal({
      status: 'completed',
      configuration: ['done'],
      donedata: { customer: 'James=Bond', paid: 2 },
    });
  });

  it('stops when the session waits, or at the end of --max-time', async () => {
    const source = write('order.scxml', ORDER);
    const waiting = await orsay('run', source);
    expect(waiting.code).to.equal(0);
    expect(last(waiting)).to.deep.equal({ status: 'running', configuration: ['open'], donedata: null });
    const cut = await orsay('run', source, '--event', 'ship', '--virtual-time', '--max-time', '59m');
    expect(last(cut)).to.deep.include({ status: 'running', configuration: ['shipping'] });
  });

  it('waits for delays in real time', async () => {
    const source = write('order.scxml', ORDER.replace('1h', '20ms'));
    const run = await orsay('run', source, '--event', 'ship', '--real-time');
    expect(last(run)).to.deep.include({ status: 'completed', configuration: ['done'] });
    const cut = await orsay('run', write('slow.scxml', ORDER), '--event', 'ship', '--max-time', '50ms');
    expect(last(cut)).to.deep.include({ status: 'running', configuration: ['shipping'] });
  });

  it('prints each step as a line of JSON with --steps', async () => {
    const source = write('order.scxml', ORDER);
    const run = await orsay('run', source, '--event', 'ship', '--steps', '--virtual-time');
    const steps = run.lines.slice(0, -1).map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(
      steps.map(({ step, at, event, configuration }) => ({ step, at, event, configuration })),
    ).to.deep.equal([
      { step: 1, at: 0, event: undefined, configuration: ['open'] },
      { step: 2, at: 0, event: { name: 'ship' }, configuration: ['shipping'] },
      { step: 3, at: 3_600_000, event: { name: 'delivered' }, configuration: ['done'] },
    ]);
    expect(steps[1]!.microsteps).to.deep.equal([
      {
        event: 'ship',
        exited: ['open'],
        transitions: [{ source: 'open', targets: ['shipping'], line: 5 }],
        entered: ['shipping'],
      },
    ]);
  });

  it('exits with 1 and prints the reason when the session failed', async () => {
    const source = write(
      'endless.scxml',
      `<scxml ${XMLNS} initial="a"><state id="a"><transition target="b"/></state><state id="b"><transition target="a"/></state></scxml>`,
    );
    const run = await orsay('run', source);
    expect(run.code).to.equal(1);
    expect(run.stderr).to.contain('MAX_MICROSTEPS_PER_MACROSTEP');
    expect(last(run)).to.deep.include({ status: 'failed' });
  });

  it('exits with 1 at the step after which a server could not store the session', async () => {
    const source = write(
      'unstored.scxml',
      `<scxml ${XMLNS} datamodel="ecmascript"><state id="a"><transition event="go"><script>var it = (function* () { yield 1; })();</script></transition><transition event="next"><log expr="'too late'"/></transition></state></scxml>`,
    );
    const run = await orsay('run', source, '--event', 'go', '--event', 'next');
    const reason =
      'A server would end the session here, as it cannot store it: TypeError: A snapshot cannot carry Generator at d.it';
    expect([run.code, run.lines.length, run.stderr]).to.deep.equal([1, 1, `${reason}\n`]);
    expect(last(run)).to.deep.include({ status: 'failed', reason });
  });

  it('exits with 1 and prints every problem with its location when the document does not load', async () => {
    const source = write(
      'wrong.scxml',
      `<scxml ${XMLNS}>\n <state id="a"><transition target="nowhere"/></state></scxml>`,
    );
    const run = await orsay('run', source);
    expect(run).to.deep.include({ code: 1, lines: [] });
    expect(run.stderr).to.match(/^wrong\.scxml:2:\d+: TARGET_UNKNOWN: /);
    expect((await orsay('run', 'absent.scxml')).code).to.equal(2);
    expect((await orsay('run', source, '--max-time', 'soon')).code).to.equal(2);
    expect((await orsay('run', source, '--event', 'e={')).code).to.equal(2);
  });

  it('sends the error event of an element that nothing performs', async () => {
    const source = write(
      'fetch.scxml',
      `<scxml ${XMLNS} xmlns:session="http://www.genesyslab.com/modules/session" initial="a">
        <state id="a">
          <onentry><session:fetch srcexpr="'http://localhost/'" method="'get'"/></onentry>
          <transition event="error.session.fetch" target="b"/>
        </state>
        <final id="b"/>
      </scxml>`,
    );
    expect(last(await orsay('run', source, '--dialect', 'ors'))).to.deep.include({ status: 'completed' });
  });

  it('checks files, folders and zip archives: one line for each problem, and 1 when one is an error', async () => {
    write('good.scxml', ORDER);
    const good = await orsay('check', 'good.scxml');
    expect({ ...good, lines: good.lines.filter((line) => !line.includes(': warning: ')) }).to.deep.equal({
      code: 0,
      lines: [],
      stderr: '',
    });

    write(
      'bad.scxml',
      `<scxml ${XMLNS}>\n <state id="a"/>\n <state id="a"><transition target="b c"/></state></scxml>`,
    );
    const all = await orsay('check', '.');
    expect(all.code).to.equal(1);
    expect(all.lines.length).to.be.greaterThan(1);
    for (const line of all.lines) expect(line).to.match(/^(bad|good)\.scxml:\d+:\d+: [A-Z_]+: ./);

    const zip = new ZipFile();
    zip.addBuffer(
      Buffer.from(`<scxml ${XMLNS}>\n <state id="a"><transition target="b"/></state></scxml>`),
      'src/in.scxml',
    );
    zip.end();
    const chunks: Buffer[] = [];
    for await (const chunk of zip.outputStream) chunks.push(chunk as Buffer);
    writeFileSync(join(folder, 'template.zip'), Buffer.concat(chunks));
    const packed = await orsay('check', 'template.zip', 'good.scxml');
    expect(packed.code).to.equal(1);
    expect(packed.lines[0]).to.match(/^template\.zip\/src\/in\.scxml:2:\d+: TARGET_UNKNOWN: /);
    expect((await orsay('check', 'absent.scxml')).code).to.equal(2);
  });

  it('lists its commands', async () => {
    const help = await orsay('--help');
    expect(help.code).to.equal(0);
    expect(help.lines.join('\n')).to.contain('run').and.contain('check').and.contain('serve');
  });
});

describe('orsay serve', () => {
  it('is the server that npm start runs', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'orsay-cli-'));
    const child = spawn(process.execPath, [builtProgram('cli/main.ts'), 'serve'], {
      cwd: folder,
      env: {
        PATH: process.env.PATH ?? '',
        PORT: '0',
        ORSAY_LOG_LEVEL: 'silent',
        ORSAY_DATA_DIR: join(folder, 'data'),
      },
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const closed = once(child, 'close') as Promise<[number | null]>;
    let text = '';
    for await (const chunk of child.stdout) {
      text += String(chunk);
      if (text.includes('\n')) break;
    }
    expect(text).to.match(/^Orsay is ready at http:\/\//);
    child.kill('SIGTERM');
    expect((await closed)[0]).to.equal(0);
  });
});
