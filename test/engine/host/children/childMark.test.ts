import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'chai';
import { createChildMark, PAGES, readChildMark } from '../../../../engine/host/children/childMark.ts';
import { type EngineChildren, openEngineChildren } from '../../../../engine/host/children/engineChildren.ts';
import { parseDocument } from '../../../../engine/interpreter/load/load.ts';
import { silentLog } from '../../../support/silentLog.ts';

declare const WebAssembly: { readonly Memory: new (pages: { initial: number; maximum: number }) => object };

const WAITING =
  '<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript"><state id="s"/></scxml>';

describe('The mark of an engine child', () => {
  let children: EngineChildren | undefined;

  afterEach(() => children?.close());

  before(function () {
    if (process.platform === 'linux') return;
    console.log('      skipped: there is no /proc on this system');
    this.skip();
  });

  it('is read from the memory of the process, as it is now, past mappings of its size', () => {
    const decoys = Array.from({ length: 12 }, () => {
      return new WebAssembly.Memory({ initial: PAGES, maximum: PAGES });
    });
    expect(readChildMark(process.pid)).to.equal(undefined);
    const mark = createChildMark();
    expect(readChildMark(process.pid)).to.equal(0);
    const seen = [1, 4_711, Number.MAX_SAFE_INTEGER].map((number) => {
      mark(number);
      return readChildMark(process.pid);
    });
    expect(seen).to.deep.equal([1, 4_711, Number.MAX_SAFE_INTEGER]);
    expect(decoys).to.have.length(12);
  });

  it('is read of a child that is confined', async () => {
    children = openEngineChildren({ log: silentLog, children: 1, deadlineMs: 10_000, memoryMb: 256 });
    const { engine } = children;
    const program = engine.compileProgram(await parseDocument(WAITING));
    const execution = engine.startExecution(program, { sessionId: 'S', seed: 1 });
    await execution.step({ kind: 'start' }, { now: 1 });
    const [pid = 0] = children.pids();
    // Call 0 is the document's compilation.
    expect(readChildMark(pid)).to.equal(1);
    await execution.step({ kind: 'event', event: { name: 'e' } }, { now: 2 });
    expect(readChildMark(pid)).to.equal(2);
  });

  it('is unknown of a process that is not there, and of one that shows none among many mappings', async () => {
    // A process id is at most 2 ** 22.
    expect(readChildMark(2 ** 22 + 1)).to.equal(undefined);
    const pages = `{ initial: ${PAGES}, maximum: ${PAGES} }`;
    const decoys = `const all = Array.from({ length: 40 }, () => new WebAssembly.Memory(${pages}));`;
    const other = spawn(process.execPath, [
      '-e',
      `${decoys} console.log(all.length); setInterval(() => {}, 1_000);`,
    ]);
    try {
      await once(other.stdout, 'data');
      expect(readChildMark(other.pid!)).to.equal(undefined);
    } finally {
      other.kill('SIGKILL');
    }
  });
});
