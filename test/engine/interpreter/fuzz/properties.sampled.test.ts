import { expect } from 'chai';
import fc from 'fast-check';
import {
  createSession,
  parseDocument,
  restoreSession,
  type Session,
  type Snapshot,
  type StepRecord,
} from '../../../../engine/index.ts';
import type { Document } from '../../../../engine/interpreter/document/model.ts';
import { type RecordedMicrostep, StepRecorder } from '../../../../engine/interpreter/session/stepRecorder.ts';
import { fuzzSeed } from '../../../support/fuzzSeed.ts';
import { illegality } from '../../../support/illegality.ts';
import { runsOf } from '../../../support/runLength.ts';
import { createSimulatedClock } from '../../../support/simulatedClock.ts';
import { generateDocument, generateEvents } from './generateDocument.ts';

/** Documents for each property. */
const RUNS = runsOf({ sample: 15, all: 300 });

interface Observed {
  readonly session: Session;
  readonly log: string[];
  readonly records: StepRecord[];
}

function observe(make: (options: Parameters<typeof createSession>[1]) => Session): Observed {
  const log: string[] = [];
  const records: StepRecord[] = [];
  const session = make({ clock: createSimulatedClock(), onRecord: (record) => records.push(record) });
  session.onEffect((effect) => effect.kind === 'log' && log.push(effect.text));
  return { session, log, records };
}

function begin(document: Document): Observed {
  const observed = observe((options) => createSession(document, { id: 'FUZZ', seed: 1, ...options }));
  observed.session.start();
  return observed;
}

function microstepsOf({ records, session }: Observed): readonly RecordedMicrostep[] {
  const microsteps: RecordedMicrostep[] = [];
  const steps = new StepRecorder((step) => microsteps.push(...step.microsteps));
  for (const record of records) steps.record(record, session);
  steps.flush();
  return microsteps;
}

/** Applies the entries and exits of the trace to a separate configuration, and returns the errors. */
function checkMoves(document: Document, observed: Observed): ReadonlySet<string> {
  const order = new Map(document.states.map(({ id, index }) => [id, index]));
  const active = new Set<string>();
  for (const { exited, entered } of microstepsOf(observed)) {
    expect(exited, 'exit order').to.deep.equal([...exited].sort((a, b) => order.get(b)! - order.get(a)!));
    expect(entered, 'entry order').to.deep.equal([...entered].sort((a, b) => order.get(a)! - order.get(b)!));
    for (const id of exited) expect(active.delete(id), `${id} was active when it was left`).to.equal(true);
    for (const id of entered) {
      expect(active.has(id), `${id} was active when it was entered`).to.equal(false);
      active.add(id);
    }
    if (active.size > 0) expect(illegality(document, active)).to.equal(undefined);
  }
  return active;
}

function assertFor(
  property: (document: Document, events: readonly string[], at: number) => void,
): Promise<void> {
  return fc.assert(
    fc.asyncProperty(generateDocument(), generateEvents(), fc.nat({ max: 8 }), async (xml, events, at) =>
      property(await parseDocument(xml), events, at),
    ),
    { numRuns: RUNS, ...fuzzSeed() },
  );
}

describe('random documents and events', () => {
  it('have a legal configuration after every event, and process each event in finite time', async () => {
    const seen = { moved: 0, completed: 0 };
    await assertFor((document, events) => {
      const { session } = begin(document);
      for (const event of [undefined, ...events]) {
        if (event !== undefined) session.send(event);
        expect(session.status, session.reason).to.be.oneOf(['running', 'completed']);
        expect(illegality(document, session.configuration)).to.equal(undefined);
      }
      if (session.status === 'completed') seen.completed++;
      else seen.moved++;
    });
    expect(seen.moved).to.be.greaterThan(RUNS / 4);
    expect(seen.completed).to.be.greaterThan(0);
  });

  it('end at a named limit, in a legal configuration, when their loops cost no fuel', async () => {
    const limits = { MAX_MICROSTEPS_PER_MACROSTEP: 200, MAX_INTERNAL_EVENTS: 50 };
    let failed = 0;
    await fc.assert(
      fc.asyncProperty(generateDocument(), generateEvents(), async (xml, events) => {
        const document = await parseDocument(xml.replaceAll('expr="fuel - 1"', 'expr="fuel"'));
        const session = createSession(document, { clock: createSimulatedClock(), limits });
        session.start();
        for (const event of events) session.send(event);
        expect(illegality(document, session.configuration)).to.equal(undefined);
        if (session.status !== 'failed') return;
        expect(session.reason).to.match(/^(MAX_MICROSTEPS_PER_MACROSTEP|MAX_INTERNAL_EVENTS): /);
        failed++;
      }),
      { numRuns: RUNS, ...fuzzSeed() },
    );
    expect(failed).to.be.greaterThan(0);
  });

  it('leave and enter states in order, each microstep between legal configurations', async () => {
    let microsteps = 0;
    await assertFor((document, events) => {
      const observed = begin(document);
      for (const event of events) observed.session.send(event);
      const active = checkMoves(document, observed);
      const { status, configuration } = observed.session;
      if (status === 'running') expect([...active].sort()).to.deep.equal([...configuration].sort());
      else expect([...active]).to.deep.equal([]);
      microsteps += microstepsOf(observed).length;
    });
    expect(microsteps).to.be.greaterThan(5 * RUNS);
  });

  it('run onentry and onexit of exactly the states that the trace names', async () => {
    await assertFor((document, events) => {
      const observed = begin(document);
      for (const event of events) observed.session.send(event);
      const moves = observed.records
        .filter(({ kind }) => kind === 'state_enter' || kind === 'state_exit')
        .map(({ kind, name }) => `${kind === 'state_enter' ? 'enter' : 'exit'} ${name}`);
      expect(observed.log.filter((line) => /^(enter|exit) /.test(line))).to.deep.equal(moves);
    });
  });

  it('continue in the same way with and without a trace, and from a snapshot at any event', async () => {
    await assertFor((document, events, at) => {
      const untraced: string[] = [];
      const plain = createSession(document, { id: 'FUZZ', seed: 1, clock: createSimulatedClock() });
      plain.onEffect((effect) => effect.kind === 'log' && untraced.push(effect.text));
      plain.start();
      const whole = begin(document);
      const before = events.slice(0, at);
      for (const event of before) for (const { session } of [whole, { session: plain }]) session.send(event);
      const snapshot = JSON.parse(JSON.stringify(whole.session.snapshot())) as Snapshot;
      const logged = whole.log.length;
      const restored = observe((options) => restoreSession(document, snapshot, options));
      for (const event of events.slice(at)) {
        for (const { session } of [whole, restored, { session: plain }]) session.send(event);
        expect([...restored.session.configuration]).to.deep.equal([...whole.session.configuration]);
      }
      expect(restored.log).to.deep.equal(whole.log.slice(logged));
      expect(restored.session.status).to.equal(whole.session.status);
      expect(restored.session.data()).to.deep.equal(whole.session.data());
      expect(untraced).to.deep.equal(whole.log);
      expect(plain.snapshot().execution).to.deep.equal(whole.session.snapshot().execution);
    });
  });
});
