import { cpSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { initialConfig } from '../../server/process/config.ts';
import { ConfiguredServer } from '../support/configuredServer.ts';
import { type ServerProcess, startOrsayProcess } from '../support/crash/orsayProcess.ts';
import { sampleOf } from '../support/runLength.ts';
import { runOrsay } from '../support/runOrsay.ts';

const ROOT = resolve(import.meta.dirname, '../..');
const EXAMPLES = join(ROOT, 'examples');
/** The long ones last: a sample leaves them out. */
const SCENARIOS = [
  'scxml/hello/hello.scenario.yaml',
  'scxml/callback/src/chat-delay.waiting.scenario.yaml',
  'scxml/hello/hello.late.scenario.yaml',
  'examples/order.paid.scenario.yaml',
  'examples/order.reminded.scenario.yaml',
];

interface Outcome {
  readonly file: string;
  readonly passed: boolean;
  readonly failure?: { readonly at: object; readonly message: string };
  readonly faults?: readonly { readonly message: string }[];
}

describe('orsay test with a server', function () {
  this.timeout(120_000);
  let server: ServerProcess;
  let url: string;
  let folder: string;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'orsay-test-'));
    mkdirSync(join(folder, 'data'));
    const config = {
      ...initialConfig(),
      debug: { enabled: true },
      traces: { documents: ['http://127.0.0.1*'] },
    };
    writeFileSync(join(folder, 'data', 'config.json'), JSON.stringify(config));
    server = startOrsayProcess(join(folder, 'data'));
    url = await server.ready;
    cpSync(join(EXAMPLES, 'order.scxml'), join(folder, 'order.scxml'));
  });

  after(async () => {
    await server.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const play = async (cwd: string, ...args: readonly string[]): Promise<readonly Outcome[]> => {
    const { stdout, stderr } = await runOrsay(['test', ...args, '--json'], { cwd });
    expect(stderr).to.equal('');
    return (JSON.parse(stdout) as { scenarios: Outcome[] }).scenarios;
  };

  const write = (text: string): string => {
    writeFileSync(join(folder, 'one.scenario.yaml'), text);
    return 'one.scenario.yaml';
  };

  it('plays the scenarios of the installation and of the examples with the same outcome', async () => {
    const files = sampleOf(SCENARIOS, 2);
    const here = await play(ROOT, ...files);
    const there = await play(ROOT, ...files, '--server', url);
    const outcomes = (all: readonly Outcome[]) => all.map(({ file, passed }) => ({ file, passed }));
    expect(outcomes(there)).to.deep.equal(outcomes(here));
    expect(there.every(({ passed }) => passed)).to.equal(true);
  });

  it('fails at the same place with the same words', async () => {
    const text = readFileSync(join(EXAMPLES, 'order.reminded.scenario.yaml'), 'utf8');
    const file = write(text.replace('configuration: [reminded]', 'configuration: [paid]'));
    const [here] = await play(folder, file);
    const [there] = await play(folder, file, '--server', url);
    expect(here!.failure!.message).to.equal("Expected the configuration 'paid', got 'reminded'.");
    expect(there!.failure!.message).to.equal(here!.failure!.message);
    expect(there!.failure!.at).to.deep.equal(here!.failure!.at);
  });

  it('answers fetches, evaluates expressions, and sees lines and open requests', async () => {
    writeFileSync(
      join(folder, 'price.scxml'),
      `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" profile="ecmascript" initial="pricing"
        xmlns:session="www.genesyslab.com/modules/session">
        <datamodel><data id="text" expr="''"/><data id="from" expr="'https://shop.example/'"/></datamodel>
        <state id="pricing">
          <onentry><session:fetch srcexpr="_data.from + 'prices'" method="'get'"/></onentry>
          <transition event="session.fetch.done" target="waiting">
            <assign location="_data.text" expr="_event.data.content"/>
          </transition>
          <transition event="error.session.fetch" target="failed"/>
        </state>
        <state id="waiting"><transition event="stop" target="failed"/></state>
        <final id="failed"/>
      </scxml>`,
    );
    const file = write(
      [
        'scenario: 1',
        'document: price.scxml',
        'steps:',
        '  - start',
        '  - expect: { in: [pricing], open: [session.fetch], data: { _data.from: https://shop.example/ } }',
        '  - expect: { sequence: [enter pricing, "fetch GET https://shop.example/prices"] }',
        '  - answer: { fetch: /prices, reply: { body: see http://shop.example/ } }',
        '  - expect: { in: [waiting], open: [], data: { _data.text.length + 1: 25 } }',
        '  - send: nobody',
        '  - expect: { in: [waiting], timers: { late: 0 }, any: [{ in: [failed] }, { open: [] }] }',
        '  - send: stop',
        '  - expect: { lines: [event stop, exit waiting, transition waiting -> failed, enter failed, exit failed] }',
        '  - expect: { status: completed, notIgnored: [stop] }',
      ].join('\n'),
    );
    const [here] = await play(folder, file);
    const [there] = await play(folder, file, '--server', url);
    expect(here).to.deep.include({ passed: true });
    expect(there, JSON.stringify(there)).to.deep.include({ passed: true });
  });

  it('says which step cannot be played, and leaves no session', async () => {
    for (const [step, reason] of [
      ['restart', 'the command does not restart the server'],
      ['send: pay\n    child: a', 'the server sends events only to the session that was started'],
      ['answer: { module: queue.submit, result: silence }', 'the server itself performs queue.submit'],
      ['answer: { fetch: /a, reply: timeout }', 'a time-out would take the time that it has in the document'],
    ]) {
      const file = write(`scenario: 1\ndocument: order.scxml\nsteps:\n  - start\n  - ${step}\n`);
      const [{ faults }] = (await play(folder, file, '--server', url)) as [Outcome];
      expect(faults, step).to.have.length(1);
      expect(faults![0]!.message).to.equal(`This cannot be played against a server: ${reason}`);
    }
    const early = write('scenario: 1\ndocument: order.scxml\nsteps:\n  - send: pay\n');
    const [{ faults }] = (await play(folder, early, '--server', url)) as [Outcome];
    expect(faults!.map(({ message }) => message)).to.deep.equal([
      'This cannot be played against this server: expected the step start before it',
    ]);
    const { stdout } = await runOrsay(['sessions', '--status', 'running', '--json', '--server', url]);
    expect(JSON.parse(stdout)).to.deep.equal([]);
  });

  it('says which setting of the server a step needs', async () => {
    const plain = await ConfiguredServer.open();
    const { url: address } = await plain.server.orsay.listen(0, '127.0.0.1');
    const faultOf = async (step: string): Promise<string> => {
      const file = write(`scenario: 1\ndocument: order.scxml\nsteps:\n  - start\n  - ${step}\n`);
      const [{ faults = [] }] = (await play(folder, file, '--server', address)) as [Outcome];
      return faults.map(({ message }) => message).join();
    };
    try {
      expect(await faultOf('advance: 10m')).to.match(/timers are fired by a debugger\. .*debug\.enabled/);
      expect(await faultOf('expect: { lines: [] }')).to.match(
        /traces\.documents .* 'http:\/\/127\.0\.0\.1\*'/,
      );
      expect(await faultOf('expect: { data: { total: 0 }, configuration: [open] }')).to.equal('');
    } finally {
      await plain.close();
    }
  });

  it('refuses reports that need the steps in this process', async () => {
    const { code, stderr } = await runOrsay(['test', '.', '--server', url, '--coverage']);
    expect(code).to.equal(2);
    expect(stderr).to.contain("'--server <url>' cannot be used with option '--coverage'");
  });
});
