import { expect } from 'chai';
import { MemoryStore } from '../../../engine/durable/memory/memoryStore.ts';
import type { SessionId } from '../../../engine/ports/index.ts';
import { type BrittleStore, createBrittleStore } from '../../support/brittleStore.ts';
import { type RecordingHost, recordingHost, WIDE_BOUNDS } from '../../support/recordingHost.ts';

const document = (name: string) =>
  `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" name="${name}"><state id="s"/></scxml>`;
const TEXTS = { '/parent.scxml': document('parent'), '/other.scxml': document('other') };
const { keptMs } = WIDE_BOUNDS;

describe('the sources of traced documents', () => {
  let store: BrittleStore;
  let recording: RecordingHost;

  beforeEach(async () => {
    store = createBrittleStore(new MemoryStore());
    recording = await recordingHost(TEXTS, WIDE_BOUNDS, store);
  });
  afterEach(() => recording.durable.stop());

  const pass = (ms: number) => recording.clock.advance(ms, () => recording.durable.idle());
  const documentsOf = (id: SessionId) =>
    recording.traces.stored.read(id)!.documents.map(({ url, sources }) => [url, sources[0]!.text]);

  it('are stored with the next session when the store refused the first one', async () => {
    const start = () => recording.host.start({ src: '/other.scxml' });
    store.failNext();
    const refused = await start().catch((error: { code: string }) => error.code);
    expect(refused).to.equal('STORE_UNAVAILABLE');
    const { sessionId } = await start();
    expect(documentsOf(sessionId)).to.deep.equal([['http://orsay.test/other.scxml', TEXTS['/other.scxml']]]);
  });

  it('are kept as long as the steps, also when the store refused to renew them', async () => {
    const { host, sessionId } = recording;
    await pass(keptMs - 1_000);
    await host.publish(sessionId, { name: 'a' });
    await pass(2_000);
    store.failNext();
    const refused = await host
      .publish(sessionId, { name: 'b' })
      .catch((error: { code: string }) => error.code);
    expect(refused).to.equal('STORE_UNAVAILABLE');
    await host.publish(sessionId, { name: 'c' });
    await pass(keptMs - 500);
    const { sessions } = recording.traces.stored.read(sessionId)!;
    expect(sessions[0]!.steps.map(({ step }) => step)).to.deep.equal([1, 2, 3]);
    expect(documentsOf(sessionId)).to.deep.equal([
      ['http://orsay.test/parent.scxml', TEXTS['/parent.scxml']],
    ]);
  });
});
