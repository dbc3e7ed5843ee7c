import { spawnSync } from 'node:child_process';
import {
  chmodSync,
  cpSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { hostname, tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { DurableStore } from '../../../../engine/durable/durableStore.ts';
import { DirectoryLockedError } from '../../../../engine/durable/lmdb/directoryLock.ts';
import { openLmdbStore } from '../../../../engine/durable/lmdb/lmdbStore.ts';
import { JournalError } from '../../../../engine/durable/lmdb/readSegments.ts';
import type { StorePort } from '../../../../engine/durable/storePort.ts';
import { runsOf, sampleOf } from '../../../support/runLength.ts';
import { silentLog } from '../../../support/silentLog.ts';
import { createSimulatedClock } from '../../../support/simulatedClock.ts';
import { type StoreProcess, startStoreProcess } from '../../../support/storeProcess.ts';

/** Number of kills (SIGKILL) during writes. */
const KILLS = runsOf({ sample: 1, all: 3 });
/** Commits of each of three lanes. */
const COMMITS = runsOf({ sample: 40, all: 200 });
/** Acknowledged writes before each kill. */
const WRITES_BEFORE_KILL = 300;

/** A container's: processes, host name, network. */
const NAMESPACES = ['--pid', '--uts', '--net', '--fork', '--kill-child'];

describe('The lmdb store', () => {
  let path: string;
  const processes: StoreProcess[] = [];

  beforeEach(async () => {
    path = await mkdtemp(join(tmpdir(), 'orsay-lmdb-'));
  });

  afterEach(async () => {
    for (const started of processes.splice(0)) await started.kill();
    await rm(path, { recursive: true, force: true });
  });

  function start(...given: Parameters<typeof startStoreProcess>): StoreProcess {
    const started = startStoreProcess(...given);
    processes.push(started);
    return started;
  }

  const lockFile = (): string => join(path, 'orsay.lock');

  describe('its directory', () => {
    it('belongs to one process; the error of a second one names the holder', async () => {
      const holder = start('holdLock', [path]);
      await holder.line('open');
      expect(() => openLmdbStore({ path }))
        .to.throw(DirectoryLockedError)
        .with.nested.property('holder.pid', holder.child.pid);
      expect(() => openLmdbStore({ path })).to.throw(`process ${holder.child.pid}`);
    });

    it('is taken over from a killed process, and released by close()', async () => {
      const holder = start('holdLock', [path]);
      await holder.line('open');
      await holder.kill();
      expect(JSON.parse(readFileSync(lockFile(), 'utf8'))).to.include({ pid: holder.child.pid });
      const store = openLmdbStore({ path });
      expect(JSON.parse(readFileSync(lockFile(), 'utf8'))).to.include({ pid: process.pid });
      expect(() => openLmdbStore({ path })).to.throw(DirectoryLockedError);
      await store.close();
      expect(readdirSync(path).filter((name) => name.startsWith('orsay.lock'))).to.deep.equal([]);
      await openLmdbStore({ path }).close();
    });

    it('belongs to one process also when the others are in other containers with the same host name', async function () {
      if (spawnSync('unshare', [...NAMESPACES, 'true']).status !== 0) {
        console.log('      skipped: namespaces cannot be made here');
        this.skip();
      }
      const wrapper = ['unshare', ...NAMESPACES].join(' ');
      const holder = start('holdLock', [path], { wrapper });
      await holder.line('open');
      // It is process 1 there; no process of this namespace has written its lock.
      expect(JSON.parse(readFileSync(lockFile(), 'utf8'))).to.include({ pid: 1, host: hostname() });
      const second = start('holdLock', [path], { wrapper });
      const refusal = await second.line('open').catch(String);
      expect(refusal).to.include('is in use by process 1');
      expect(() => openLmdbStore({ path })).to.throw(DirectoryLockedError, 'is in use by process 1');
      await holder.kill();
      await openLmdbStore({ path }).close();
    });

    it('is taken over from a killed container at once, though its host name and pid say nothing here', async () => {
      const lockedOn = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
      writeFileSync(lockFile(), JSON.stringify({ pid: 1, host: 'a container', since: 'just now', lockedOn }));
      await openLmdbStore({ path }).close();
    });

    it('is noticed as lost when its lock file is replaced: nothing is acknowledged any more', async () => {
      const failures: string[] = [];
      const store = openLmdbStore({ path, failed: (error) => failures.push(String(error)) });
      await store.write([{ table: 't', key: 'before', text: 'kept' }]);
      rmSync(lockFile());
      writeFileSync(lockFile(), '{}');
      for (const key of ['after', 'later']) {
        const refusal = await store.write([{ table: 't', key, text: 'lost' }]).catch(String);
        expect(refusal).to.include(`'${path}' no longer belongs to this process`);
      }
      expect(failures).to.have.length(1);
      await store.close();
      rmSync(lockFile());
      const again = openLmdbStore({ path });
      expect([...again.scan('t', {})]).to.deep.equal([{ key: 'before', text: 'kept' }]);
      await again.close();
    });

    it('has files that only their owner reads, also when an earlier release made them', async () => {
      const readers = (): readonly string[] =>
        [path, ...readdirSync(path).map((name) => join(path, name))].filter(
          (one) => (statSync(one).mode & 0o077) !== 0,
        );
      const store = openLmdbStore({ path });
      await store.write([{ table: 't', key: 'a', text: 'a' }]);
      expect(readers()).to.deep.equal([]);
      await store.close();
      for (const name of ['', ...readdirSync(path)]) chmodSync(join(path, name), 0o755);
      const again = openLmdbStore({ path });
      expect(readers()).to.deep.equal([]);
      await again.close();
    });

    it('is taken over when another process has the pid of the lock now', async () => {
      const holder = {
        pid: process.pid,
        host: hostname(),
        processStart: 'another boot/1',
        since: 'long ago',
      };
      writeFileSync(lockFile(), JSON.stringify(holder));
      await openLmdbStore({ path }).close();
    });

    it('is taken over from an empty lock file, as a power failure may leave it', async () => {
      writeFileSync(lockFile(), '');
      await openLmdbStore({ path }).close();
    });

    it('is held by another host as long as the lock is touched', () => {
      writeFileSync(lockFile(), JSON.stringify({ pid: 1, host: 'elsewhere', since: 'just now' }));
      expect(() => openLmdbStore({ path })).to.throw(DirectoryLockedError, 'process 1 on elsewhere');
    });
  });

  it('loses no acknowledged write and applies none partially when the process is killed', async function () {
    this.timeout(60_000);
    const acked = new Set<number>();
    for (let kill = 0; kill < KILLS; kill++) {
      const first = (kill + 1) * 1_000_000;
      const writer = start('ackedWrites', [path, String(first)]);
      await writer.line(`acked ${first + WRITES_BEFORE_KILL}`);
      await writer.kill();
      for (const line of writer.lines) {
        if (line.startsWith('acked ')) acked.add(Number(line.slice('acked '.length)));
      }
    }
    const durable = new DurableStore({
      store: openLmdbStore({ path }),
      clock: createSimulatedClock(),
      log: silentLog,
    });
    const tasks = new Set<unknown>();
    durable.onTask('count', async (payload) => {
      tasks.add(payload);
    });
    durable.start();
    await durable.idle();
    const one = new Set([...durable.scan<{ number: number }>('one')].map(({ value }) => value.number));
    const two = new Set([...durable.scan<{ number: number }>('two')].map(({ value }) => value.number));
    await durable.stop();
    expect(acked.size).to.be.greaterThan(KILLS * WRITES_BEFORE_KILL - KILLS * 16);
    expect([...acked].filter((number) => !one.has(number))).to.deep.equal([]);
    expect(two).to.deep.equal(one);
    expect(tasks).to.deep.equal(one);
  });

  it('keeps texts of any length and script', async () => {
    const store = openLmdbStore({ path });
    const texts = [
      'é€😀'.repeat(10_000),
      '',
      'a'.repeat(400_000),
      '😀',
      'é'.repeat(16_383),
      '€'.repeat(300_000),
    ];
    await store.write(texts.map((text, index) => ({ table: 'ä', key: `k€${index}`, text })));
    expect([...store.scan('ä', {})]).to.deep.equal(texts.map((text, index) => ({ key: `k€${index}`, text })));
    await store.write([
      { table: 'ä', key: 'k€0', text: null },
      { table: 'ä', key: 'k€1', text: 'again' },
    ]);
    expect([store.get('ä', 'k€0'), store.get('ä', 'k€1')]).to.deep.equal([undefined, 'again']);
    await store.close();
  });

  it('keeps changes that the tree does not take in its journal, refuses more, and checkpoints them later', async () => {
    const failures: unknown[] = [];
    const store = openLmdbStore({ path, failed: (error) => failures.push(error) });
    // The thread that writes the tree finds it at its first checkpoint.
    const file = join(path, 'orsay.mdb');
    renameSync(file, `${file}-aside`);
    mkdirSync(file);
    const large = 'x'.repeat(1_000_000);
    const acked: string[] = [];
    let refusal = '';
    for (let number = 0; refusal === ''; number++) {
      const key = `k${number}`;
      await store.write([{ table: 't', key, text: large }]).then(
        () => acked.push(key),
        (error: Error) => {
          refusal = error.message;
        },
      );
    }
    expect(refusal).to.include('Is a directory');
    expect(failures.map(String).join()).to.include('Is a directory');
    expect(acked).to.have.length.within(4, 21);
    const keys = (from: StorePort) => [...from.scan('t', {})].map(({ key }) => key);
    expect(keys(store)).to.deep.equal([...acked].sort());
    await store.close();
    rmSync(file, { recursive: true });
    renameSync(`${file}-aside`, file);
    for (const _ of ['from the journal', 'from the tree']) {
      const again = openLmdbStore({ path });
      expect(keys(again)).to.deep.equal([...acked].sort());
      expect(again.get('t', acked.at(-1)!)).to.equal(large);
      await again.close();
    }
    for (const name of readdirSync(path).filter((one) => /journal-\d/.test(one))) rmSync(join(path, name));
    const withoutJournal = openLmdbStore({ path });
    expect(keys(withoutJournal)).to.deep.equal([...acked].sort());
    await withoutJournal.close();
  });

  it('takes names of at most 1,978 bytes, and has them in the tree', async () => {
    const store = openLmdbStore({ path });
    const longest = 'k'.repeat(1_976);
    await store.write([{ table: 't', key: longest, text: 'there' }]);
    const tooLong = await store.write([{ table: 't', key: `${longest}k`, text: '' }]).catch(String);
    expect(tooLong).to.include('1978 bytes together; got 1979');
    await store.close();
    const again = openLmdbStore({ path });
    expect([...again.scan('t', {})]).to.deep.equal([{ key: longest, text: 'there' }]);
    await again.close();
  });

  it('has one record for a key with a lone surrogate, in the journal and in the tree', async () => {
    const key = 'u\ud800';
    const expected = [{ key: 'u\ufffd', text: 'two\ufffd' }];
    let store = openLmdbStore({ path });
    await store.write([{ table: 't', key, text: 'one' }]);
    await store.close();
    store = openLmdbStore({ path });
    await store.write([{ table: 't', key, text: 'two\udc00' }]);
    for (const _ of ['in the journal', 'in the tree']) {
      expect([...store.scan('t', {})]).to.deep.equal(expected);
      expect(store.get('t', key)).to.equal(expected[0]!.text);
      await store.close();
      store = openLmdbStore({ path });
    }
    await store.close();
  });

  it('takes a write that is larger than a segment of the journal, and shortens the file later', async () => {
    const store = openLmdbStore({ path });
    const texts = ['a', 'b', 'c'].map((letter) =>
      letter.repeat(runsOf({ sample: 17_000_000, all: 25_000_000 })),
    );
    await store.write([{ table: 't', key: 'before', text: 'small' }]);
    for (const text of texts) await store.write([{ table: 't', key: text[0]!, text }]);
    expect(texts.map((text) => store.get('t', text[0]!) === text)).to.deep.equal([true, true, true]);
    await store.close();
    const sizes = readdirSync(path)
      .filter((name) => name.includes('journal'))
      .map((name) => statSync(join(path, name)).size);
    expect(Math.max(...sizes)).to.be.at.most(16 * 1_048_576);
    const again = openLmdbStore({ path });
    expect(texts.map((text) => again.get('t', text[0]!) === text)).to.deep.equal([true, true, true]);
    await again.close();
  });

  it('refuses the journal of another store, and releases the directory then', async () => {
    const other = await mkdtemp(join(tmpdir(), 'orsay-lmdb-'));
    for (const folder of [path, other]) {
      const store = openLmdbStore({ path: folder });
      await store.write([{ table: 't', key: 'a', text: folder }]);
      await store.close();
    }
    rmSync(join(path, 'orsay-journal-0'));
    cpSync(join(other, 'orsay-journal-0'), join(path, 'orsay-journal-0'));
    for (const _ of ['first', 'second']) {
      expect(() => openLmdbStore({ path })).to.throw(JournalError, 'belongs to another store');
    }
    await rm(other, { recursive: true });
  });

  it('leaves the event loop free for others when each commit follows the last', async () => {
    const clock = createSimulatedClock();
    const durable = new DurableStore({ store: openLmdbStore({ path }), clock, log: silentLog });
    const keys = ['a', 'b', 'c'];
    /** Commits that resolved since the last macrotask of others, and the most of them. */
    let resolved = 0;
    let most = 0;
    let isOver = false;
    const others = (): void => {
      resolved = 0;
      if (!isOver) setImmediate(others);
    };
    setImmediate(others);

    /** Computes for longer than a write takes. */
    async function commitInARow(key: string): Promise<void> {
      for (let value = 0; value < COMMITS; value++) {
        await durable.commit({ put: [{ table: 't', key, value }] });
        resolved++;
        most = Math.max(most, resolved);
        for (const until = performance.now() + 2; performance.now() < until; );
      }
    }

    await Promise.all(keys.map(commitInARow));
    isOver = true;
    expect(most).to.be.at.most(2 * keys.length);
    expect(keys.map((key) => durable.get('t', key))).to.deep.equal(keys.map(() => COMMITS - 1));
    await durable.stop();
  });

  it('refuses writes when the disk is full, applies none partially, and goes on when there is room', async function () {
    this.timeout(60_000);
    for (const kilobytes of sampleOf([2_000, 3_001, 9_000], 3)) {
      // A limit on file sizes. With the trap, exceeding it gives an error instead of a signal.
      const folder = join(path, String(kilobytes));
      const writer = start('fullDisk', [folder], { shell: `trap '' XFSZ; ulimit -f ${kilobytes};` });
      const result = await writer.line('result ');
      expect(writer.lines.filter((line) => line.startsWith('torn'))).to.deep.equal([]);
      expect(JSON.parse(result.slice('result '.length))).to.deep.equal({
        lost: [],
        again: 3_000,
        kept: true,
        inOne: true,
      });
      // Empty, because lmdb never found the disk full (lmdbRoom.mjs).
      expect(writer.errors).to.deep.equal([]);
    }
  });

  it('has room for removals on a full disk, also while a reader keeps freed pages from being used', async () => {
    const room = start('pinnedRoom', [join(path, 'orsay.mdb')], { shell: `trap '' XFSZ; ulimit -f 4000;` });
    const result = await room.line('result ');
    expect(JSON.parse(result.slice('result '.length))).to.deep.equal({ wasFull: true, removed: 3 });
  });
});
