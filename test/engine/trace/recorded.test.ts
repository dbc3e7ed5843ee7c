import { expect } from 'chai';
import fc from 'fast-check';
import { SessionTraces } from '../../../engine/host/sessionTraces.ts';
import { ownId, type SessionId } from '../../../engine/ports/index.ts';
import {
  type FamilyTrace,
  metricLines,
  openReplays,
  ReplayDiffers,
  readTrace,
  replaySteps,
  stepperAfter,
  TraceError,
} from '../../../engine/trace/index.ts';
import { exportedTrace, playOn, recordingHost, WIDE_BOUNDS } from '../../support/recordingHost.ts';

const HEAD = 'xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript"';
const TEXTS: { readonly [path: string]: string } = {
  '/parent.scxml': `<scxml ${HEAD} initial="one">
    <datamodel><data id="count" expr="0"/><data id="luck" expr="Math.random()"/><data id="name"/></datamodel>
    <state id="one">
      <invoke id="worker" type="scxml" src="child.scxml"><param name="depth" expr="1"/></invoke>
      <transition event="go" target="two"/>
      <transition event="told"><assign location="count" expr="count + _event.data.by"/></transition>
      <transition event="done.invoke.worker" target="two"/>
    </state>
    <state id="two">
      <onentry><send event="late" delay="3s"/></onentry>
      <transition event="late" target="one"/>
      <transition event="go" target="one"><assign location="luck" expr="Math.random()"/></transition>
      <transition event="ask"><send target="#_scxml_NOBODY" event="hello"/></transition>
      <transition event="error.communication"><assign location="count" expr="count + 100"/></transition>
      <transition event="end" target="over"/>
    </state>
    <final id="over"><donedata><param name="count" expr="count"/></donedata></final>
  </scxml>`,
  '/child.scxml': `<scxml ${HEAD} initial="busy">
    <datamodel><data id="depth" expr="0"/><data id="ticks" expr="0"/><data id="luck" expr="Math.random()"/></datamodel>
    <state id="busy">
      <invoke type="scxml" id="inner" autoforward="true"><content>
        <scxml ${HEAD}><datamodel><data id="heard" expr="0"/></datamodel>
          <state id="listening"><transition event="work"><assign location="heard" expr="heard + 1"/></transition></state>
        </scxml>
      </content></invoke>
      <onentry><send event="tick" delay="1s"/></onentry>
      <transition event="tick" cond="ticks &lt; 4" target="busy"><assign location="ticks" expr="ticks + 1"/>
        <send target="#_parent" event="told"><param name="by" expr="ticks"/></send></transition>
      <transition event="tick" target="done"/>
    </state>
    <final id="done"/>
  </scxml>`,
};

async function replayed(trace: FamilyTrace): Promise<number> {
  return [...replaySteps(await openReplays(trace))].length;
}

const action = fc.oneof(
  fc.constantFrom('go', 'work', 'told', 'ask', 'nothing'),
  fc.integer({ min: 100, max: 2_500 }),
);

describe('the trace of a session', () => {
  it('replays random sessions with invoked ones in the stepper, to the same states and data', async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(action, { maxLength: 12 }), fc.boolean(), async (actions, isNarrow) => {
        const host = await recordingHost(TEXTS, isNarrow ? { ...WIDE_BOUNDS, maxSteps: 6 } : WIDE_BOUNDS);
        await playOn(host, actions);
        const trace = readTrace(exportedTrace(host), 'trace');
        const session = await (await stepperAfter(trace)).settled();
        const view = (await host.host.query(host.sessionId))!;
        expect([...session.configuration]).to.deep.equal(view.configuration);
        expect(session.data).to.deep.equal(view.data);
        const worker = session.child('worker');
        const inner = session.child('worker/inner');
        for (const child of [worker, inner]) {
          if (child === undefined) continue;
          const seen = (await host.host.query(ownId<SessionId>(child.id)))!;
          expect([...child.configuration]).to.deep.equal(seen.configuration);
          expect(child.data).to.deep.equal(seen.data);
        }
        expect(worker !== undefined).to.equal(view.configuration.includes('one'));
        await host.durable.stop();
      }),
      { numRuns: 15 },
    );
  });

  it('goes on from any step as the session did', async () => {
    const host = await recordingHost(TEXTS);
    await playOn(host, ['work', 1_200, 'go', 'ask', 3_500, 'work']);
    const trace = readTrace(exportedTrace(host), 'trace');
    const all = await replayed(trace);
    for (let steps = 0; steps <= all; steps += 3) {
      const session = await stepperAfter(trace, { steps });
      expect([...session.configuration].length).to.be.at.least(steps === 0 ? 0 : 1);
    }
  });

  it('keeps the newest steps from a stored state on when it is over its bounds', async () => {
    const host = await recordingHost(TEXTS, { ...WIDE_BOUNDS, maxSteps: 4 });
    await playOn(host, ['told', 'told', 'told', 'told', 'told', 'told', 'told']);
    const { start, base, steps } = host.traces.stored.read(host.sessionId)!.sessions[0]!;
    expect(start.sessionId).to.equal(host.sessionId);
    expect(base?.step).to.equal(6);
    expect(steps.map(({ step }) => step)).to.deep.equal([7, 8]);
    expect((await stepperAfter(readTrace(exportedTrace(host), 't'))).get('count')).to.equal(7);
  });

  it('counts the bytes of its steps, not their characters', async () => {
    const host = await recordingHost(TEXTS, { ...WIDE_BOUNDS, maxBytes: 6_000 });
    for (let count = 0; count < 4; count++) {
      await host.host.publish(host.sessionId, { name: 'said', data: '\u20ac'.repeat(1_200) });
    }
    const { base, steps } = host.traces.stored.read(host.sessionId)!.sessions[0]!;
    expect([base?.step, steps.map(({ step }) => step)]).to.deep.equal([4, [5]]);
  });

  it('goes with its session, with its time, and with the ids that it names', async () => {
    const host = await recordingHost(TEXTS);
    await playOn(host, ['end', 'go', 'end']);
    const counted = (): number => host.traces.stored.list().length;
    expect(counted()).to.equal(3);
    await host.durable.commit(host.host.removeBatch([host.sessionId]));
    expect(counted()).to.equal(2);
    const other = await recordingHost(TEXTS);
    await other.host.publish(other.sessionId, { name: 'told', data: { by: 'CUSTOMER0123456789' } });
    await other.durable.commit(await other.host.removeEventsNamingBatch(new Set(['CUSTOMER0123456789'])));
    expect(other.traces.stored.list()).to.deep.equal([]);
    const aged = await recordingHost(TEXTS);
    await playOn(aged, ['go', 'end']);
    await aged.clock.advance(2 * WIDE_BOUNDS.keptMs, () => aged.durable.idle());
    expect(aged.traces.stored.read(aged.sessionId)).to.equal(undefined);
  });

  it('costs nothing where it is off', async () => {
    const host = await recordingHost(TEXTS);
    const plain = new SessionTraces({
      durable: host.durable,
      clock: host.clock,
      boundsFor: () => undefined,
      bounds: () => WIDE_BOUNDS,
    });
    const record = { src: 'http://orsay.test/parent.scxml' } as never;
    expect(plain.countsFor(record)).to.equal(undefined);
    expect(plain.startBatch(record, {} as never, {} as never)).to.deep.equal({});
  });

  it('has the lines of METRIC', async () => {
    const host = await recordingHost(TEXTS);
    await playOn(host, ["go'\n"]);
    const lines: string[] = [];
    for (const step of replaySteps(await openReplays(readTrace(exportedTrace(host), 't')))) {
      lines.push(...metricLines(step, step.replay.document));
    }
    const sid = host.sessionId;
    expect(lines.slice(0, 3)).to.deep.equal([
      `METRIC <appl_begin sid='${sid}' name='http://orsay.test/parent.scxml' />`,
      `METRIC <transition sid='${sid}' name='scxml' event='' cond='' target='one' line='1' />`,
      `METRIC <state_enter sid='${sid}' name='one' type='state' />`,
    ]);
    expect(lines).to.include(`METRIC <event_queued sid='${sid}' name='go&apos;&#10;' />`);
    const begun = lines.filter((line) => line.startsWith('METRIC <appl_begin'));
    expect(begun.map((line) => /name='(.*)' /.exec(line)?.[1])).to.deep.equal([
      'http://orsay.test/parent.scxml',
      'http://orsay.test/child.scxml',
      'http://orsay.test/child.scxml',
    ]);
  });

  it('tells a damaged file, another version, and a replay that differs', async () => {
    const host = await recordingHost(TEXTS);
    await playOn(host, ['go']);
    const text = exportedTrace(host);
    const rows = text.split('\n');
    const problem = (damaged: string): string => {
      try {
        readTrace(damaged, 't.trace');
      } catch (error) {
        if (error instanceof TraceError) return error.message;
        throw error;
      }
      return 'read';
    };
    expect(problem('')).to.match(/^t\.trace:1:1: expected a trace/);
    expect(problem(text.replace('"orsayTrace":1', '"orsayTrace":2'))).to.equal(
      't.trace:1:1: expected a trace of version 1, got version 2',
    );
    expect(problem(text.slice(0, -30))).to.match(
      /^t\.trace:\d+:1: expected a whole line of JSON: the file was cut$/,
    );
    expect(problem(rows.slice(0, -2).join('\n'))).to.match(/the file was cut or changed$/);
    expect(problem(rows.with(3, 'x').join('\n'))).to.equal("t.trace:4:1: expected a JSON object, got 'x'");
    expect(problem(rows.with(3, '{"a":1}').join('\n'))).to.match(
      /^t\.trace:4:1: expected a document, a session or a step/,
    );
    const other = readTrace(text.replaceAll('"configuration":["two"]', '"configuration":["one"]'), 't');
    let error: unknown;
    try {
      await replayed(other);
    } catch (fault) {
      error = fault;
    }
    expect(error).to.be.instanceOf(ReplayDiffers);
    expect((error as Error).message).to.match(
      /^Step 2 of session \w+ leads to 'two' \(running\), but the trace says 'one'/,
    );
  });
});
