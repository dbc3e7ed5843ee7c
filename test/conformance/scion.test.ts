import { readdirSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { expect } from 'chai';
import { type Running, type Start, startHosted, startInMemory } from '../support/conformance.ts';
import { frameworkFolder } from '../support/peers.ts';

/** A test script of SCION's framework. Its configurations have the atomic states only. */
interface Script {
  readonly initialConfiguration: readonly string[];
  readonly events: readonly {
    /** Milliseconds that pass before the event. */
    readonly after?: number;
    readonly event: { readonly name: string };
    readonly nextConfiguration: readonly string[];
  }[];
  /** The script of SCION before it departed from Appendix D. */
  readonly legacySemantics?: Script;
}

const RUNS = { 'in memory': startInMemory, 'through the host': startHosted } as const;

/** By name: why a document does not do what its script says. */
const exceptions = JSON.parse(
  readFileSync(new URL('../../fixtures/conformance/scion.json', import.meta.url), 'utf8'),
) as Readonly<Record<string, string>>;

const folder = frameworkFolder();
const names = readdirSync(fileURLToPath(folder), { recursive: true, encoding: 'utf8' })
  .filter((name) => name.endsWith('.scxml') && !name.startsWith('w3c-ecma'))
  .map((name) => name.replaceAll('\\', '/').replace('.scxml', ''))
  .sort();

function scriptOf(name: string): Script {
  return JSON.parse(readFileSync(new URL(`${name}.json`, folder), 'utf8')) as Script;
}

/** The configurations that the script names, and those that there were. */
async function play(
  name: string,
  script: Script,
  start: Start,
): Promise<{ expected: string[]; got: string[] }> {
  const running = await start(new URL(`${name}.scxml`, folder));
  try {
    const expected = [sorted(script.initialConfiguration)];
    const got = [await atomicStates(running)];
    for (const { after, event, nextConfiguration } of script.events) {
      if (after !== undefined) await running.advance(after);
      await running.send(event);
      expected.push(sorted(nextConfiguration));
      got.push(await atomicStates(running));
    }
    return { expected, got };
  } finally {
    await running.close();
  }
}

async function atomicStates(running: Running): Promise<string> {
  const { atomic } = await running.show();
  return sorted(atomic);
}

function sorted(ids: readonly string[]): string {
  return [...ids].sort().join(' ');
}

describe("SCION's document tests", () => {
  it('are 127, and every exception is one of them', () => {
    expect(names).to.have.length(127);
    expect(Object.keys(exceptions).filter((name) => !names.includes(name))).to.deep.equal([]);
  });

  for (const name of names) {
    for (const [run, start] of Object.entries(RUNS)) {
      const reason = exceptions[name];
      it(`${name} ${run}${reason === undefined ? '' : ` differs: ${reason}`}`, async () => {
        const script = scriptOf(name);
        const { expected, got } = await play(name, script, start);
        if (reason === undefined) expect(got).to.deep.equal(expected);
        else expect(got).not.to.deep.equal(expected);
        if (reason === undefined || !script.legacySemantics) return;
        const legacy = await play(name, script.legacySemantics, start);
        expect(legacy.got).to.deep.equal(legacy.expected);
      });
    }
  }
});
