import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { type ServerProcess, startOrsayProcess } from './support/crash/orsayProcess.ts';
import { runsOf, sampleOf } from './support/runLength.ts';
import { builtProgram } from './support/testBuild.ts';

const root = resolve(import.meta.dirname, '..');
/** Leads the package's own name to its sources. */
const SOURCES = 'conditions=@orsay/source';
/** The readers of several guides may use one server. */
const SERVERS: readonly {
  readonly name: string;
  readonly env: Readonly<Record<string, string>>;
  readonly guides: readonly string[];
}[] = [
  {
    name: 'as it is installed',
    env: {},
    guides: [
      'chat-by-hand.md',
      'agents.md',
      'open-media.md',
      'upload-a-template.md',
      'write-a-callback-client.md',
    ],
  },
  {
    name: 'with an administrator',
    env: { ORSAY_ADMIN_USER: 'admin', ORSAY_ADMIN_PASSWORD: 'secret' },
    guides: ['run-in-production.md'],
  },
];

/** Blocks of one language in a guide, in order. */
async function blocksOf(guide: string, language: string): Promise<string[]> {
  const text = await readFile(join(root, 'docs/guides', guide), 'utf8');
  const blocks = text.matchAll(new RegExp(`^\`\`\`${language}\n([\\s\\S]*?)^\`\`\``, 'gm'));
  return [...blocks].map((match) => match[1]!);
}

/** Runs a command to its end. Rejects, with what it wrote, where it fails. */
async function run(
  command: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
): Promise<string> {
  const child = spawn(command, args, {
    cwd: options.cwd,
    env: { PATH: process.env.PATH ?? '', ...options.env },
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  let output = '';
  for (const stream of [child.stdout, child.stderr]) {
    stream.setEncoding('utf8').on('data', (chunk: string) => {
      output += chunk;
    });
  }
  const [code] = (await once(child, 'close')) as [number | null];
  if (code !== 0) throw new Error(`${command} ended with ${code}:\n${output}`);
  return output;
}

describe('the guides', function () {
  this.timeout(120_000);

  for (const { name, env, guides } of SERVERS) {
    describe(`whose shell commands run against a server ${name}`, () => {
      let folder: string;
      let server: ServerProcess;

      before(async () => {
        folder = await mkdtemp(join(tmpdir(), 'orsay-guide-'));
        // Documents name the server by its address, as in the guides.
        server = startOrsayProcess(join(folder, 'data'), { ORSAY_BASE_URL: '', ...env });
        await server.ready;
      });
      after(async () => {
        await server.stop();
        await rm(folder, { recursive: true });
      });

      for (const guide of guides) {
        it(guide, async () => {
          const url = await server.ready;
          const commands = (await blocksOf(guide, 'sh')).join('');
          expect(commands).to.not.equal('');
          const cwd = await mkdtemp(join(folder, 'reader-'));
          const output = await run('bash', ['-c', scriptOf(commands, url)], {
            cwd,
            env: { ...env, ORSAY_URL: url },
          });
          const promised = [...commands.matchAll(/^# prints: (.*)$/gm)].map((match) => match[1]!);
          expect(promised).to.not.have.length(0);
          expect(
            promised.filter((text) => !output.includes(text)),
            output,
          ).to.deep.equal([]);
        });
      }
    });
  }

  describe('whose programs run', () => {
    let folder: string;
    beforeEach(async () => {
      // Below the root, so that the package's own name leads to its sources.
      folder = await mkdtemp(join(root, 'guide-'));
    });
    afterEach(() => rm(folder, { recursive: true }));

    it('test-a-document.md', async () => {
      const [document] = await blocksOf('test-a-document.md', 'xml');
      const [test, plain] = await blocksOf('test-a-document.md', 'js');
      await writeFile(join(folder, 'order.scxml'), document!);
      await writeFile(join(folder, 'order.test.mjs'), test!);
      await writeFile(join(folder, 'plain.mjs'), plain!);
      const mocha = join(root, 'node_modules/mocha/bin/mocha.js');
      const config = ['--no-config', '--node-option', 'import=tsx', '--node-option', SOURCES];
      const output = await run(process.execPath, [mocha, ...config, 'order.test.mjs'], { cwd: folder });
      expect(output).to.contain('2 passing');
      // Without the test runner in front, a file of node:test tells its outcome by its exit code.
      await run(process.execPath, ['--import', 'tsx', `--${SOURCES}`, 'plain.mjs'], { cwd: folder });
    });

    // Its commands take some ten seconds of processor time.
    for (const guide of ['test-a-callback.md'].slice(0, runsOf({ sample: 0, all: 1 }))) {
      it(`${guide}, as its reader follows it`, async () => {
        await new GuideReader(folder).follow(await readFile(join(root, 'docs/guides', guide), 'utf8'));
      });
    }

    it('how-many-agents.md', async () => {
      const commands = (await blocksOf('how-many-agents.md', 'console')).join('').trim().split('\n');
      for (const command of sampleOf(commands, 2)) {
        const [, args = ''] = command.split(' -- ');
        const simulator = builtProgram('test/simulators/simulateRouting.ts');
        const output = await run(process.execPath, [simulator, ...args.split(' ')], { cwd: root });
        expect(output).to.match(/^SIMULATION/);
        expect(output).to.contain('| team | occupancy |');
      }
    });

    it('engine-in-code.md', async () => {
      const [document] = await blocksOf('engine-in-code.md', 'xml');
      await writeFile(join(folder, 'order.scxml'), document!);
      await writeFile(join(folder, 'order.mjs'), (await blocksOf('engine-in-code.md', 'js')).join(''));
      const output = await run(process.execPath, ['--import', 'tsx', `--${SOURCES}`, 'order.mjs'], {
        cwd: folder,
      });
      expect(output).to.equal((await blocksOf('engine-in-code.md', 'console')).join(''));
    });
  });
});

/** Does what a guide says: saves its files, changes them, and compares the output of its commands. */
class GuideReader {
  readonly #folder: string;
  /** The last file of each language. */
  readonly #last = new Map<string, string>();

  constructor(folder: string) {
    this.#folder = folder;
  }

  async follow(text: string): Promise<void> {
    let from = 0;
    for (const block of text.matchAll(/^```(\w+)\n([\s\S]*?)^```/gm)) {
      const [whole, language, content] = block as unknown as [string, string, string];
      const before = text.slice(from, block.index);
      from = block.index + whole.length;
      await this.#replace(before);
      if (language === 'console') await this.#type(content);
      else await this.#save(language, content, before);
    }
  }

  /** "Save this as `x`", "before `y`", or else at the end of the last file. */
  async #save(language: string, content: string, before: string): Promise<void> {
    const name = /Save this as `([^`]+)`/.exec(before)?.[1];
    const place = /before `([^`]+)`/.exec(before)?.[1];
    if (name !== undefined) this.#last.set(language, name);
    const path = join(this.#folder, this.#last.get(language)!);
    const old = name === undefined ? await readFile(path, 'utf8') : '';
    const at = place === undefined ? old.length : old.lastIndexOf('\n', old.indexOf(place)) + 1;
    await writeFile(path, `${old.slice(0, at)}${content}${old.slice(at)}`);
  }

  /** "`a` in place of `b`": the last one in the tests. */
  async #replace(before: string): Promise<void> {
    const [, after, old] = /`([^`]+)`\s+in\s+place\s+of\s+`([^`]+)`/.exec(before) ?? [];
    if (after === undefined || old === undefined) return;
    const path = join(this.#folder, this.#last.get('js')!);
    const text = await readFile(path, 'utf8');
    const at = text.lastIndexOf(old);
    await writeFile(path, `${text.slice(0, at)}${after}${text.slice(at + old.length)}`);
  }

  async #type(content: string): Promise<void> {
    for (const part of content.split(/^(?=\$ )/m)) {
      const [command = '', ...promised] = part.trimEnd().split('\n');
      if (command.startsWith('$ npm ')) continue;
      const [program, ...args] = this.#programOf(command.slice(2).split(' '));
      const output = await run(program, args, { cwd: this.#folder }).catch((error: Error) =>
        error.message.slice(error.message.indexOf('\n') + 1),
      );
      expect(withoutTimes(output), command).to.deep.equal(withoutTimes(promised.join('\n')));
    }
  }

  /** The program and its arguments; the package's own name leads to its sources. */
  #programOf([program, ...args]: readonly string[]): readonly [string, ...string[]] {
    const sources = ['--import', 'tsx', `--${SOURCES}`];
    if (program === 'node') return [process.execPath, ...sources, ...args];
    const [command, ...others] = args;
    if (command === 'orsay') return [process.execPath, builtProgram('cli/main.ts'), ...others];
    const mocha = join(root, 'node_modules/mocha/bin/mocha.js');
    return [process.execPath, ...sources, mocha, '--no-config', ...others];
  }
}

/** Lines without durations, the folder of the reader, and empty ones. */
function withoutTimes(output: string): readonly string[] {
  return output
    .replaceAll(/\(?\b[\d.]+ ?m?s\b\)?|(?<=duration_ms )[\d.]+/g, '')
    .replaceAll(/file:\/\/\S*\//g, '')
    .split('\n')
    .map((line) => line.trimEnd())
    .filter((line) => line !== '');
}

/** The commands of a guide, which end at the first that fails, for a server at `url` and the sources. */
function scriptOf(commands: string, url: string): string {
  return `set -e -o pipefail
curl() { command curl -fsS "$@" && echo; }
npx() { shift; '${process.execPath}' '${builtProgram('cli/main.ts')}' "$@"; }
${commands.replaceAll('localhost:8080', new URL(url).host)}`;
}
