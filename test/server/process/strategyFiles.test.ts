import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { ConfigError, initialConfig, parseConfig } from '../../../server/process/config.ts';
import { readConfiguredFiles } from '../../../server/process/configuredFiles.ts';
import { SimulatedAgent } from '../../simulators/agent.ts';
import { startOrsay } from '../../support/orsay.ts';
import { testConfig } from '../../support/testConfig.ts';

const OVERFLOW = resolve('examples/strategies/overflow.mjs');

describe('a strategy in a file of the installation', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'orsay-strategies-'));
  });

  afterEach(() => rmSync(folder, { recursive: true }));

  function problemsOf(strategies: Record<string, string>): readonly string[] {
    try {
      parseConfig({ ...initialConfig(), routing: { strategies } }, 'config.json');
      return [];
    } catch (error) {
      expect(error).to.be.instanceOf(ConfigError);
      return (error as ConfigError).problems;
    }
  }

  function load(name: string, text: string | undefined): string | undefined {
    if (text !== undefined) writeFileSync(join(folder, name), text);
    const config = testConfig();
    config.routing.strategies = { Mine: name };
    const [file] = readConfiguredFiles({ config, dataDir: folder }).all;
    expect(file).to.include({ setting: 'routing.strategies.Mine', path: join(folder, name) });
    return file!.problem;
  }

  it('is named by a path, and not by the name of a strategy of the product', () => {
    expect(problemsOf({ Mine: 'strategies/mine.mjs', Old: 'LastAgentFirst', Cut: './a.cjs' })).to.deep.equal(
      [],
    );
    expect(problemsOf({ Mine: 'Yours', WaitForTarget: 'mine.js' })).to.deep.equal([
      "routing.strategies.Mine: Expected WaitForTarget, LastAgentFirst, SetRouteDelay, or the path of a file (.js, .mjs, .cjs), got 'Yours'.",
      "routing.strategies.WaitForTarget: Expected a name of your own for another strategy, got 'WaitForTarget', which is one of this server.",
    ]);
  });

  it('is loaded when the configuration is checked, with a reason when that fails', () => {
    expect(load('good.mjs', 'export default ({ waitForTarget }) => ({ machine: waitForTarget });')).to.equal(
      undefined,
    );
    expect(
      load('good.cjs', 'module.exports = ({ waitForTarget }) => ({ machine: waitForTarget });'),
    ).to.equal(undefined);
    expect(load('none.mjs', undefined)).to.contain('no such file');
    expect(load('text.mjs', 'export default "WaitForTarget";')).to.equal(
      'Expected the default export to be a function (kit) => ({ machine, plan }), got a value of the type string.',
    );
    expect(load('wrong.cjs', 'module.exports = (')).to.contain('Unexpected');
    expect(load('throws.mjs', 'export default () => { throw new Error("not today"); };')).to.equal(
      'not today',
    );
    expect(load('waits.mjs', 'await 1; export default () => {};')).to.be.a('string');
  });

  it('routes the calls that name it', async () => {
    const orsay = await startOrsay({
      change: (config) => {
        config.routing.strategies = { Overflow: OVERFLOW };
      },
    });
    try {
      const eve = new SimulatedAgent(orsay.base, 'eve');
      await eve.put('ready', { groups: ['Sales'] });
      const query = 'strategy=Overflow&VQ_TARGET=Billing@.GA&OVERFLOW=Sales@.GA';
      const { conn_id: call } = (await (await fetch(`${orsay.base}/urs/call/start?${query}`)).json()) as {
        conn_id: string;
      };
      await fetch(`${orsay.base}/urs/call/${call}/invoke?strategy=SetRouteDelay&DELAY=0`);
      const stateOf = async () =>
        (await (await fetch(`${orsay.base}/urs/call/${call}/query`)).json()) as object;
      expect(await stateOf()).to.include({ state: 'routable', strategy: 'Overflow' });
      await orsay.advance(60_001);
      expect(await stateOf()).to.include({ state: 'routed', agent: 'eve' });
    } finally {
      await orsay.close();
    }
  });
});
