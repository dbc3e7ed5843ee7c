import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { runOrsay } from '../support/runOrsay.ts';

const GUIDE = readFileSync(new URL('../../docs/guides/verify-a-document.md', import.meta.url), 'utf8');

/** The blocks of the guide in a language. */
function blocks(language: string): readonly string[] {
  return [...GUIDE.matchAll(new RegExp(`^\`\`\`${language}\\n([\\s\\S]*?)^\`\`\``, 'gm'))].map(
    ([, text]) => text!,
  );
}

describe('orsay verify', () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'orsay-verify-'));
    writeFileSync(join(folder, 'order.scxml'), blocks('xml')[0]!);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const verify = (...args: readonly string[]) => runOrsay(['verify', ...args], { cwd: folder });

  it('prints and writes what the guide shows', async () => {
    const [surroundings, scenario] = blocks('yaml');
    writeFileSync(join(folder, 'order.verify.yaml'), surroundings!);
    const { code, stdout } = await verify('order.scxml', '--scenarios', 'found');
    expect([code, stdout]).to.deep.equal([1, blocks('text')[0]]);
    const files = readdirSync(join(folder, 'found'));
    expect(files).to.have.length(6);
    const shown = files.find((name) => name.includes('property'))!;
    expect(readFileSync(join(folder, 'found', shown), 'utf8')).to.equal(scenario);
  });

  it('writes a scenario that fails while the fault is there, and passes without it', async () => {
    const document = join(folder, 'twice.scxml');
    const faulty = `<scxml xmlns="http://www.w3.org/2005/07/scxml" xmlns:ws="http://www.genesyslab.com/modules/ws" version="1.0">
        <state id="a"><transition event="ask" cond="_event.sendid" target="b">
          <ws:response requestid="_event.sendid"/><ws:response requestid="_event.sendid"/>
        </transition></state><final id="b"/></scxml>`;
    writeFileSync(document, faulty);
    writeFileSync(join(folder, 'twice.verify.yaml'), 'events: [{ request: ask, times: 1 }]\n');
    const { stdout } = await verify('twice.scxml', '--scenarios', 'found');
    const file = 'found/twice-1-answeredTwice.scenario.yaml';
    expect(stdout.split('\n').slice(0, 3)).to.deep.equal([
      'answeredTwice: a request is answered a second time',
      '         0.000 s  request ask',
      `  scenario: ${file}`,
    ]);
    const before = await runOrsay(['test', file], { cwd: folder });
    expect([before.code, before.stdout]).to.satisfy(
      ([code, text]: [number, string]) =>
        code === 1 && text.includes("Expected 1 answer to the request 'request-1', got 2."),
    );
    writeFileSync(document, faulty.replace('<ws:response requestid="_event.sendid"/>', ''));
    expect((await runOrsay(['test', file], { cwd: folder })).code).to.equal(0);
  });

  it('prints one JSON object, and ends with 0 when it finds nothing', async () => {
    writeFileSync(
      join(folder, 'calm.scxml'),
      '<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0"><state id="a"><transition event="go" target="b"/></state><final id="b"/></scxml>',
    );
    const { code, stdout } = await verify('calm.scxml', '--json');
    const { elapsedMs, bytes, ...report } = JSON.parse(stdout) as Record<string, unknown>;
    expect([typeof elapsedMs, typeof bytes]).to.deep.equal(['number', 'number']);
    expect([code, report]).to.deep.equal([
      0,
      {
        isClosed: true,
        states: 2,
        steps: 1,
        depth: 0,
        waiting: 0,
        findings: [],
        missed: [],
        unconfirmed: 0,
      },
    ]);
  });

  it('says what it expected of surroundings, a bound and a document', async () => {
    const missing = await verify('order.scxml', '--surroundings', 'none.yaml');
    expect([missing.code, missing.stderr]).to.deep.equal([
      2,
      "Expected a file with surroundings, got none of the name 'none.yaml'.\n",
    ]);
    writeFileSync(join(folder, 'wrong.yaml'), 'fetches:\n  - { fetch: /a }\n');
    const wrong = await verify('order.scxml', '--surroundings', 'wrong.yaml');
    expect([wrong.code, wrong.stderr]).to.deep.equal([
      1,
      "wrong.yaml:2:5: expected the field 'ok', got none\n",
    ]);
    writeFileSync(join(folder, 'property.yaml'), 'properties:\n  - name: sum\n    never: a +* b\n');
    const property = await verify('order.scxml', '--surroundings', 'property.yaml');
    expect([property.code, property.stderr]).to.deep.equal([
      1,
      "property.yaml:2:5: Expected a condition that can be evaluated in property 'sum', got: SyntaxError: Expected an expression, got '*'\n",
    ]);
    const bound = await verify('order.scxml', '--max-states', 'many');
    expect([bound.code, bound.stderr.split('\n')[0]]).to.deep.equal([
      2,
      "error: option '--max-states <number>' argument 'many' is invalid. Expected a whole number from 1, got 'many'.",
    ]);
    writeFileSync(join(folder, 'broken.scxml'), '<scxml>');
    expect((await verify('broken.scxml')).code).to.equal(1);
  });
});
