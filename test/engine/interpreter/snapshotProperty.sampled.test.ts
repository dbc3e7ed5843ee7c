import { existsSync, readdirSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import fc from 'fast-check';
import type { Dialect, Document } from '../../../engine/interpreter/document/model.ts';
import { loadDocument, parseDocument } from '../../../engine/interpreter/load/load.ts';
import type { Snapshot } from '../../../engine/interpreter/session/contract.ts';
import { createSession } from '../../../engine/interpreter/session/session.ts';
import { type OtherProcess, startOtherProcess } from '../../support/continueElsewhere.ts';
import type { ContinueRequest } from '../../support/processes/continueSessions.ts';
import { runsOf } from '../../support/runLength.ts';
import { type Play, type Played, PlayedSession } from '../../support/sessionPlay.ts';

const ROOT = resolve(import.meta.dirname, '../../..');
/** Sequences of events a document. */
const RUNS = runsOf({ sample: 1, all: 4 });
/** Macrosteps of a sequence at which a snapshot is taken: all, up to this. */
const MAX_CUTS = 12;

/** A snapshot after a macrostep, and the inputs that follow it. */
interface Cut {
  readonly snapshot: Snapshot;
  readonly now: number;
  readonly plays: readonly Play[];
  readonly counts: { readonly [session: string]: number };
}

function documentsUnder(folder: string): readonly string[] {
  const path = join(ROOT, folder);
  if (!existsSync(path)) return [];
  return readdirSync(path, { recursive: true, encoding: 'utf8' })
    .filter((name) => name.endsWith('.scxml'))
    .sort()
    .map((name) => join(folder, name));
}

/** Events that the document has transitions for, one that it may not have, and time. */
function playsOf(document: Document): fc.Arbitrary<Play[]> {
  const names = document.transitions.flatMap(
    ({ events }) => events?.map(({ segments }) => segments.join('.')) ?? [],
  );
  const event = fc.record({
    kind: fc.constant('event' as const),
    name: fc.constantFrom(...new Set([...names.filter((name) => name !== ''), 'unheard.of'])),
    data: fc.oneof(
      fc.constant({}),
      fc.constant({ amount: 3, list: ['x', { y: null }] }),
      fc.jsonValue({ maxDepth: 2 }) as fc.Arbitrary<never>,
    ),
  });
  const advance = fc.record({
    kind: fc.constant('advance' as const),
    ms: fc.constantFrom(0, 1, 100, 1000, 10_000, 3_600_000),
  });
  return fc.array(fc.oneof({ weight: 3, arbitrary: event }, { weight: 1, arbitrary: advance }), {
    minLength: 2,
    maxLength: 6,
  });
}

/** Plays a session to the end, with a snapshot, as JSON text, at each of its macrosteps. */
async function playWithCuts(
  document: Document,
  plays: readonly Play[],
): Promise<{ whole: Played; cuts: Cut[] }> {
  const session = PlayedSession.create(document);
  const cuts: Cut[] = [];
  let rest = plays;
  const cut = (): void => {
    if (cuts.length === MAX_CUTS) return;
    const snapshot = JSON.parse(JSON.stringify(session.snapshot)) as Snapshot;
    cuts.push({ snapshot, now: session.clock.now(), plays: rest, counts: session.counts() });
  };
  await session.drain(cut);
  for (const [index, play] of plays.entries()) {
    const end = session.clock.now() + (play.kind === 'advance' ? play.ms : 0);
    await session.play(play, () => {
      const left = end - session.clock.now();
      rest = [
        ...(play.kind === 'advance' ? [{ kind: 'advance' as const, ms: left }] : []),
        ...plays.slice(index + 1),
      ];
      cut();
    });
  }
  return { whole: JSON.parse(JSON.stringify(session.played())) as Played, cuts };
}

/** The records of `whole` after a cut. */
function behind(whole: Played, { counts }: Cut): Played {
  const records = Object.entries(whole.records)
    .map(([id, lines]) => [id, lines.slice(counts[id] ?? 0)] as const)
    .filter(([, lines]) => lines.length > 0);
  return { ...whole, records: Object.fromEntries(records) };
}

describe('a snapshot, continued in another process', () => {
  let other: OtherProcess;
  before(() => {
    other = startOtherProcess();
  });
  after(() => other.end());

  async function check(
    document: Document,
    source: ContinueRequest['source'],
    plays: readonly Play[],
  ): Promise<number> {
    const { whole, cuts } = await playWithCuts(document, plays);
    for (const cut of cuts) {
      const { snapshot, now, plays: rest } = cut;
      const continued = await other.continueSession({ source, snapshot, now, plays: rest });
      expect(continued).to.deep.equal(behind(whole, cut));
    }
    return cuts.length;
  }

  for (const name of [...documentsUnder('fixtures/engine'), ...documentsUnder('scxml')]) {
    it(`continues exactly like the session, after any macrostep of ${name}`, async function () {
      const url = pathToFileURL(join(ROOT, name));
      const document = await loadDocument(url).catch(() => undefined);
      // A file that other documents include is not a complete document.
      if (!document) return this.skip();
      let cuts = 0;
      await fc.assert(
        fc.asyncProperty(playsOf(document), async (plays) => {
          cuts += await check(document, { url: url.href }, plays);
        }),
        { numRuns: RUNS },
      );
      expect(cuts).to.be.greaterThan(0);
    });
  }

  const data = (dialect: Dialect, values: string): string => {
    const assign = dialect === 'ors' ? '_data.values' : 'values';
    return `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript" initial="a">
      <datamodel><data id="values"/></datamodel>
      <state id="a">
        <onentry><assign location="${assign}" expr="${values}"/></onentry>
        <transition event="look"><log expr="look(${assign})"/></transition>
      </state>
      <script>
        function look(v) {
          return [
            v.date instanceof Date, v.date.getTime(), 'gone' in v, v.gone === undefined, v.nan !== v.nan,
            v.infinity === Infinity, Object.is(v.zero, -0), typeof v.big, String(v.big),
            v.map instanceof Map, v.map.get(v.key) === v.date, v.set.has(v.key), v.regexp.test('ABC'), v.regexp.flags,
            v.list[0] === v.list[1], v.self === v, v.list.length, 1 in v.list2
          ].join(' ');
        }
      </script>
    </scxml>`;
  };
  const VALUES = `(function () {
    var key = { k: 1 };
    var date = new Date(86400000);
    var v = { key: key, date: date, gone: undefined, nan: NaN, infinity: Infinity, zero: -0, big: 12345678901234567890n,
      map: new Map([[key, date]]), set: new Set([key]), regexp: /b/gi, list: [key, key], list2: [1, , 3] };
    v.self = v;
    return v;
  })()`;

  for (const dialect of ['w3c', 'ors'] as const) {
    it(`keeps every kind of value, shared and cyclic ones too (${dialect})`, async () => {
      const text = data(dialect, VALUES.replaceAll('"', '&quot;').replaceAll('<', '&lt;'));
      const document = await parseDocument(text, { dialect });
      const plays: Play[] = [{ kind: 'event', name: 'look' }];
      expect(await check(document, { text, dialect }, plays)).to.equal(2);
      const session = PlayedSession.create(document);
      await session.drain();
      await session.play(plays[0]!);
      expect(session.played().records.PLAYED!.join()).to.contain(
        'true 86400000 true true true true true bigint 12345678901234567890 true true true true gi true true 2 false',
      );
    });
  }

  it('names a generator that it cannot carry', async () => {
    const text = data('w3c', '({ deep: [{ walk: (function* () { yield 1; })() }] })');
    const session = createSession(await parseDocument(text));
    session.start();
    expect(() => session.snapshot()).to.throw(/values.*deep.*walk/);
  });
});
