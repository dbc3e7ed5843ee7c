import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { type Running, startHosted } from '../../support/conformance.ts';

interface Case {
  readonly initialConfiguration: readonly string[];
  readonly initialLog?: readonly string[];
  readonly events: readonly {
    readonly after?: number;
    readonly event?: string | { readonly name: string; readonly data: never };
    readonly nextConfiguration: readonly string[];
    readonly log?: readonly string[];
  }[];
}

const folder = new URL('../../../fixtures/engine/', import.meta.url);
const names = readdirSync(fileURLToPath(folder), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.scxml'))
  .map((name) => name.replaceAll('\\', '/').replace('.scxml', ''))
  .sort();

/** The order of steps between a session and its invoked session differs here from the order in memory. */
async function logOf(running: Running, from: number): Promise<{ seen: number; lines: readonly string[] }> {
  const { log } = await running.show();
  return { seen: log.length, lines: log.slice(from).map(({ text }) => text) };
}

describe('Documents in the host have the same configurations and logs as in memory', () => {
  for (const name of names) {
    it(name, async () => {
      const expected = JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as Case;
      const running = await startHosted(new URL(`${name}.scxml`, folder));
      let seen = 0;
      async function compare(configuration: readonly string[], log: readonly string[] | undefined) {
        expect((await running.show()).configuration).to.deep.equal(configuration);
        const now = await logOf(running, seen);
        seen = now.seen;
        if (log) expect([...now.lines].sort()).to.deep.equal([...log].sort());
      }
      try {
        await compare(expected.initialConfiguration, expected.initialLog);
        for (const { after, event, nextConfiguration, log } of expected.events) {
          if (after !== undefined) await running.advance(after);
          if (event !== undefined) await running.send(typeof event === 'string' ? { name: event } : event);
          await compare(nextConfiguration, log);
        }
      } finally {
        await running.close();
      }
    });
  }
});
