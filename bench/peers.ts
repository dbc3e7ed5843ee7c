import { createRequire } from 'node:module';
import { assign, cancel, createActor, createMachine, log, raise } from 'xstate';
import { createSession, parseDocument } from '../engine/index.ts';
import { type BenchDocument, REGIONS, RING_SIZE, RINGS } from './documents.ts';

export interface Peer {
  readonly name: string;
  /** Loads the document once. The result starts a session and returns a function that sends it an event. */
  load(document: BenchDocument): Promise<() => (event: string) => void>;
}

export const orsay: Peer = {
  name: 'orsay',
  async load(document) {
    const loaded = await parseDocument(document.xml);
    return () => {
      const session = createSession(loaded);
      session.start();
      return (event) => session.send(event);
    };
  },
};

interface Counters {
  readonly context: { readonly [name: string]: number };
}

/** Machines with the behaviour of the documents. */
export const xstate: Peer = {
  name: 'xstate',
  async load(document) {
    const machine = createMachine(machineOf(document.name) as never);
    return () => {
      const actor = createActor(machine, { logger: () => {} });
      actor.start();
      return (event) => actor.send({ type: event } as never);
    };
  },
};

function machineOf(name: string): unknown {
  if (name === 'c') return machineC();
  const counting = { guard: ({ context }: Counters) => context.count! >= 0 };
  const count = assign({ count: ({ context }: Counters) => context.count! + 1 } as never);
  if (name === 'a') return { initial: 's0', states: ringOf(3, {}) };
  if (name === 'b') {
    return { initial: 's0', context: { count: 0 }, states: ringOf(3, { ...counting, actions: count }) };
  }
  const actions = [
    cancel('late'),
    log(({ context }: Counters) => context.count),
    count,
    assign({ d1: ({ context }: Counters) => context.d1! + 2 } as never),
    assign({ d2: ({ context }: Counters) => context.d1! - context.count! } as never),
    assign((({ context }: Counters) =>
      context.count! % 2 === 0 ? { d3: context.count } : { d4: context.count }) as never),
    raise({ type: 'late' } as never, { id: 'late', delay: 60_000 }),
  ];
  const context = { count: 0, d0: 0, d1: 1, d2: 2, d3: 3, d4: 4, d5: 5, d6: 6, d7: 7, d8: 8 };
  return {
    initial: 'all',
    context,
    states: { all: { initial: 's0', states: ringOf(24, { ...counting, actions }) } },
  };
}

function ringOf(size: number, transition: object): object {
  return Object.fromEntries(
    Array.from({ length: size }, (_, n) => [
      `s${n}`,
      { on: { t: { target: `s${(n + 1) % size}`, ...transition } } },
    ]),
  );
}

function machineC(): object {
  const ring = (id: string): object => ({
    initial: 's0',
    states: Object.fromEntries(
      Array.from({ length: RING_SIZE }, (_, n) => {
        const target = `s${(n + 1) % RING_SIZE}`;
        return [`s${n}`, { on: { [`m${id}`]: target, all: target } }];
      }),
    ),
  });
  const region = (r: number): object => ({
    initial: 'rings',
    states: {
      rings: {
        type: 'parallel',
        states: Object.fromEntries(Array.from({ length: RINGS }, (_, k) => [`ring${k}`, ring(`${r}x${k}`)])),
      },
    },
  });
  const regions = Object.fromEntries(Array.from({ length: REGIONS }, (_, r) => [`region${r}`, region(r)]));
  const idle = Object.fromEntries(Array.from({ length: 15 }, (_, n) => [`o${n}`, {}]));
  return {
    initial: 'work',
    states: {
      work: { type: 'parallel', on: { leave: 'out' }, states: regions },
      out: { initial: 'o0', on: { enter: 'work' }, states: idle },
    },
  };
}

/** SCION in its best case: one realm for all sessions, stepped synchronously. */
export const scion: Peer = {
  name: 'scion',
  async load(document) {
    // biome-ignore lint/suspicious/noExplicitAny: the package has no types.
    const scxml: any = createRequire(new URL('../test/peers/', import.meta.url))('@scion-scxml/scxml');
    const { core } = scxml;
    const model = await settled<{ prepare(done: Done<unknown>): void }>((done) =>
      scxml.documentStringToModel(`file:///${document.name}.scxml`, document.xml, done),
    );
    const prepared = await settled<unknown>((done) => model.prepare(done));
    return () => {
      const session = new core.Statechart(prepared, { console: { log: () => {} } });
      session.start();
      return (event) => session.gen({ name: event });
    };
  },
};

type Done<T> = (error: unknown, result: T) => void;

function settled<T>(begin: (done: Done<T>) => void): Promise<T> {
  return new Promise((resolve, reject) =>
    begin((error, result) => (error ? reject(error) : resolve(result))),
  );
}
