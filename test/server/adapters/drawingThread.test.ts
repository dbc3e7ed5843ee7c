import { setImmediate } from 'node:timers/promises';
import { expect } from 'chai';
import {
  DrawingThread,
  MAX_DRAWING_MS,
  MAX_WAITING_DRAWINGS,
} from '../../../server/adapters/drawingThread.ts';
import { createSimulatedClock } from '../../support/simulatedClock.ts';

function document(id: string): { readonly sources: readonly { url: string; text: string }[] } {
  const text = `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0"><state id="${id}"/></scxml>`;
  return { sources: [{ url: 'http://orsay.test/drawn.scxml', text }] };
}

describe('the thread that draws documents', () => {
  const REFUSED = {
    kind: 'refused',
    message: 'Expected a document that can be drawn within 20000 ms (MAX_DRAWING_MS).',
  };
  const clock = createSimulatedClock();
  let drawings: DrawingThread;
  beforeEach(() => {
    drawings = new DrawingThread({ busy: (message) => new Error(message), clock });
  });
  afterEach(() => drawings.close());

  it('refuses a document that takes too long, and draws those that came after it', async () => {
    const slow = drawings.drawingOf(document('slow'));
    const other = drawings.drawingOf(document('other'));
    await setImmediate();
    await clock.advance(MAX_DRAWING_MS, async () => {});
    expect(await slow).to.deep.equal(REFUSED);
    expect(await other).to.include({ kind: 'drawn' });
    // It does not take the time of the thread again soon.
    expect(await drawings.drawingOf(document('slow'))).to.deep.equal(REFUSED);
  });

  it('refuses a document when too many wait', async () => {
    const all = Array.from({ length: MAX_WAITING_DRAWINGS + 1 }, (_, at) =>
      drawings.drawingOf(document(`s${at}`)).catch((error: Error) => error.message),
    );
    expect(await all.at(-1)).to.equal(
      'Expected at most MAX_WAITING_DRAWINGS (20) documents to draw at one time, got one more.',
    );
    for (const drawn of all.slice(0, -1)) expect(await drawn).to.include({ kind: 'drawn' });
  });
});
