import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { runOrsay } from '../support/runOrsay.ts';

const DOCUMENT = `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript">
<state id="waiting"><transition event="pay" target="paid"/></state>
<state id="paid"/>
<state id="lost"/>
</scxml>`;

describe('orsay draw', () => {
  let folder: string;

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), 'orsay-draw-'));
    writeFileSync(join(folder, 'order.scxml'), DOCUMENT);
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const draw = (...args: readonly string[]) => runOrsay(['draw', ...args], { cwd: folder });

  it('writes an SVG, with the trace of a run laid over it', async () => {
    const { stdout: steps } = await runOrsay(['run', 'order.scxml', '--steps', '--event', 'pay'], {
      cwd: folder,
    });
    writeFileSync(join(folder, 'run.txt'), steps);
    const { code, stdout } = await draw('order.scxml', '-o', 'order.svg', '--trace', 'run.txt');
    expect([code, stdout]).to.deep.equal([0, 'order.svg: 3 states, 2 transitions\n']);
    const svg = readFileSync(join(folder, 'order.svg'), 'utf8');
    const marks = [...svg.matchAll(/data-state="(\w+)" class="state (\w+)"/g)].map(([, ...mark]) => mark);
    expect(marks).to.deep.equal([
      ['waiting', 'visited'],
      ['paid', 'active'],
      ['lost', 'never'],
    ]);
  });

  it('writes the places of states and transitions', async () => {
    expect((await draw('order.scxml', '-o', 'order.json')).code).to.equal(0);
    const { states, transitions } = JSON.parse(readFileSync(join(folder, 'order.json'), 'utf8')) as {
      states: { id: string }[];
      transitions: { source: string; line: number; points: unknown[] }[];
    };
    expect(states.map(({ id }) => id)).to.have.members(['waiting', 'paid', 'lost']);
    expect(transitions.find(({ source }) => source === 'waiting')).to.include({ line: 2 });
  });

  it('says what it expected of a name, a state, a trace and a document', async () => {
    expect(await draw('order.scxml', '-o', 'order.gif')).to.deep.include({
      code: 2,
      stderr: "Expected a name that ends in .svg, .png or .json after -o, got 'order.gif'.\n",
    });
    expect(await draw('order.scxml', '-o', 'a.svg', '--configuration', 'paidd')).to.deep.include({
      code: 1,
      stderr: "Expected ids of states, got 'paidd'. Did you mean 'paid'?\n",
    });
    expect(await draw('order.scxml', '-o', 'a.svg', '--trace', 'order.scxml')).to.deep.include({
      code: 1,
      stderr:
        "Expected a trace of 'orsay sessions trace', or steps of 'orsay run --steps', in 'order.scxml', got neither.\n",
    });
    writeFileSync(join(folder, 'bad.scxml'), DOCUMENT.replace('target="paid"', 'target="gone"'));
    const { code, stdout, stderr } = await draw('bad.scxml', '-o', 'a.svg');
    expect([code, stdout, stderr.split(':').slice(0, 2)]).to.deep.equal([1, '', ['bad.scxml', '2']]);
  });
});
