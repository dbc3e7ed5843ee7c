import { cpSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { expect } from 'chai';
import { leavesOf, pathOf } from '../../cli/commonOptions.ts';
import { EXAMPLES } from '../../cli/examples.ts';
import { runProgram } from '../../cli/program.ts';
import { openLmdbStore } from '../../engine/durable/lmdb/index.ts';
import { systemClock } from '../../engine/ports/index.ts';
import {
  COMMAND_REFERENCE,
  commandReference,
  describedProgram,
} from '../../scripts/writeCommandReference.ts';
import { ConfiguredServer } from '../support/configuredServer.ts';
import { readExampleLine } from '../support/exampleLine.ts';
import { runsOf, sampleOf } from '../support/runLength.ts';
import { type OrsayRun, runOrsay } from '../support/runOrsay.ts';
import { BASE } from '../support/testServer.ts';

const ORDER = new URL('../../examples/order.scxml', import.meta.url);
const PAID = new URL('../../examples/order.paid.scenario.yaml', import.meta.url);

/** Exit codes of examples that find something, or whose server says no. */
const OTHER_EXITS: Readonly<Record<string, number>> = {
  lsp: 1, // the standard input ends before the editor says so
  verify: 1, // the total of an order may grow without bound
  'sessions retry': 4, // the session is not set aside
  retry: 4,
  'cells list': 2, // ORSAY_CELL_DATABASE is not set
  'cells verify': 2,
  'cells move': 2,
  'cells drain': 2,
  'cells import': 2,
  'cells export': 2,
  'config get': 2,
  'config put': 2,
  'config versions': 2,
};

const program = describedProgram();

describe('the commands of orsay', () => {
  it('have the same names for the same options, a description and an example', () => {
    const leaves = leavesOf(program);
    expect(leaves.map(pathOf).sort()).to.deep.equal(Object.keys(EXAMPLES).sort());
    for (const command of leaves) {
      const path = pathOf(command);
      expect(command.description(), path).to.match(/^[A-Z].*\.$/);
      const names = command.options.map(({ long }) => long);
      expect(new Set(names).size, path).to.equal(names.length);
      if (!['serve', 'lsp', 'dap', 'completion'].includes(path)) {
        expect(names, path).to.include.members(['--json', '--quiet']);
      }
      // A command with a server has its user too.
      if (names.includes('--server')) expect(names, path).to.include('--user');
      for (const example of EXAMPLES[path]!) expect(example, path).to.match(/(^|[ |])orsay /);
    }
  });

  it('are all in the reference', () => {
    expect(readFileSync(COMMAND_REFERENCE, 'utf8'), 'npm run docs:commands').to.equal(commandReference());
  });

  it('say what was meant by a wrong name', async () => {
    for (const [args, meant] of [
      [['chek'], 'check'],
      [['sessions', 'terminat'], 'terminate'],
      [['callbacks', 'exprot'], 'export'],
      [['check', '.', '--jsno'], '--json'],
      [['store', 'verfiy'], 'verify'],
    ] as const) {
      const { code, stdout, stderr } = await runOrsay(args);
      expect([code, stdout], args.join(' ')).to.deep.equal([2, '']);
      expect(stderr, args.join(' ')).to.match(new RegExp(`[Dd]id you mean '?${meant}`));
    }
  });

  it('print errors and problems of documents as JSON on standard error, with the same text', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'orsay-test-'));
    writeFileSync(
      join(folder, 'bad.scxml'),
      readFileSync(ORDER, 'utf8').replace('target="paid"', 'target="x"'),
    );
    const both = async (...args: readonly string[]) => ({
      plain: await runOrsay(args, { cwd: folder, env: {} }),
      json: await runOrsay([...args, '--json'], { cwd: folder, env: {} }),
    });
    const wrong = await both('run', 'bad.scxml');
    expect([wrong.plain.code, wrong.json.code, wrong.json.stdout]).to.deep.equal([1, 1, '']);
    const { severity, code, message, file, line, column } = JSON.parse(wrong.json.stderr);
    expect(severity).to.equal('error');
    expect(wrong.plain.stderr).to.equal(`${file}:${line}:${column}: ${code}: ${message}\n`);

    const checked = await both('check', 'bad.scxml');
    expect([checked.plain.code, checked.json.code, checked.json.stderr]).to.deep.equal([1, 1, '']);
    expect(JSON.parse(checked.json.stdout)[0]).to.deep.equal({ severity, code, message, file, line, column });

    for (const [args, exit, name] of [
      [['run'], 2, 'WRONG_USE'],
      [['run', 'absent.scxml'], 2, 'FILE_UNREADABLE'],
      [['templates', 'new', 'a b'], 2, 'WRONG_USE'],
      [['sessions', '--server', 'http://127.0.0.1:1'], 3, 'SERVER_UNREACHED'],
    ] as const) {
      const { plain, json } = await both(...args);
      expect([plain.code, json.code, json.stdout], args.join(' ')).to.deep.equal([exit, exit, '']);
      const problem = JSON.parse(json.stderr);
      expect(problem).to.include({ severity: 'error', code: name });
      expect(plain.stderr).to.contain(problem.message.split('\n')[0]);
    }
  });

  it('show progress only at a terminal, after a second, and not with --json or --quiet', async () => {
    const text = async (args: readonly string[], isTTY: boolean): Promise<string> => {
      const stderr = Object.assign(new PassThrough({ encoding: 'utf8' }), { isTTY, columns: 40 });
      let now = 0;
      const io = {
        stdin: new PassThrough(),
        stdout: new PassThrough(),
        stderr,
        cwd: new URL('../../examples', import.meta.url).pathname,
        env: {},
        clock: systemClock,
        elapsed: () => (now += 400),
      };
      await runProgram(args, io);
      return stderr.read() ?? '';
    };
    const shown = await text(['test', '.'], true);
    const [first = '', last] = [shown.slice(0, 40), shown.slice(-4)];
    expect([first.slice(0, 9), last]).to.deep.equal(['\rPlaying ', '\r\x1b[K']);
    for (const args of [
      ['test', '.', '--json'],
      ['test', '.', '-q'],
    ]) {
      expect(await text(args, true), args.join(' ')).to.equal('');
    }
    expect(await text(['test', '.'], false)).to.equal('');
  });
});

describe('the examples of the commands', () => {
  let server: ConfiguredServer;
  let folder: string;
  let url: string;

  before(async () => {
    server = await ConfiguredServer.open();
    server.edit((text) =>
      JSON.stringify({
        ...JSON.parse(text),
        services: {
          ...JSON.parse(text).services,
          hello: { _type: 'ors', _service: 'hello' },
        },
        traces: { documents: ['*'] },
      }),
    );
    await server.close();
    await server.start();
    url = (await server.server.orsay.listen(0, '127.0.0.1')).url;
    folder = mkdtempSync(join(tmpdir(), 'orsay-test-'));
    mkdirSync(join(folder, 'data'));
    const store = openLmdbStore({ path: join(folder, 'data', 'store') });
    await store.write([{ table: 't', key: 'a', text: 'a' }]);
    await store.close();
    cpSync(ORDER, join(folder, 'order.scxml'));
    cpSync(PAID, join(folder, 'order.paid.scenario.yaml'));
  });

  after(() => server.close());

  const orsay = async (example: string): Promise<OrsayRun> => {
    const { args, input, env, output } = readExampleLine(example);
    const run = await runOrsay(args, { cwd: folder, input, env: { ORSAY_URL: url, ...env } });
    if (output !== undefined) writeFileSync(join(folder, output), run.stdout);
    return run;
  };

  const stdoutOf = async (example: string): Promise<string> => {
    const { code, stdout, stderr } = await orsay(example);
    expect([code, stderr], example).to.deep.equal([0, '']);
    return stdout;
  };

  /** Ids for the words in capitals. */
  async function filled(example: string): Promise<string> {
    const values: [string, () => Promise<string>][] = [
      ['SESSION', newSession],
      ['CALLBACK', newCallback],
      ['--document VERSION', async () => `--document ${await documentHash()}`],
      ['VERSION', async () => JSON.parse(await stdoutOf('orsay templates versions bank --json'))[0].version],
    ];
    let text = example;
    for (const [word, value] of values) if (text.includes(word)) text = text.replaceAll(word, await value());
    return text.replace('http://127.0.0.1:8080', url);
  }

  let hash: string | undefined;
  /** Hash of the first document with a session. */
  async function documentHash(): Promise<string> {
    hash ??= JSON.parse(await stdoutOf('orsay documents --json'))[0].documentHash as string;
    return hash;
  }

  async function newSession(): Promise<string> {
    const src = `${BASE}/genesys/1/document/service_template/hello/hello.scxml`;
    const { json } = await server.server.send('POST', '/scxml/session/start', { form: { src } });
    return (json as { _id: string })._id;
  }

  let callbacks = 0;
  async function newCallback(): Promise<string> {
    callbacks += 1;
    const create = `orsay callbacks create chat-delay --number 555${callbacks} --time 2026-01-07T09:00:00Z`;
    return JSON.parse(await stdoutOf(`${create} --json`))._id;
  }

  /** They need what others made. */
  const LAST = ['templates upload', 'templates versions', 'templates diff', 'templates download'];
  LAST.push('templates rollback', 'templates remove', 'store backup', 'store restore');
  LAST.push('store verify', 'store repair', 'services delete');

  it('run, in the order of their needs', async () => {
    const first = Object.keys(EXAMPLES).filter((path) => !LAST.includes(path) && path !== 'serve');
    const last = LAST.slice(0, runsOf({ sample: 0, all: LAST.length }));
    for (const path of [...sampleOf(first, 4), ...last]) {
      for (const example of EXAMPLES[path]!) {
        const { code, stdout, stderr } = await orsay(await filled(example));
        expect(code, `${example}\n${stdout}${stderr}`).to.equal(OTHER_EXITS[path] ?? 0);
      }
    }
  });
});
