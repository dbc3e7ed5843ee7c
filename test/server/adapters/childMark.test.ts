import { expect } from 'chai';
import { parseDocument } from '../../../engine/document/load.ts';
import { createChildMark, readChildMark } from '../../../server/adapters/childMark.ts';
import { openEngineChildren } from '../../../server/adapters/engineChildren.ts';
import { silentLog } from '../../support/silentLog.ts';

/** Three pages of WebAssembly, as the mark's own. */
declare const WebAssembly: { readonly Memory: new (pages: { initial: number; maximum: number }) => object };

const WAITING =
  '<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript"><state id="s"/></scxml>';

describe('The mark of an engine child', () => {
  before(function () {
    if (process.platform === 'linux') return;
    console.log('      skipped: there is no /proc on this system');
    this.skip();
  });

  it('is read from the memory of the process, as it is now, past mappings of its size', () => {
    const decoys = Array.from({ length: 3 }, () => new WebAssembly.Memory({ initial: 3, maximum: 3 }));
    expect(readChildMark(process.pid)).to.equal(undefined);
    const mark = createChildMark();
    expect(readChildMark(process.pid)).to.equal(0);
    const seen = [1, 4_711, Number.MAX_SAFE_INTEGER].map((number) => {
      mark(number);
      return readChildMark(process.pid);
    });
    expect(seen).to.deep.equal([1, 4_711, Number.MAX_SAFE_INTEGER]);
    expect(decoys).to.have.length(3);
  });

  it('is read of a child that is confined', async () => {
    const children = openEngineChildren({ log: silentLog, children: 1, deadlineMs: 10_000, memoryMb: 256 });
    const { engine } = children;
    const program = engine.compileProgram(await parseDocument(WAITING));
    const execution = engine.startExecution(program, { sessionId: 'S', seed: 1 });
    await execution.step({ kind: 'start' }, { now: 1 });
    const [pid = 0] = children.pids();
    // Call 0 is the document's compilation.
    expect(readChildMark(pid)).to.equal(1);
    await execution.step({ kind: 'event', event: { name: 'e' } }, { now: 2 });
    expect(readChildMark(pid)).to.equal(2);
    children.close();
  });

  it('is unknown of a process that is not there, and of one that shows none', () => {
    // A process id is at most 2 ** 22.
    expect(readChildMark(2 ** 22 + 1)).to.equal(undefined);
    expect(readChildMark(process.ppid)).to.equal(undefined);
  });
});
