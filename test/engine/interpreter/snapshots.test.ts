import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect } from 'chai';
import type { Program } from '../../../engine/interpreter/algorithm/program.ts';
import type { Dialect } from '../../../engine/interpreter/document/model.ts';
import type { Execution, ExecutionSnapshot, StepInput } from '../../../engine/interpreter/execution.ts';
import { parseDocument } from '../../../engine/interpreter/load/load.ts';
import {
  compileProgram,
  restoreExecution,
  startExecution,
} from '../../../engine/interpreter/session/sessionExecution.ts';
import {
  migrateSnapshot,
  type SnapshotMigration,
} from '../../../engine/interpreter/snapshot/migrateSnapshot.ts';
import {
  parseSnapshot,
  SNAPSHOT_VERSION,
  snapshotText,
} from '../../../engine/interpreter/snapshot/snapshot.ts';
import type { Json } from '../../../engine/ports/json.ts';
import { SNAPSHOT_CASES, type SnapshotCase } from '../../support/snapshotCases.ts';

const ROOT = join(import.meta.dirname, '../../../fixtures/snapshots');
const NOW = Date.UTC(2026, 0, 5, 9);

/**
 * The snapshot of a session from a release, and the records of its continuation in that release. Names of
 * effects are those of the present release.
 */
interface Fixture {
  readonly url: string;
  readonly dialect: Dialect;
  readonly sources: readonly { readonly url: string; readonly text: string }[];
  readonly snapshot: ExecutionSnapshot;
  readonly inputs: readonly StepInput[];
  readonly outcomes: Json;
}

async function programOf({
  url,
  dialect,
  sources,
}: Omit<Fixture, 'snapshot' | 'inputs' | 'outcomes'>): Promise<Program> {
  const texts = new Map(sources.map((source) => [source.url, source.text]));
  const document = await parseDocument(texts.get(url)!, {
    baseUrl: new URL(url),
    dialect,
    fetchText: async (included) => texts.get(included.href)!,
  });
  return compileProgram(document);
}

async function goOn(fixture: Omit<Fixture, 'outcomes'>): Promise<Json> {
  const execution = restoreExecution(await programOf(fixture), fixture.snapshot);
  const outcomes = fixture.inputs.map((input) => {
    const { status, effects } = execution.step(input, { now: NOW + 60_000 });
    return { status, configuration: execution.configuration, effects, data: execution.data() };
  });
  return JSON.parse(JSON.stringify(outcomes)) as Json;
}

/** A case's document, compiled. */
async function prepare({ url, sources }: SnapshotCase): Promise<Program> {
  const texts = new Map(sources.map((source) => [source.url, source.text]));
  const document = await parseDocument(texts.get(url)!, {
    baseUrl: new URL(url),
    fetchText: async (included) => texts.get(included.href)!,
  });
  return compileProgram(document);
}

function start(program: Program, sessionId: string): Execution {
  return startExecution(program, { sessionId, seed: 7, baseUrl: 'http://orsay.test' });
}

/**
 * ORSAY_WRITE_SNAPSHOTS=1 writes the fixtures of the present version; those of earlier ones are never written
 * again.
 */
async function write(folder: string, given: SnapshotCase): Promise<void> {
  const { name, url, before, after } = given;
  const program = await prepare(given);
  const { document } = program;
  const execution = start(program, 'S1');
  for (const input of [{ kind: 'start' as const }, ...before]) execution.step(input, { now: NOW });
  const snapshot = JSON.parse(JSON.stringify(execution.snapshot())) as ExecutionSnapshot;
  const fixture = { url, dialect: document.dialect, sources: document.sources, snapshot, inputs: after };
  mkdirSync(folder, { recursive: true });
  const text = JSON.stringify({ ...fixture, outcomes: await goOn(fixture) }, null, 2);
  writeFileSync(join(folder, `${name}.json`), `${text}\n`);
}

describe('snapshots of all versions', () => {
  before(async () => {
    if (process.env.ORSAY_WRITE_SNAPSHOTS !== '1') return;
    for (const given of SNAPSHOT_CASES) await write(join(ROOT, `v${SNAPSHOT_VERSION}`), given);
  });

  for (const version of readdirSync(ROOT)) {
    for (const file of readdirSync(join(ROOT, version))) {
      it(`resume: ${version}/${file}`, async () => {
        const fixture = JSON.parse(readFileSync(join(ROOT, version, file), 'utf8')) as Fixture;
        expect(await goOn(fixture)).to.deep.equal(fixture.outcomes);
      });
    }
  }

  for (const given of SNAPSHOT_CASES) {
    it(`are the same as text after every step, of each session: ${given.name}`, async () => {
      const program = await prepare(given);
      const executions = ['S1', 'S2'].map((sessionId) => start(program, sessionId));
      for (const input of [{ kind: 'start' as const }, ...given.before, ...given.after]) {
        for (const execution of executions) {
          execution.step(input, { now: NOW });
          const snapshot = JSON.parse(JSON.stringify(execution.snapshot())) as ExecutionSnapshot;
          const text = execution.snapshotText();
          expect(snapshotText(snapshot)).to.equal(text);
          expect(parseSnapshot(text, execution.sessionId)).to.deep.equal(snapshot);
          const wrong = `Expected a snapshot of session S, got one of ${execution.sessionId}.`;
          expect(() => parseSnapshot(text, 'S')).to.throw(wrong);
        }
      }
    });
  }

  it('are refused as invalid texts', () => {
    for (const text of [
      '',
      'x',
      '5',
      'null',
      '[]',
      '{}',
      '{"sessionId":"T"}\n',
      '"S"\n5',
      '{"sessionId":{}}',
    ]) {
      expect(() => parseSnapshot(text, 'S'), text).to.throw();
    }
  });

  it('have no key __proto__ after they are read', () => {
    const text = '{"sessionId":"S","__proto__":{"a":1},"b":{"\\u005f_proto__":1}}\n{"__proto__":1}';
    const snapshot = parseSnapshot(text, 'S');
    expect(Object.getPrototypeOf(snapshot)).to.equal(Object.prototype);
    expect(JSON.stringify(snapshot)).to.equal('{"sessionId":"S","b":{},"data":"{\\"__proto__\\":1}"}');
  });

  it('have a fixture of every case in the present version', () => {
    const files = readdirSync(join(ROOT, `v${SNAPSHOT_VERSION}`));
    expect(files).to.include.members(SNAPSHOT_CASES.map(({ name }) => `${name}.json`));
  });

  it('are migrated version by version, and refused without a migration', () => {
    const migrations = new Map<number, SnapshotMigration>([
      [1, (snapshot) => ({ ...snapshot, added: 'in 2' })],
      [2, ({ added, ...snapshot }) => ({ ...snapshot, renamed: added })],
    ]);
    expect(migrateSnapshot({ version: 1, kept: true }, 3, migrations)).to.deep.equal({
      version: 3,
      kept: true,
      renamed: 'in 2',
    });
    expect(() => migrateSnapshot({ version: 1 }, 4, migrations)).to.throw(
      'Expected a snapshot of version 4, got version 1.',
    );
    expect(() => migrateSnapshot({ version: 5 }, 4, migrations)).to.throw('got version 5');
    expect(() => migrateSnapshot({}, 4, migrations)).to.throw('got version undefined');
  });
});
