import { execFileSync } from 'node:child_process';
import { existsSync, readFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { fileURLToPath } from 'node:url';
import { assign, createActor, createMachine } from 'xstate';
import { compileProgram, loadDocument, startExecution } from '../engine/index.ts';

/** Events of one sample, and samples of one figure (their median is taken). */
const EVENTS = 200_000;
const SAMPLES = 5;

interface Peer {
  readonly name: string;
  /** Makes a session of the document and returns what sends it the event `t`. */
  readonly open: (document: 'a' | 'b') => Promise<() => void>;
}

const here = (path: string): URL => new URL(path, import.meta.url);

const orsay: Peer = {
  name: 'orsay',
  async open(document) {
    const program = compileProgram(await loadDocument(here(`documents/${document}.scxml`)));
    const execution = startExecution(program, { sessionId: 'BENCH', seed: 1 });
    execution.step({ kind: 'start' }, { now: 0 });
    const input = { kind: 'event', event: { name: 't' } } as const;
    return () => void execution.step(input, { now: 0 });
  },
};

const xstate: Peer = {
  name: 'xstate',
  async open(document) {
    const counting = document === 'b';
    const to = (target: string) => ({
      target,
      ...(counting && {
        guard: ({ context }: { context: { count: number } }) => context.count >= 0,
        actions: assign({ count: ({ context }: { context: { count: number } }) => context.count + 1 }),
      }),
    });
    const machine = createMachine({
      initial: 's1',
      context: { count: 0 },
      states: { s1: { on: { t: to('s2') } }, s2: { on: { t: to('s3') } }, s3: { on: { t: to('s1') } } },
    } as never);
    const actor = createActor(machine);
    actor.start();
    return () => actor.send({ type: 't' } as never);
  },
};

/** SCION in its best case: one realm, stepped synchronously. */
const scion: Peer = {
  name: 'scion',
  async open(document) {
    const { default: scxml } = (await import(
      createRequire(here('../test/peers/')).resolve('@scion-scxml/scxml')
    )) as {
      // any: the package has no types
      // biome-ignore lint/suspicious/noExplicitAny: the package has no types
      default: any;
    };
    const text = readFileSync(here(`documents/${document}.scxml`), 'utf8');
    const model = await new Promise<unknown>((resolve, reject) => {
      scxml.documentStringToModel(`file:///${document}.scxml`, text, (error: unknown, found: unknown) =>
        error ? reject(error) : resolve(found),
      );
    });
    // biome-ignore lint/suspicious/noExplicitAny: the package has no types
    const prepared = await new Promise<any>((resolve, reject) => {
      (model as { prepare: (done: (error: unknown, found: unknown) => void) => void }).prepare(
        (error, found) => (error ? reject(error) : resolve(found)),
      );
    });
    const session = new scxml.scion.Statechart(prepared);
    session.start();
    return () => session.gen({ name: 't' });
  },
};

function rate(send: () => void): number {
  const begin = process.hrtime.bigint();
  for (let event = 0; event < EVENTS; event++) send();
  return EVENTS / (Number(process.hrtime.bigint() - begin) / 1e9);
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

const peersFolder = fileURLToPath(here('../test/peers/'));
if (!existsSync(here('../test/peers/node_modules'))) {
  execFileSync('npm', ['ci', '--ignore-scripts', '--no-audit', '--no-fund'], {
    cwd: peersFolder,
    stdio: 'inherit',
  });
}

for (const document of ['a', 'b'] as const) {
  const rates = new Map<string, number[]>();
  const senders = new Map<string, () => void>();
  for (const peer of [orsay, xstate, scion]) senders.set(peer.name, await peer.open(document));
  for (const send of senders.values()) rate(send);
  for (let sample = 0; sample < SAMPLES; sample++) {
    for (const [name, send] of senders) rates.set(name, [...(rates.get(name) ?? []), rate(send)]);
  }
  const ours = median(rates.get('orsay')!);
  for (const [name, values] of rates) {
    const events = median(values);
    console.log(
      `${document}  ${name.padEnd(7)} ${Math.round(events).toLocaleString('en').padStart(12)} events/s   orsay is ${(ours / events).toFixed(1)} times`,
    );
  }
}
