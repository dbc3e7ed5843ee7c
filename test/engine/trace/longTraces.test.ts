import { expect } from 'chai';
import { TRACE_STEP } from '../../../engine/host/traceRecords.ts';
import { openReplays, readTrace, replaySteps } from '../../../engine/trace/index.ts';
import {
  exportedTrace,
  type RecordingHost,
  recordingHost,
  WIDE_BOUNDS,
} from '../../support/recordingHost.ts';

const TEXTS = {
  '/parent.scxml': `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript">
    <datamodel><data id="count" expr="0"/></datamodel>
    <state id="s"><transition event="add"><assign location="count" expr="count + 1"/></transition></state>
  </scxml>`,
};
const { keptMs } = WIDE_BOUNDS;

describe('the trace of a session that lives longer than traces are kept', () => {
  let recording: RecordingHost;
  afterEach(() => recording.durable.stop());

  const pass = (ms: number) => recording.clock.advance(ms, () => recording.durable.idle());
  const add = () => recording.host.publish(recording.sessionId, { name: 'add' });
  const replayed = async () => {
    const steps = [...replaySteps(await openReplays(readTrace(exportedTrace(recording), 't')))];
    return steps.map(({ step }) => step);
  };

  it('can be replayed whole until its time after the last step', async () => {
    recording = await recordingHost(TEXTS);
    for (let count = 0; count < 12; count++) {
      await pass(0.3 * keptMs);
      await add();
    }
    await pass(keptMs - 1);
    expect(await replayed()).to.deep.equal(Array.from({ length: 13 }, (_, index) => index + 1));
    await pass(keptMs / 4 + 1);
    expect(recording.traces.stored.read(recording.sessionId)).to.equal(undefined);
  });

  it('goes on from the newest stored states when it is over its bounds', async () => {
    recording = await recordingHost(TEXTS, { ...WIDE_BOUNDS, maxSteps: 4 });
    for (let count = 0; count < 12; count++) {
      await pass(0.3 * keptMs);
      await add();
    }
    await pass(keptMs - 1);
    const steps = await replayed();
    expect(steps.at(-1)).to.equal(13);
    expect(steps.length).to.be.within(2, 5);
  });

  it('ends when the session takes no step for a longer time', async () => {
    recording = await recordingHost(TEXTS);
    await add();
    await pass(2 * keptMs);
    await add();
    await add();
    expect(recording.traces.stored.list()).to.deep.equal([]);
    expect([...recording.durable.scan(TRACE_STEP, {})]).to.deep.equal([]);
    expect((await recording.host.query(recording.sessionId))!.data).to.deep.include({ count: 3 });
  });
});
