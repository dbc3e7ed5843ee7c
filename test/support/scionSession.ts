import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';

/** A session of SCION, stepped synchronously. */
export interface ScionSession {
  /** Ids of the active atomic states. */
  start(): readonly string[];
  gen(event: { readonly name: string }): readonly string[];
  readonly log: string[];
}

type Done<T> = (error: unknown, result: T) => void;

interface Scxml {
  readonly core: {
    Statechart: new (
      prepared: unknown,
      options: { legacySemantics: boolean; console: { log(...parts: unknown[]): void } },
    ) => { start(): string[]; gen(event: { name: string }): string[] };
  };
  documentStringToModel(url: string, xml: string, done: Done<{ prepare(done: Done<unknown>): void }>): void;
}

let scxml: Scxml | undefined;

/** Loads a document in SCION. `legacySemantics`: with compound states as domains only, as in Appendix D. */
export async function createScionSession(xml: string, legacySemantics: boolean): Promise<ScionSession> {
  scxml ??= createRequire(fileURLToPath(new URL('../peers/', import.meta.url)))(
    '@scion-scxml/scxml',
  ) as Scxml;
  const { documentStringToModel, core } = scxml;
  const model = await settled<{ prepare(done: Done<unknown>): void }>((done) =>
    documentStringToModel('file:///random.scxml', xml, done),
  );
  const prepared = await settled<unknown>((done) => model.prepare(done));
  const log: string[] = [];
  const options = {
    console: { log: (...parts: unknown[]) => log.push(String(parts.at(-1))) },
    // The constructor of SCION sets this to false and ignores the option.
    get legacySemantics(): boolean {
      return legacySemantics;
    },
    set legacySemantics(_: boolean) {},
  };
  const session = new core.Statechart(prepared, options);
  return { log, start: () => session.start(), gen: (event) => session.gen(event) };
}

function settled<T>(begin: (done: Done<T>) => void): Promise<T> {
  return new Promise((resolve, reject) =>
    begin((error, result) => (error ? reject(error) : resolve(result))),
  );
}
