import { expect } from 'chai';
import fc from 'fast-check';
import { BLOCK_BYTES, HEADER_BYTES, sealFrame } from '../../../../engine/durable/lmdb/journalFrames.mjs';
import { JournalError } from '../../../../engine/durable/lmdb/readSegments.ts';
import type { StoreOperation } from '../../../../engine/durable/storePort.ts';
import { fuzzSeed } from '../../../support/fuzzSeed.ts';
import {
  createSimulatedFile,
  createSimulatedJournal,
  type SimulatedJournal,
  settled,
  TABLE,
  type Torn,
} from './simulatedJournal.ts';

const RUNS = 300;
const PLENTY = 1e12;
const ALL: Torn = () => true;
const NONE: Torn = () => false;

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
      expect(simulated.seen()).to.deep.equal(recordsAfter(acked));
    }
    await simulated.finishAll();
    expect(open).to.equal(undefined);
    expect(simulated.seen()).to.deep.equal(recordsAfter(acked));
    for (const [key, value] of recordsAfter(acked)) expect(simulated.get(key)).to.equal(value);
    const closed = simulated.journal.close();
    await simulated.finishAll();
    await closed;
    const reopened = simulated.afterCrash(NONE);
    expect(reopened.isCheckpointing).to.equal(false);
    expect(reopened.seen()).to.deep.equal(recordsAfter(acked));
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

  it('finds the frames before a damaged one, wherever the damage is', async () => {
    const keys = ['a', 'b', 'c'].map((key) => put(key));
    const simulated = await written(keys);
    const used = keys.length * BLOCK_BYTES;
    const frameBytes = HEADER_BYTES + 8 + 4;
    for (let at = 0; at < used; at += at % BLOCK_BYTES < frameBytes + 3 ? 1 : 97) {
      const damaged = Buffer.from(simulated.files[0].content);
      damaged[at]! ^= 0x40;
      const files = [createSimulatedFile(() => 0, damaged), createSimulatedFile(() => 0)] as const;
      const reopened = createSimulatedJournal(
        { segmentBytes: 1_000_000, free: () => PLENTY },
        { files, tree: new Map(), mark: undefined },
      );
      const isInFrame = at % BLOCK_BYTES < frameBytes;
      const intact = isInFrame ? Math.floor(at / BLOCK_BYTES) : keys.length;
      expect(
        reopened.seen().map(([key]) => key),
        `byte ${at}`,
      ).to.deep.equal(['a', 'b', 'c'].slice(0, intact));
    }
  });

  it('does not mistake bytes of a client for a frame, even if they look like the next one', async () => {
    const first = await written([put('a')]);
    const store = Buffer.from(first.files[0].content).toString('hex', 16, 32);
    const forged = Buffer.alloc(BLOCK_BYTES);
    const name = `${TABLE}\0forged`;
    forged.writeInt32LE(name.length, HEADER_BYTES);
    forged.writeInt32LE(1, HEADER_BYTES + 4);
    forged.write(`${name}!`, HEADER_BYTES + 8);
    const frame = forged.subarray(0, HEADER_BYTES + 8 + name.length + 1);
    sealFrame(frame, { serial: 2, store, generation: '0'.repeat(32) });
    // Bytes that a client sent earlier follow the first frame of the next generation.
    const content = Buffer.from(first.files[0].content);
    forged.copy(content, BLOCK_BYTES);
    const files = [createSimulatedFile(() => 0, content), createSimulatedFile(() => 0)] as const;
    const reopened = createSimulatedJournal(
      { segmentBytes: 1_000_000, free: () => PLENTY },
      { files, tree: new Map(), mark: undefined },
    );
    expect(reopened.seen()).to.deep.equal([['a', 'a']]);
  });

  it('refuses files that do not belong to the tree', async () => {
    const given = { segmentBytes: 1_000_000, free: () => PLENTY };
    const simulated = await written([put('a'), put('b')]);
    const content = Buffer.from(simulated.files[0].content);
    const open = (mark: { store: string; serial: number } | undefined, bytes: Buffer = content) =>
      createSimulatedJournal(given, {
        files: [createSimulatedFile(() => 0, bytes), createSimulatedFile(() => 0)],
        tree: new Map(),
        mark,
      });
    const store = content.toString('hex', 16, 32);
    expect(open(undefined).seen()).to.have.length(2);
    expect(open({ store, serial: 0 }).seen()).to.have.length(2);
    expect(open({ store, serial: 2 }).seen()).to.have.length(0);
    expect(() => open({ store: 'f'.repeat(32), serial: 0 })).to.throw(JournalError, 'another store');
    const second = Buffer.from(content.subarray(BLOCK_BYTES));
    expect(() => open(undefined, second)).to.throw(
      JournalError,
      'should continue with frame 1, but continues with 2',
    );
    expect(open({ store, serial: 1 }, second).seen()).to.have.length(1);
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
    const reopened = simulated.afterCrash(NONE);
    expect(reopened.seen()).to.deep.equal(expected);
    await answered(reopened, reopened.journal.close());
    expect(reopened.seen()).to.deep.equal(expected);
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
    const reopened = simulated.afterCrash(NONE);
    expect(reopened.seen().map(([key]) => key)).to.deep.equal(['a', 'b', 'c', 'f']);
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
    const reopened = simulated.afterCrash(NONE);
    expect(reopened.isCheckpointing).to.equal(true);
    expect(reopened.seen().map(([key]) => key)).to.deep.equal(['a', 'b']);
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
