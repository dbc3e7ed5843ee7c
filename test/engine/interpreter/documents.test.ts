import { readdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect } from 'chai';
import { createSession, loadDocument } from '../../../engine/index.ts';
import { createSimulatedClock } from '../../support/simulatedClock.ts';

interface Case {
  readonly initialConfiguration: readonly string[];
  readonly initialLog?: readonly string[];
  readonly events: readonly {
    /** Milliseconds that pass before the event. */
    readonly after?: number;
    readonly event?: string | { readonly name: string; readonly data: never };
    readonly nextConfiguration: readonly string[];
    readonly log?: readonly string[];
  }[];
}

const folder = resolve(import.meta.dirname, '../../../fixtures/engine');
const names = readdirSync(folder, { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.scxml'))
  .sort();

/** Resolves when invoked documents are read. Everything else in these cases is synchronous. */
const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

describe('documents: configurations and ordered logs', () => {
  for (const name of names) {
    it(name.replace('.scxml', ''), async () => {
      const expected = JSON.parse(
        readFileSync(join(folder, name.replace('.scxml', '.json')), 'utf8'),
      ) as Case;
      const document = await loadDocument(pathToFileURL(join(folder, name)));
      const clock = createSimulatedClock();
      const session = createSession(document, { clock, id: 'SESSION', seed: 1 });
      let log: string[] = [];
      session.onEffect((effect) => effect.kind === 'log' && log.push(effect.text));
      session.start();
      await settle();
      expect([...session.configuration]).to.deep.equal(expected.initialConfiguration);
      if (expected.initialLog) expect(log).to.deep.equal(expected.initialLog);
      for (const { after, event, nextConfiguration, log: nextLog } of expected.events) {
        log = [];
        if (after !== undefined) await clock.advance(after, settle);
        if (event !== undefined) session.send(event);
        await settle();
        expect([...session.configuration]).to.deep.equal(nextConfiguration);
        if (nextLog) expect(log).to.deep.equal(nextLog);
      }
    });
  }
});
