import { mkdirSync, readFileSync, rmdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { queryObjects } from 'node:v8';
import { expect } from 'chai';
import type { OwnedCell } from '../../../../engine/durable/postgres/index.ts';
import { CellBench, put, records } from '../../../support/cellBench.ts';
import { DatabaseProxy } from '../../../support/databaseProxy.ts';
import { rejection } from '../../../support/durableBench.ts';
import { requirePostgres, type TestPostgres } from '../../../support/postgres.ts';

const CODE = ({ code }: { code?: string }): string | undefined => code;

describe('a cell in PostgreSQL', () => {
  let postgres: TestPostgres;
  let bench: CellBench;
  let proxy: DatabaseProxy;

  before(async function () {
    postgres = await requirePostgres(this);
  });

  beforeEach(async () => {
    bench = await CellBench.create(postgres);
    proxy = await DatabaseProxy.start(postgres);
  });

  afterEach(async () => {
    proxy.release();
    proxy.cut();
    await bench.close();
    await proxy.close();
  });

  const throughProxy = () => ({ database: proxy.through(bench.database) });

  async function codeOf(promise: Promise<unknown>): Promise<string | undefined> {
    return CODE((await rejection(promise)) as { code?: string });
  }

  async function rowOf<Row extends Record<string, unknown>>(columns: string): Promise<Row> {
    return (await bench.query<Row>(`SELECT ${columns} FROM orsay.cells`))[0]!;
  }

  it('is handed over at its end, and the next node has all of its records at once', async () => {
    const first = await bench.open('a', { ttlMs: 60_000 });
    await put(first, 'k1');
    await put(first, 'k2');
    await first.write([{ table: 't', key: 'k1', text: null }]);
    await first.close();
    const second = await bench.open('b', { ttlMs: 60_000 });
    expect(records(second)).to.deep.equal(['k2=k2']);
    expect(second.counts).to.deep.equal({ epoch: 2, head: 3, unknownOutcomes: 0 });
    expect(await codeOf(put(first, 'k3'))).to.equal('CELL_CLOSED');
  });

  it('is followed by a standby, which takes it when its owner is silent and never before', async () => {
    const owner = await bench.open('a', throughProxy());
    const standby = await bench.follow('b');
    await put(owner, 'k1');
    const { beat } = await rowOf<{ beat: string }>('beat');
    // Three beats of an idle owner are a time to live.
    while (Number((await rowOf<{ beat: string }>('beat')).beat) < Number(beat) + 4) await put(owner, 'k2');
    expect(standby.state.owner).to.equal('a');
    proxy.hold();
    const taken = await standby.owned;
    expect(owner.mayAnswer).to.equal(false);
    expect(taken.mayAnswer).to.equal(true);
    expect(records(taken)).to.deep.equal(['k1=k1', 'k2=k2']);
    const late = codeOf(put(owner, 'late'));
    await put(taken, 'k3');
    proxy.release();
    proxy.cut();
    expect(await late).to.equal('STORE_OUTCOME_UNKNOWN');
    expect((await owner.lost).code).to.equal('CELL_LOST');
    expect((await bench.logged()).filter((entry) => entry.startsWith('late'))).to.deep.equal([]);
    await taken.close();
  });

  it('resolves every write whose reply was lost, without losing or repeating it', async () => {
    const owner = await bench.open('a', { ...throughProxy(), ttlMs: 60_000 });
    const expected: string[] = [];
    for (let number = 0; number < 12; number++) {
      if (number % 2 === 0) proxy.dropReplies(1);
      await put(owner, `k${number}`);
      expected.push(`k${number}=k${number}`);
    }
    expect(proxy.dropped).to.equal(6);
    expect(owner.counts.unknownOutcomes).to.equal(6);
    expect(await bench.logged()).to.deep.equal(expected);
    expect(records(owner)).to.have.members(expected);
  });

  it('goes on after its connections were ended, and nobody sees an error', async () => {
    const owner = await bench.open('a', { ttlMs: 60_000 });
    for (let number = 0; number < 10; number++) {
      const written = put(owner, `k${number}`);
      await bench.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE application_name LIKE 'orsay %' AND datname = current_database()",
      );
      await written;
    }
    expect(await bench.logged()).to.have.length(10);
    expect(await rowOf('owner')).to.deep.equal({ owner: 'a' });
  });

  it('refuses a write that the database refuses, and stays', async () => {
    const owner = await bench.open('a');
    await put(owner, 'k1');
    await bench.query(`CREATE FUNCTION full_disk() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN RAISE EXCEPTION 'could not extend file' USING ERRCODE = 'disk_full'; END $$;
      CREATE TRIGGER full_disk BEFORE INSERT ON orsay.log_1_0 FOR EACH ROW EXECUTE FUNCTION full_disk()`);
    expect(await codeOf(put(owner, 'k2'))).to.equal('53100');
    await bench.query('DROP TRIGGER full_disk ON orsay.log_1_0');
    await put(owner, 'k3');
    expect(records(owner)).to.deep.equal(['k1=k1', 'k3=k3']);
    expect(await bench.logged()).to.deep.equal(['k1=k1', 'k3=k3']);
    expect(owner.counts).to.deep.equal({ epoch: 1, head: 2, unknownOutcomes: 0 });
  });

  it('finds out the outcome of a write when its disk was full meanwhile', async () => {
    const owner = await bench.open('a', { ...throughProxy(), ttlMs: 60_000 });
    await put(owner, 'k1');
    // The file with the new claim cannot be written.
    const blocked = join(bench.options('a').path, bench.cell, 'copy.json.new');
    mkdirSync(blocked);
    proxy.dropReplies(1);
    const written = put(owner, 'k2');
    while (bench.errors.length === 0 || owner.counts.unknownOutcomes === 0) await bench.logged();
    rmdirSync(blocked);
    await written;
    await put(owner, 'k3');
    expect(await bench.logged()).to.deep.equal(['k1=k1', 'k2=k2', 'k3=k3']);
    expect(records(owner)).to.deep.equal(['k1=k1', 'k2=k2', 'k3=k3']);
  });

  it('keeps nothing in memory of the writes that it has made', async () => {
    const owner = await bench.open('a');
    await put(owner, 'k');
    const before = queryObjects(Promise, { format: 'count' });
    for (let number = 0; number < 200; number++) await put(owner, 'k');
    expect(queryObjects(Promise, { format: 'count' }) - before).to.be.lessThan(100);
  });

  it('writes with settings of its own, which a change of the settings of the server does not reach', async () => {
    for (const setting of ['client_min_messages = error', 'search_path = public']) {
      await bench.query(
        `DO $$ BEGIN EXECUTE format('ALTER DATABASE %I SET ${setting}', current_database()); END $$`,
      );
    }
    const owner = await bench.open('a');
    const names = ['client_min_messages', 'search_path', 'synchronous_commit'];
    await bench.query(`CREATE TABLE public.seen (name text, setting text, source text);
      CREATE FUNCTION note() RETURNS trigger LANGUAGE plpgsql AS
      $$ BEGIN INSERT INTO public.seen SELECT name, setting, source FROM pg_catalog.pg_settings
        WHERE name IN (${names.map((name) => `'${name}'`).join()}); RETURN NEW; END $$;
      CREATE TRIGGER note BEFORE INSERT ON orsay.log_1_0 FOR EACH ROW EXECUTE FUNCTION note()`);
    await put(owner, 'k1');
    expect(await bench.query('SELECT * FROM public.seen ORDER BY name')).to.deep.equal([
      { name: 'client_min_messages', setting: 'warning', source: 'session' },
      { name: 'search_path', setting: '""', source: 'session' },
      { name: 'synchronous_commit', setting: 'on', source: 'session' },
    ]);
  });

  it('has its log in partitions, which it makes before it needs them', async () => {
    const owner = await bench.open('a', { partitionFrames: 4, ttlMs: 60_000 });
    for (let number = 0; number < 18; number++) await put(owner, `k${number}`);
    const partitions = await bench.query<{ name: string }>(
      "SELECT inhrelid::regclass::text AS name FROM pg_inherits WHERE inhparent = 'orsay.log_1'::regclass",
    );
    expect(partitions.length).to.be.within(5, 7);
    expect(await bench.logged()).to.have.length(18);
    await owner.close();
    expect(records(await bench.open('b', { partitionFrames: 4 }))).to.have.length(18);
  });

  it('ends within its time while PostgreSQL is silent', async () => {
    const owner = await bench.open('a', { ...throughProxy(), endMs: 100 });
    await put(owner, 'k1');
    proxy.hold();
    const pending = codeOf(put(owner, 'k2'));
    await owner.close();
    expect(await pending).to.equal('STORE_OUTCOME_UNKNOWN');
  });

  it('leaves no connection behind', async () => {
    const owner = await bench.open('a');
    const standby = await bench.follow('b');
    await put(owner, 'k1');
    await standby.close();
    await owner.close();
    const connections = "SELECT 1 FROM pg_stat_activity WHERE application_name LIKE 'orsay %'";
    // A server process of PostgreSQL ends after its client.
    while ((await bench.query(`${connections} AND datname = current_database()`)).length > 0);
  });

  describe('the copy of a node', () => {
    /** Writes frames, and then takes the last ones from the log, as the fail-over to a late replica does. */
    async function loseFrames(owner: OwnedCell): Promise<void> {
      for (const key of ['k1', 'k2', 'k3']) await put(owner, key);
      await bench.query('DELETE FROM orsay.log_1 WHERE seq > 1');
      await bench.query(
        'UPDATE orsay.cells SET head = 1, head_id = (SELECT id FROM orsay.log_1 WHERE seq = 1)',
      );
    }

    it('is built anew when the log has lost frames that it has, and its owner loses the cell', async () => {
      const owner = await bench.open('a');
      await loseFrames(owner);
      expect(await codeOf(put(owner, 'k4'))).to.equal('STORE_OUTCOME_UNKNOWN');
      await owner.close();
      const again = await bench.open('a');
      expect(records(again)).to.deep.equal(['k1=k1']);
      expect(bench.errors).to.deep.equal([
        'This node has lost the cell: its log ends at 1: frames that were acknowledged are gone.',
        'The copy of the cell is removed and built anew: it ends with frame 3, the log with another frame, 1.',
      ]);
    });

    it('is built anew when the log has other frames with the same numbers', async () => {
      const owner = await bench.open('a');
      await loseFrames(owner);
      await owner.close();
      const other = await bench.open('b');
      for (const key of ['x2', 'x3', 'x4']) await put(other, key);
      await other.close();
      const again = await bench.open('a');
      expect(records(again)).to.deep.equal(['k1=k1', 'x2=x2', 'x3=x3', 'x4=x4']);
      expect(bench.errors.at(-1)).to.equal(
        'The copy of the cell is removed and built anew: the log has another frame 3.',
      );
    });

    it('is built anew when it was in use while the machine stopped', async () => {
      const owner = await bench.open('a');
      await put(owner, 'k1');
      await owner.close();
      const path = join(bench.options('a').path, bench.cell, 'copy.json');
      const state = JSON.parse(readFileSync(path, 'utf8')) as object;
      writeFileSync(path, JSON.stringify({ ...state, state: 'open', boot: 'an earlier one' }));
      expect(records(await bench.open('a'))).to.deep.equal(['k1=k1']);
      expect(bench.errors).to.deep.equal([
        'The copy of the cell is removed and built anew: the machine stopped while it was in use.',
      ]);
    });

    it('goes on where it was after it was closed', async () => {
      const owner = await bench.open('a');
      await put(owner, 'k1');
      await owner.close();
      await bench.query('DELETE FROM orsay.log_1');
      expect(records(await bench.open('a'))).to.deep.equal(['k1=k1']);
    });

    it('is not served when the cell was removed from the database and made anew', async () => {
      const owner = await bench.open('a');
      for (const key of ['k1', 'k2', 'k3']) await put(owner, key);
      const standby = await bench.follow('b', { pollMs: 400 });
      while (standby.state.lag !== 0) await bench.logged();
      await bench.query('DELETE FROM orsay.cells');
      await bench.query('ALTER TABLE orsay.log_1 RENAME TO old_log');
      await bench.query('COMMENT ON TABLE orsay.old_log IS NULL');
      await owner.lost;
      expect(await codeOf(put(owner, 'k4'))).to.equal('CELL_LOST');
      const anew = await bench.open('c', { ttlMs: 60_000 });
      for (const key of ['n1', 'n2']) await put(anew, key);
      await anew.close();
      expect(await codeOf(standby.owned)).to.equal('CELL_MADE_ANEW');
      await standby.close();
      expect(records(await bench.open('b'))).to.deep.equal(['n1=n1', 'n2=n2']);
    });

    it('does not give the cell to a node that has a copy of it', async () => {
      const owner = await bench.open('a', { ttlMs: 60_000 });
      await put(owner, 'k1');
      const standby = await bench.follow('b', { pollMs: 1 });
      while (standby.state.lag !== 0) await bench.logged();
      await standby.close();
      // As with a data directory that was copied: the same claim in both.
      const { claim } = (await bench.query<{ claim: string }>('SELECT claim FROM orsay.cells'))[0]!;
      const path = join(bench.options('b').path, bench.cell, 'copy.json');
      const state = JSON.parse(readFileSync(path, 'utf8')) as object;
      writeFileSync(path, JSON.stringify({ ...state, claim }));
      const second = await bench.follow('b', { pollMs: 1 });
      while (second.state.lag !== 0) await bench.logged();
      await put(owner, 'k2');
      while (second.state.lag !== 0) await bench.logged();
      expect(owner.counts).to.deep.equal({ epoch: 1, head: 2, unknownOutcomes: 0 });
    });

    it('takes nothing from a log that was changed', async () => {
      const owner = await bench.open('a');
      for (const key of ['k1', 'k2', 'k3']) await put(owner, key);
      await owner.close();
      await bench.query('UPDATE orsay.log_1 SET frame = set_byte(frame, 60, 1) WHERE seq = 2');
      expect(await codeOf(bench.open('b'))).to.equal('STORE_DAMAGED');
      await bench.query('DELETE FROM orsay.log_1 WHERE seq = 2');
      expect(await codeOf(bench.open('c'))).to.equal('STORE_DAMAGED');
    });
  });

  describe('is not opened', () => {
    async function refusal(node: string, more: object = {}): Promise<string> {
      const error = (await rejection(bench.open(node, more))) as Error & { code: string };
      return `${error.code} ${error.message}`;
    }

    it('without a database, or one that refuses', async () => {
      expect(await refusal('a', { database: 'postgres://postgres:secret@127.0.0.1:1/none' })).to.equal(
        'CELL_DATABASE_UNREACHABLE Expected PostgreSQL at 127.0.0.1:1/none, got: connect ECONNREFUSED 127.0.0.1:1',
      );
      expect(await refusal('a', { database: postgres.urlOf('none') })).to.equal(
        `CELL_DATABASE_REFUSED PostgreSQL at 127.0.0.1:${postgres.port}/none refuses: database "none" does not exist (SQLSTATE 3D000).`,
      );
    });

    it('with settings that may lose what was acknowledged, unless they are accepted', async () => {
      const [{ name }] = (await bench.query<{ name: string }>('SELECT current_database() AS name')) as [
        { name: string },
      ];
      await bench.query(`ALTER DATABASE ${name} SET synchronous_commit = off`);
      expect(await refusal('a')).to.equal(
        'CELL_SETTINGS_UNSAFE With the settings of this PostgreSQL, acknowledged changes can be lost ' +
          '(synchronous_commit=off). Expected fsync=on, full_page_writes=on and synchronous_commit=on. ' +
          'Change them, or accept unsafe settings for this cell.',
      );
      const owner = await bench.open('a', { acceptsUnsafeSettings: true });
      await put(owner, 'k1');
    });

    it('on a server that only reads', async () => {
      const [{ name }] = (await bench.query<{ name: string }>('SELECT current_database() AS name')) as [
        { name: string },
      ];
      await bench.query(`ALTER DATABASE ${name} SET default_transaction_read_only = on`);
      expect(await refusal('a')).to.equal(
        'CELL_DATABASE_REFUSED Expected the primary server of PostgreSQL, got one that only reads. ' +
          'Give the address of the primary.',
      );
    });

    it('over tables of a later release', async () => {
      await (await bench.open('a')).close();
      await bench.query('UPDATE orsay.schema_version SET version = 4');
      expect(await refusal('a')).to.equal(
        "CELL_SCHEMA_VERSION Expected the tables of the schema 'orsay' in version 3, got version 4. " +
          'Run the release of Orsay that made them, or give this one a database of its own.',
      );
    });

    it('by a node with the name of another one that is alive', async () => {
      const owner = await bench.open('a', { address: 'http://10.0.0.1:8080' });
      await put(owner, 'k1');
      const { path } = bench.options('elsewhere');
      expect(await refusal('a', { path })).to.equal(
        "CELL_NODE_NAME_TAKEN Expected a node name that no other node has; 'a' has the cell 'main' at " +
          'http://10.0.0.1:8080, and is alive. Give this node a name of its own.',
      );
    });

    it('under a name that cannot be one', async () => {
      expect(await refusal('A b')).to.equal(
        "CELL_NAME_INVALID Expected a node name of a lower-case letter and up to 39 of a-z, 0-9 and '-', got 'A b'.",
      );
    });
  });
});
