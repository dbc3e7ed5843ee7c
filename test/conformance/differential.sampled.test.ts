import { expect } from 'chai';
import fc from 'fast-check';
import { createSession, type Document, parseDocument } from '../../engine/index.ts';
import { generateDocument, generateEvents } from '../engine/interpreter/fuzz/generateDocument.ts';
import { fuzzSeed } from '../support/fuzzSeed.ts';
import { runsOf } from '../support/runLength.ts';
import { createScionSession } from '../support/scionSession.ts';
import { createSimulatedClock } from '../support/simulatedClock.ts';
import { SCION_FAULTS } from './scionFaults.ts';

const RUNS = runsOf({ sample: 20, all: 400 });

/** Outcome of one event: its logs, entries and exits in order, and the atomic states after it. */
interface Step {
  readonly event: string;
  readonly log: readonly string[];
  readonly atomic: readonly string[];
}

/** Both engines, event by event, up to where a session ends or SCION ends it (SCION_FAULTS). */
async function compare(xml: string, events: readonly string[]): Promise<number> {
  const document = await parseDocument(xml);
  const kinds = new Map(document.states.map(({ id, kind }) => [id, kind]));
  const clock = createSimulatedClock();
  const ours = createSession(document, { clock, id: 'DIFFERENTIAL', seed: 1 });
  const ourLog: string[] = [];
  ours.onEffect((effect) => effect.kind === 'log' && ourLog.push(effect.text));
  const scion = await createScionSession(xml, true);
  const got: Step[] = [];
  const expected: Step[] = [];
  for (const event of ['(start)', ...events]) {
    ourLog.length = 0;
    scion.log.length = 0;
    if (event === '(start)') ours.start();
    else ours.send(event);
    const theirs = event === '(start)' ? scion.start() : scion.gen({ name: event });
    const atomic = [...ours.configuration].filter(
      (id) => kinds.get(id) === 'atomic' || kinds.get(id) === 'final',
    );
    const isOver = ours.status === 'running' && atomic.every((id) => kinds.get(id) === 'final');
    // 'a session of nested finals ends': SCION has left all states after what both did.
    const theirLog = isOver ? scion.log.slice(0, ourLog.length) : scion.log;
    got.push({ event, log: inOrder(document, ourLog), atomic: atomic.sort() });
    expected.push({ event, log: inOrder(document, theirLog), atomic: [...theirs].sort() });
    if (isOver || ours.status !== 'running') break;
  }
  expect(got, `${xml}\n${JSON.stringify(got)}\n${JSON.stringify(expected)}`).to.deep.equal(expected);
  return got.length;
}

/** 'entry and exit by depth': each run of entries in document order, each of exits in reverse. */
function inOrder(document: Document, log: readonly string[]): readonly string[] {
  const order = new Map(document.states.map(({ id, index }) => [id, index]));
  const runs: { readonly sign: number; readonly lines: string[] }[] = [];
  for (const line of log) {
    const sign = signOf(line);
    const last = runs.at(-1);
    if (last !== undefined && last.sign === sign) last.lines.push(line);
    else runs.push({ sign, lines: [line] });
  }
  const at = (line: string): number => order.get(line.split(' ')[1]!)!;
  return runs.flatMap(({ sign, lines }) => lines.sort((a, b) => sign * (at(a) - at(b))));
}

function signOf(line: string): number {
  if (/^(enter|onentry|initial|history) /.test(line)) return 1;
  return /^(exit|onexit) /.test(line) ? -1 : 0;
}

describe('random documents, beside SCION', () => {
  it('do the same, event by event, but for what SCION is known to do otherwise', async () => {
    let steps = 0;
    await fc.assert(
      fc.asyncProperty(generateDocument({ peer: true }), generateEvents(), async (xml, events) => {
        steps += await compare(xml, events);
      }),
      { numRuns: RUNS, ...fuzzSeed() },
    );
    expect(steps).to.be.greaterThan(3 * RUNS);
  }).timeout(600_000);

  for (const [name, { how, witness }] of Object.entries(SCION_FAULTS)) {
    it(`are spared a known fault of SCION's: ${name}`, async () => {
      const xml = `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript">${witness.states}</scxml>`;
      const ours = createSession(await parseDocument(xml), { clock: createSimulatedClock() });
      const log: string[] = [];
      ours.onEffect((effect) => effect.kind === 'log' && log.push(effect.text));
      ours.start();
      const scion = await createScionSession(xml, how !== 'option');
      scion.start();
      for (const event of witness.events) {
        ours.send(event);
        scion.gen({ name: event });
      }
      expect(log).to.deep.equal(witness.log);
      expect(scion.log).not.to.deep.equal(witness.log);
    });
  }
});
