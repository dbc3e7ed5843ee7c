import { expect } from 'chai';
import fc from 'fast-check';
import {
  BLOCK_BYTES,
  HEADER_BYTES,
  randomId,
  sealFrame,
} from '../../../../engine/durable/lmdb/journalFrames.mjs';
import { type CheckpointMark, JournalError } from '../../../../engine/durable/lmdb/readSegments.ts';
import type { StoreOperation } from '../../../../engine/durable/storePort.ts';
import { fuzzSeed } from '../../../support/fuzzSeed.ts';
import { runsOf, sampleOf } from '../../../support/runLength.ts';
import {
  createSimulatedFile,
  createSimulatedJournal,
  type LeftJournal,
  type SimulatedJournal,
  settled,
  TABLE,
  type Torn,
} from './simulatedJournal.ts';

const RUNS = runsOf({ sample: 40, all: 300 });
const PLENTY = 1e12;
const ALL: Torn = () => true;
const NONE: Torn = () => false;
const GIVEN = { segmentBytes: 1_000_000, free: () => PLENTY };

function put(key: string, text: string | null = key): StoreOperation {
  return { table: TABLE, key, text };
}

type Move =
  | { readonly kind: 'write'; readonly operations: readonly StoreOperation[] }
  | { readonly kind: 'finish'; readonly times: number }
  | { readonly kind: 'failWrite' | 'failCheckpoint' | 'crash'; readonly torn: readonly boolean[] }
  | { readonly kind: 'finishCheckpoint' }
  | { readonly kind: 'fillDisk'; readonly isFull: boolean };

/** Which parts happened: a short random pattern, repeated. */
const torn = fc.array(fc.boolean(), { minLength: 1, maxLength: 12 });

function repeated(parts: readonly boolean[]): Torn {
  return (part) => parts[part % parts.length]!;
}

const text = fc.oneof(
  fc.string({ maxLength: 12, unit: 'grapheme' }),
  fc.nat({ max: 12_000 }).map((length) => 'x'.repeat(length)),
  fc.constant(null),
);
const operation = fc.tuple(fc.nat({ max: 12 }), text).map(([key, given]) => put(`k${key}`, given));
const move: fc.Arbitrary<Move> = fc.oneof(
  {
    weight: 6,
    arbitrary: fc.record({
      kind: fc.constant('write' as const),
      operations: fc.array(operation, { minLength: 1, maxLength: 4 }),
    }),
  },
  {
    weight: 6,
    arbitrary: fc.record({ kind: fc.constant('finish' as const), times: fc.integer({ min: 1, max: 4 }) }),
  },
  { weight: 2, arbitrary: fc.constant({ kind: 'finishCheckpoint' as const }) },
  {
    weight: 2,
    arbitrary: fc.record({ kind: fc.constantFrom('failWrite', 'failCheckpoint', 'crash'), torn }),
  },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('fillDisk' as const), isFull: fc.boolean() }) },
);

/** The records after these writes. */
function recordsAfter(
  writes: readonly (readonly StoreOperation[])[],
): readonly (readonly [string, string])[] {
  const records = new Map<string, string>();
  for (const { key, text: last } of writes.flat()) {
    if (last === null) records.delete(key);
    else records.set(key, last);
  }
  return [...records].sort(([a], [b]) => (a < b ? -1 : 1));
}

describe('The journal of an lmdb store', () => {
  it('keeps what it acknowledged and shows nothing else, whatever fails and whenever the process ends', async function () {
    this.timeout(120_000);
    await fc.assert(fc.asyncProperty(fc.array(move, { minLength: 5, maxLength: 60, size: 'max' }), play), {
      numRuns: RUNS,
      ...fuzzSeed(),
    });
  });

  async function play(moves: readonly Move[]): Promise<void> {
    let isFull = false;
    let simulated = createSimulatedJournal({
      segmentBytes: 40_000,
      free: () => (isFull ? 0 : PLENTY),
    });
    /** Acknowledged, in their order. */
    let acked: (readonly StoreOperation[])[] = [];
    /** The write under way. */
    let open: readonly StoreOperation[] | undefined;
    let refused = 0;

    function write(operations: readonly StoreOperation[], to: SimulatedJournal): void {
      if (open !== undefined) return;
      open = operations;
      to.journal.write(operations).then(
        () => {
          open = undefined;
          acked.push(operations);
        },
        () => {
          open = undefined;
          refused++;
        },
      );
    }

    function crash(parts: Torn): void {
      simulated = simulated.afterCrash(parts);
      if (open === undefined) return;
      // The write under way happened completely, or not at all.
      const seen = JSON.stringify(simulated.seen());
      const withIt = [...acked, open];
      open = undefined;
      if (JSON.stringify(recordsAfter(withIt)) === seen) acked = withIt;
    }

    for (const one of moves) {
      if (one.kind === 'write') write(one.operations, simulated);
      if (one.kind === 'crash') crash(repeated(one.torn));
      if (one.kind === 'fillDisk') isFull = one.isFull;
      if (one.kind === 'finishCheckpoint' && simulated.isCheckpointing) simulated.finishCheckpoint();
      if (one.kind === 'failCheckpoint' && simulated.isCheckpointing) {
        simulated.failCheckpoint(repeated(one.torn));
      }
      const writing = simulated.files.find(({ isWriting }) => isWriting);
      // If the erasure of a refused frame fails as well, the disk may keep the frame.
      if (one.kind === 'failWrite' && writing?.isErasing === false) writing.fail('EIO', repeated(one.torn));
      await settled();
      for (let time = 0; one.kind === 'finish' && time < one.times; time++) {
        simulated.files.find(({ isWriting }) => isWriting)?.finish();
        await settled();
      }
      expect(simulated.damage).to.equal(undefined);
      expect(simulated.seen()).to.deep.equal(recordsAfter(acked));
    }
    await simulated.finishAll();
    expect(open).to.equal(undefined);
    expect(simulated.seen()).to.deep.equal(recordsAfter(acked));
    for (const [key, value] of recordsAfter(acked)) expect(simulated.get(key)).to.equal(value);
    const closed = simulated.journal.close();
    await simulated.finishAll();
    await closed;
    const next = simulated.afterCrash(NONE);
    expect(next.isCheckpointing).to.equal(false);
    expect(next.seen()).to.deep.equal(recordsAfter(acked));
    if (moves.every(({ kind }) => kind !== 'failWrite' && kind !== 'failCheckpoint')) {
      expect(refused).to.equal(0);
    }
  }

  /** A journal with one frame a write, and nothing checkpointed. */
  async function written(writes: readonly StoreOperation[], segmentBytes = 1_000_000) {
    const simulated = createSimulatedJournal({ segmentBytes, free: () => PLENTY });
    for (const operation of writes) {
      const done = simulated.journal.write([operation]);
      for (;;) {
        await settled();
        const file = simulated.files.find(({ isWriting }) => isWriting);
        if (file === undefined) break;
        file.finish();
      }
      await done;
    }
    return simulated;
  }

  /** Opens a journal again with other bytes in its first file. */
  function reopened(simulated: SimulatedJournal, bytes: Buffer, left: Partial<LeftJournal> = {}) {
    return createSimulatedJournal(GIVEN, {
      ...simulated.left(),
      files: [createSimulatedFile(() => 0, bytes), createSimulatedFile(() => 0)],
      ...left,
    });
  }

  it('finds every flipped bit of an acknowledged frame, and serves nothing that is not what was written', async () => {
    const keys = ['a', 'b', 'c'];
    const simulated = await written(keys.map((key) => put(key)));
    const used = keys.length * BLOCK_BYTES;
    const frameBytes = HEADER_BYTES + 8 + 4;
    const bits = Array.from({ length: 8 * used }, (_, bit) => bit);
    for (const bit of sampleOf(bits, 13)) {
      const at = bit >> 3;
      const isInFrame = at % BLOCK_BYTES < frameBytes;
      if (!isInFrame && bit % 97 !== 0) continue;
      const damaged = Buffer.from(simulated.files[0].content);
      damaged[at]! ^= 1 << (bit & 7);
      const again = reopened(simulated, damaged);
      const sound = isInFrame ? Math.floor(at / BLOCK_BYTES) : keys.length;
      const expected = isInFrame ? { segment: 0, from: sound + 1, to: keys.length } : undefined;
      expect(again.damage, `bit ${bit}`).to.deep.equal(expected);
      expect(again.seen().map(([key]) => key)).to.deep.equal(keys.slice(0, sound));
    }
  });

  it('finds that acknowledged frames were cut off, at every length', async () => {
    const simulated = await written(['a', 'b', 'c'].map((key) => put(key)));
    for (let length = 0; length <= 3 * BLOCK_BYTES; length += 256) {
      const again = reopened(simulated, simulated.files[0].content.subarray(0, length));
      const sound = [1, 2, 3].filter((count) => length >= (count - 1) * BLOCK_BYTES + 256).length;
      expect(again.seen(), `length ${length}`).to.have.length(sound);
      expect(again.damage === undefined).to.equal(sound === 3);
    }
  });

  it('takes an incomplete last frame that was not acknowledged for the end, and a whole one behind it for damage', async () => {
    const simulated = await written(['a', 'b', 'c'].map((key) => put(key)));
    const { head } = simulated.left();
    // A power failure may lose the latest acknowledgements of the head.
    const powerFailure = { head: { ...head, acked: 0 } };
    const [inLast, inSecond] = [3, 2].map((frame) => {
      const bytes = Buffer.from(simulated.files[0].content);
      bytes[(frame - 1) * BLOCK_BYTES + HEADER_BYTES]! ^= 1;
      return reopened(simulated, bytes, powerFailure);
    });
    expect(inLast!.damage).to.equal(undefined);
    expect(inLast!.seen().map(([key]) => key)).to.deep.equal(['a', 'b']);
    expect(inSecond!.damage).to.deep.equal({ segment: 0, from: 2, to: 3 });
  });

  it('never brings frames of an abandoned history back', async () => {
    const simulated = await written(['a', 'b', 'c'].map((key) => put(key)));
    const left = simulated.left();
    // A repair kept the first frame, and a new history began after it.
    const head = { history: randomId(), from: 2, acked: 1 };
    const { content } = simulated.files[0];
    const again = reopened(simulated, content, { head });
    expect(again.damage).to.equal(undefined);
    expect(again.seen()).to.deep.equal([['a', 'a']]);
    const asked = again.journal.write([put('d')]);
    await again.finishAll();
    await asked;
    const last = again.afterCrash(ALL);
    expect(last.damage).to.equal(undefined);
    expect(last.seen()).to.deep.equal([
      ['a', 'a'],
      ['d', 'd'],
    ]);
    expect(left.head.history).to.not.equal(head.history);
  });

  it('does not mistake bytes of a client for a frame, even if they look like the next one', async () => {
    const first = await written([put('a')]);
    const { content } = first.files[0];
    const forged = Buffer.alloc(BLOCK_BYTES);
    const name = `${TABLE}\0forged`;
    forged.writeInt32LE(name.length, HEADER_BYTES);
    forged.writeInt32LE(1, HEADER_BYTES + 4);
    forged.write(`${name}!`, HEADER_BYTES + 8);
    const frame = forged.subarray(0, HEADER_BYTES + 8 + name.length + 1);
    const previous = content.readUInt32LE(0);
    sealFrame(frame, { serial: 2, store: first.store, history: '0'.repeat(32), previous });
    const bytes = Buffer.from(content);
    forged.copy(bytes, BLOCK_BYTES);
    expect(reopened(first, bytes).seen()).to.deep.equal([['a', 'a']]);
  });

  it('refuses files that do not belong to the tree', async () => {
    const simulated = await written([put('a'), put('b')]);
    const { content } = simulated.files[0];
    const { store } = simulated;
    const open = (mark: CheckpointMark, bytes: Buffer = content) => reopened(simulated, bytes, { mark });
    const checksumOf = (frame: number): number => content.readUInt32LE((frame - 1) * BLOCK_BYTES);
    expect(open({ store, serial: 0, checksum: 0 }).seen()).to.have.length(2);
    expect(open({ store, serial: 2, checksum: checksumOf(2) }).seen()).to.have.length(0);
    expect(() => open({ store: 'f'.repeat(32), serial: 0, checksum: 0 })).to.throw(
      JournalError,
      'another store',
    );
    const second = Buffer.from(content.subarray(BLOCK_BYTES));
    expect(open({ store, serial: 0, checksum: 0 }, second).damage).to.deep.equal({
      segment: 0,
      from: 1,
      to: 2,
    });
    expect(open({ store, serial: 1, checksum: checksumOf(1) }, second).seen()).to.have.length(1);
    expect(open({ store, serial: 1, checksum: 1 }, second).damage).to.deep.equal({
      segment: 0,
      from: 2,
      to: 2,
    });
  });

  it('acknowledges nothing, and leaves the files alone, when the lock of the directory is lost', async () => {
    let isLost = false;
    const simulated = createSimulatedJournal({
      ...GIVEN,
      confirmLock: () => {
        if (isLost) throw new Error('The lock is lost.');
      },
    });
    expect(await answered(simulated, simulated.journal.write([put('a')]))).to.equal('done');
    const during = simulated.journal.write([put('b')]);
    await settled();
    isLost = true;
    expect(await answered(simulated, during)).to.equal('The lock is lost.');
    const content = Buffer.from(simulated.files[0].content);
    expect(await answered(simulated, simulated.journal.write([put('c')]))).to.equal('The lock is lost.');
    expect(await answered(simulated, simulated.journal.close())).to.equal('done');
    expect(simulated.files[0].content.equals(content)).to.equal(true);
    expect(simulated.seen()).to.deep.equal([['a', 'a']]);
  });

  it('takes only removals when the tree takes nothing, and goes on by itself', async () => {
    let free = PLENTY;
    const simulated = createSimulatedJournal({ segmentBytes: 3 * BLOCK_BYTES, free: () => free });
    const outcomes: string[] = [];
    async function write(operation: StoreOperation, checkpoints: boolean | undefined): Promise<void> {
      const done = simulated.journal.write([operation]).then(
        () => outcomes.push(`${operation.key} done`),
        (error: Error) => outcomes.push(`${operation.key}: ${error.message}`),
      );
      for (let isOver = false; !isOver; ) {
        await settled();
        const file = simulated.files.find(({ isWriting }) => isWriting);
        if (file !== undefined) file.finish();
        else if (simulated.isCheckpointing && checkpoints === true) simulated.finishCheckpoint();
        else if (simulated.isCheckpointing && checkpoints === false) simulated.failCheckpoint(NONE);
        else isOver = true;
      }
      if (checkpoints !== undefined) await done;
    }
    // The fourth does not fit: the first segment is checkpointed behind it.
    for (const key of ['a', 'b', 'c', 'd']) await write(put(key), undefined);
    simulated.failCheckpoint(ALL);
    await settled();
    await write(put('e'), false);
    await write(put('a', null), undefined);
    await write(put('f'), false);
    await write(put('g'), true);
    free = 0;
    // With little free disk space, the earlier frames are checkpointed first.
    await write(put('h'), true);
    expect(outcomes).to.deep.equal([
      'a done',
      'b done',
      'c done',
      'd done',
      'e: The tree takes nothing.',
      'a done',
      'f: The tree takes nothing.',
      'g done',
      'h done',
    ]);
    expect(simulated.faults.map(String)).to.deep.equal(['Error: The tree takes nothing.']);
    expect(simulated.seen().map(([key]) => key)).to.deep.equal(['b', 'c', 'd', 'g', 'h']);
  });

  /** Ends all simulated work, and returns the outcome of `asked`. */
  async function answered(simulated: SimulatedJournal, asked: Promise<unknown>): Promise<string> {
    const outcome = asked.then(
      () => 'done',
      (error: Error) => error.message,
    );
    await simulated.finishAll();
    return outcome;
  }

  it('has no operation of a write that it refused', async () => {
    const simulated = createSimulatedJournal({ segmentBytes: 1_000_000, free: () => PLENTY });
    const { journal } = simulated;
    const outcomes: string[] = [];
    for (const operations of [[put('a')], [put('b'), put('k'.repeat(2_000))], [put('c')]]) {
      outcomes.push(await answered(simulated, journal.write(operations)));
    }
    expect(outcomes).to.deep.equal([
      'done',
      "A table's name, one byte, and a key may have 1978 bytes together; got 2002.",
      'done',
    ]);
    const expected = [
      ['a', 'a'],
      ['c', 'c'],
    ];
    expect(simulated.seen()).to.deep.equal(expected);
    const next = simulated.afterCrash(NONE);
    expect(next.seen()).to.deep.equal(expected);
    await answered(next, next.journal.close());
    expect(next.seen()).to.deep.equal(expected);
  });

  it('writes nothing after a refused frame before it has erased that frame', async () => {
    const simulated = await written(
      ['a', 'b', 'c'].map((key) => put(key)),
      4 * BLOCK_BYTES,
    );
    const { journal } = simulated;
    const [file] = simulated.files;
    async function writeFailing(key: string, faults: readonly Torn[]): Promise<string> {
      const asked = journal.write([put(key)]);
      for (const parts of faults) {
        await settled();
        file.fail('EIO', parts);
      }
      return answered(simulated, asked);
    }
    expect(await writeFailing('d', [ALL, NONE])).to.equal('EIO');
    expect(await writeFailing('e', [NONE])).to.equal('EIO');
    const large = journal.write([put('f', 'x'.repeat(2 * BLOCK_BYTES))]);
    await settled();
    expect(file.isErasing).to.equal(true);
    expect(await answered(simulated, large)).to.equal('done');
    const next = simulated.afterCrash(NONE);
    expect(next.seen().map(([key]) => key)).to.deep.equal(['a', 'b', 'c', 'f']);
  });

  it('checkpoints at once the lower segment of an earlier process', async () => {
    const simulated = createSimulatedJournal({ segmentBytes: BLOCK_BYTES, free: () => PLENTY });
    const asked = ['a', 'b'].map((key) => [put(key)]);
    for (const operations of asked) {
      void simulated.journal.write(operations);
      for (await settled(); simulated.files.some(({ isWriting }) => isWriting); await settled()) {
        simulated.files.find(({ isWriting }) => isWriting)!.finish();
      }
    }
    expect(simulated.isCheckpointing).to.equal(true);
    const next = simulated.afterCrash(NONE);
    expect(next.isCheckpointing).to.equal(true);
    expect(next.seen().map(([key]) => key)).to.deep.equal(['a', 'b']);
  });

  it('takes one write at a time', async () => {
    const simulated = createSimulatedJournal({ segmentBytes: 1_000_000, free: () => PLENTY });
    const first = simulated.journal.write([put('a')]);
    const second = answered(simulated, simulated.journal.write([put('b')]));
    expect(await second).to.equal('A store takes one write at a time.');
    expect(await answered(simulated, first)).to.equal('done');
    expect(simulated.seen()).to.deep.equal([['a', 'a']]);
  });

  it('takes nothing after close(), and is closed once', async () => {
    const simulated = createSimulatedJournal({ segmentBytes: 1_000_000, free: () => PLENTY });
    const { journal } = simulated;
    const before = journal.write([put('a')]);
    const closing = journal.close();
    expect(journal.close()).to.equal(closing);
    expect(await answered(simulated, journal.write([put('b')]))).to.equal('The store is closed.');
    expect(await answered(simulated, Promise.all([before, closing]))).to.equal('done');
    expect(await answered(simulated, journal.write([put('c')]))).to.equal('The store is closed.');
    expect(simulated.afterCrash(NONE).seen()).to.deep.equal([['a', 'a']]);
  });
});
