import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { promisify } from 'node:util';
import { expect } from 'chai';
import { type ServerProcess, startOrsayProcess } from '../support/crash/orsayProcess.ts';

const EXAMPLES = resolve(import.meta.dirname, '../../examples');
const run = promisify(execFile);

describe('the examples', () => {
  let folder: string;
  let server: ServerProcess;
  let agent: ChildProcess | undefined;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'orsay-examples-'));
  });

  afterEach(async () => {
    agent?.kill();
    await server.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  it('let a customer wait for an agent and chat', async function () {
    this.timeout(60_000);
    server = startOrsayProcess(folder);
    const base = await server.ready;
    agent = spawn(process.execPath, [join(EXAMPLES, 'agent.mjs'), base], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    const agentSays = linesOf(agent);
    expect(await agentSays.next()).to.equal('KSippola is ready.');

    const { stdout } = await run(process.execPath, [join(EXAMPLES, 'callbackClient.mjs'), base]);
    const [created, ...rest] = stdout.trimEnd().split('\n');
    expect(created).to.match(/^Created the callback 1-\S+\.$/);
    expect(rest).to.deep.equal([
      'An agent is near.',
      'KSippola: Hello, how can I help?',
      'KSippola: You said: My invoice is wrong.',
      'Left the chat.',
    ]);
    expect(await agentSays.next()).to.equal('Customer: My invoice is wrong.');
    expect(await agentSays.next()).to.equal('The chat has ended.');
  });
});

/** The lines that a process prints, one after the other. */
function linesOf(child: ChildProcess): { next(): Promise<string | undefined> } {
  const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
  return { next: async () => (await lines.next()).value };
}
