import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { expect } from 'chai';
import { LineOutput, MAX_WAITING_BYTES } from '../../../server/adapters/lineOutput.ts';
import { createSimulatedClock, type SimulatedClock } from '../../support/simulatedClock.ts';
import { builtProgram } from '../../support/testBuild.ts';

const PROCESS = 'test/support/processes/endingLogger.ts';

describe('the output of log lines', () => {
  let clock: SimulatedClock;
  let output: LineOutput;
  /** Bytes that the reader still accepts, or an error of the system. */
  let room: number | 'EPIPE';
  let written: string;
  let writes: number;

  beforeEach(() => {
    clock = createSimulatedClock();
    [room, written, writes] = [Number.POSITIVE_INFINITY, '', 0];
    const write = (bytes: Uint8Array): number => {
      writes++;
      if (room === 'EPIPE' || room === 0) {
        throw Object.assign(new Error('not now'), { code: room === 0 ? 'EAGAIN' : room });
      }
      const taken = bytes.subarray(0, room);
      room -= taken.length;
      written += Buffer.from(taken).toString('latin1');
      return taken.length;
    };
    const onDropped = (lines: number): void => output.write(`(${lines} dropped)\n`);
    output = new LineOutput({ write, clock, onDropped });
  });

  const pass = (ms: number): Promise<void> => clock.advance(ms, async () => {});
  const lines = (): string[] => written.split('\n').slice(0, -1);
  /** A line of a quarter of MAX_WAITING_BYTES. */
  const quarter = (letter: string): string => `${letter.repeat(MAX_WAITING_BYTES / 4 - 1)}\n`;
  const letters = (): string[] => lines().map((line) => (line.startsWith('(') ? line : line.charAt(0)));

  it('accepts lines at once, and writes those of one moment together', async () => {
    output.write('one\n');
    output.write('two\n');
    expect(writes).to.equal(0);
    await pass(0);
    expect([lines(), writes]).to.deep.equal([['one', 'two'], 1]);
    output.write('three\n');
    await pass(0);
    expect([lines(), writes]).to.deep.equal([['one', 'two', 'three'], 2]);
  });

  it('continues in the middle of a line when the reader has room again', async () => {
    room = 5;
    output.write('é one\n');
    output.write('two\n');
    await pass(0);
    expect(written).to.have.length(5);
    room = 2;
    await pass(20);
    expect(written).to.have.length(7);
    room = Number.POSITIVE_INFINITY;
    await pass(20);
    expect(Buffer.from(written, 'latin1').toString()).to.equal('é one\ntwo\n');
  });

  it('drops lines beyond the limit and reports their number in their position, once half of the rest is read', async () => {
    room = 0;
    for (const letter of 'abcdefg') output.write(quarter(letter));
    await pass(1_000);
    room = MAX_WAITING_BYTES / 4;
    await pass(20);
    output.write('too early\n');
    expect(letters()).to.deep.equal(['a']);
    room = MAX_WAITING_BYTES / 4;
    await pass(20);
    output.write('in time\n');
    room = Number.POSITIVE_INFINITY;
    await pass(20);
    expect(letters()).to.deep.equal(['a', 'b', 'c', 'd', '(4 dropped)', 'i']);
  });

  it('reports a single line that is too long as dropped', async () => {
    output.write('x'.repeat(MAX_WAITING_BYTES + 1));
    await pass(0);
    output.write('next\n');
    await pass(0);
    expect(lines()).to.deep.equal(['(1 dropped)', 'next']);
  });

  it('tries a failing output once a second, and continues when it works again', async () => {
    room = 'EPIPE';
    output.write('one\n');
    await pass(3_000);
    expect(writes).to.equal(4);
    output.flushSync();
    expect(writes, 'it does not wait for it at the exit').to.equal(5);
    room = Number.POSITIVE_INFINITY;
    await pass(1_000);
    expect(lines()).to.deep.equal(['one']);
  });

  it('has written all lines when a process exits, fails, or has nothing more to do', async () => {
    for (const [end, code] of [
      ['exit', 3],
      ['throw', 1],
      ['return', 0],
    ] as const) {
      const child = spawn(process.execPath, [builtProgram(PROCESS), end], {
        stdio: ['ignore', 'pipe', 'ignore'],
      });
      const chunks: Buffer[] = [];
      child.stdout.on('data', (chunk: Buffer) => chunks.push(chunk));
      const [actual] = (await once(child, 'close')) as [number];
      const numbers = Buffer.concat(chunks).toString().split('\n').slice(0, -1).map(Number.parseFloat);
      expect({ end, code: actual, numbers }).to.deep.equal({
        end,
        code,
        numbers: Array.from({ length: 2_000 }, (_, number) => number),
      });
    }
  });
});
