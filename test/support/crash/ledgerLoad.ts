import { expect } from 'chai';
import { parseDocument } from '../../../engine/interpreter/load/load.ts';
import { compileProgram, startExecution } from '../../../engine/interpreter/session/sessionExecution.ts';
import { ledgerDocument, WORK } from './ledgerDocument.ts';
import { call as callOnce, eventually, type Load, untilGone } from './load.ts';
import type { Random } from './random.ts';
import type { Recorder } from './recorder.ts';

const DOCUMENTS = 6;
const CLIENTS = 6;
/** Events after which a client starts another session: each event rewrites the whole state. */
const EVENTS_PER_SESSION = 25;
const LONGEST_TIMER_MS = 400;

interface Document {
  readonly url: string;
  readonly text: string;
}

interface Session {
  readonly id: string;
  readonly document: Document;
  readonly events: SentEvent[];
}

interface SentEvent {
  readonly k: string;
  readonly name: string;
  readonly kind: 'event' | 'request';
  readonly form: Readonly<Record<string, string>>;
  readonly to: string | undefined;
  acked: boolean;
  /** Without an answer, the request is repeated after the restart, or not. */
  abandoned: boolean;
  /** The answer of a request. A repetition must get the same. */
  position?: number;
}

interface Books {
  readonly order: readonly string[];
  readonly ticks: Readonly<Record<string, number>>;
  readonly fetched: Readonly<Record<string, number>>;
  readonly notes: Readonly<Record<string, number>>;
  readonly faults: readonly string[];
}

/** Counts of the load so far, for the figures of a run. */
export interface LedgerFigures {
  sessions: number;
  acked: number;
  repeated: number;
  abandoned: number;
  abandonedDone: number;
}

/**
 * Clients that send events and requests with idempotency keys to sessions of generated documents, each doing
 * a timer, a fetch, and a note to another session.
 */
export function createLedgerLoad(deps: {
  readonly random: Random;
  readonly recorder: Recorder;
  /** How a client makes a request. Default: once. */
  readonly call?: typeof callOnce;
  /** Begins the names of its documents and its keys. Two loads of one recorder have different ones. */
  readonly prefix?: string;
}): Load & { readonly figures: LedgerFigures } {
  const { random, recorder, call = callOnce, prefix = '' } = deps;
  const documents = Array.from({ length: DOCUMENTS }, (_, index): Document => {
    const text = ledgerDocument(random, recorder.url);
    return { text, url: recorder.serve(`${prefix}ledger${index}.scxml`, text) };
  });
  const sessions: Session[] = [];
  const current: (Session | undefined)[] = Array.from({ length: CLIENTS }, () => undefined);
  const starting: ({ readonly key: string; readonly document: Document } | undefined)[] = [];
  const figures: LedgerFigures = { sessions: 0, acked: 0, repeated: 0, abandoned: 0, abandonedDone: 0 };
  let counter = 0;

  /** Repeated with the same key until it is answered: that makes one session. */
  async function startSession(base: string, client: number): Promise<Session> {
    const start = starting[client] ?? { key: `${prefix}s${counter++}`, document: random.pick(documents) };
    starting[client] = start;
    const { document, key } = start;
    const { status, body } = await call(`${base}/scxml/session/start`, { form: { src: document.url }, key });
    expect(status, JSON.stringify(body)).to.equal(200);
    const session = { id: String((body as { _id: unknown })._id), document, events: [] };
    starting[client] = undefined;
    current[client] = session;
    sessions.push(session);
    figures.sessions++;
    return session;
  }

  async function send(base: string, session: Session, event: SentEvent): Promise<void> {
    const url = `${base}/scxml/session/${session.id}/${event.kind}/${event.name}`;
    const { status, body } = await call(url, { form: event.form, key: event.k });
    expect(status, `${event.k}: ${JSON.stringify(body)}`).to.equal(200);
    if (!event.acked) figures.acked++;
    event.acked = true;
    if (event.kind === 'request') {
      const { position } = body as { position: number };
      expect(position).to.be.a('number');
      if (event.position !== undefined) expect(position).to.equal(event.position);
      event.position = position;
    }
  }

  async function workOnce(base: string, client: number): Promise<void> {
    let session = current[client];
    if (session === undefined || session.events.length >= EVENTS_PER_SESSION) {
      session = await startSession(base, client);
    }
    const k = `${prefix}k${counter++}`;
    const to = random.chance(0.4) ? random.pick(sessions).id : undefined;
    const event: SentEvent = {
      k,
      to,
      acked: false,
      abandoned: false,
      name: random.pick(WORK),
      kind: random.chance(0.3) ? 'request' : 'event',
      form: { k, delay: String(random.below(LONGEST_TIMER_MS)), ...(to !== undefined && { to }) },
    };
    session.events.push(event);
    await send(base, session, event);
    if (random.chance(0.05)) {
      figures.repeated++;
      await send(base, session, event);
    }
  }

  async function booksOf(base: string, session: Session): Promise<{ books: Books; configuration: string[] }> {
    const { status, body } = await call(`${base}/scxml/session/${session.id}/query`, { method: 'GET' });
    expect(status, JSON.stringify(body)).to.equal(200);
    const { data, configuration } = body as { data: Books; configuration: string[] };
    return { books: data, configuration };
  }

  /** Every acknowledged event once, every other at most once, in the order in which its client sent them. */
  function checkOrder(session: Session, books: Books): void {
    const done = new Map<string, number>();
    for (const k of books.order) done.set(k, (done.get(k) ?? 0) + 1);
    expect(
      [...done].filter(([, times]) => times > 1),
      `${session.id}: done more than once`,
    ).to.deep.equal([]);
    const missing = session.events.filter(({ k, acked }) => acked && !done.has(k));
    expect(missing, `${session.id}: acknowledged and not done`).to.deep.equal([]);
    const sent = session.events.filter(({ k }) => done.has(k)).map(({ k }) => k);
    expect(books.order, session.id).to.deep.equal(sent);
  }

  async function checkAll(base: string, session: Session): Promise<void> {
    const { books } = await booksOf(base, session);
    checkOrder(session, books);
    for (const table of [books.ticks, books.fetched, books.notes]) {
      const twice = Object.entries(table).filter(([, times]) => times > 1);
      expect(twice, `${session.id}: an effect came more than once`).to.deep.equal([]);
    }
  }

  /** Checks that the same events in the same order, without a crash, lead to the same states. */
  async function replay(session: Session, order: readonly string[]): Promise<readonly string[]> {
    const document = await parseDocument(session.document.text, { baseUrl: new URL(session.document.url) });
    const execution = startExecution(compileProgram(document), { sessionId: session.id, seed: 1 });
    execution.step({ kind: 'start' }, { now: 0 });
    for (const k of order) {
      const { name, form } = session.events.find((event) => event.k === k)!;
      execution.step({ kind: 'event', event: { name, data: { ...form } } }, { now: 0 });
    }
    return execution.configuration;
  }

  return {
    figures,

    async work(base) {
      await Promise.all(current.map((_, client) => untilGone(() => workOnce(base, client))));
    },

    async check(base) {
      for (const session of current) {
        if (session === undefined) continue;
        for (const event of session.events) {
          if (event.acked || event.abandoned) continue;
          // The last event of its client.
          event.abandoned = random.chance(0.5);
          if (event.abandoned) figures.abandoned++;
          else {
            figures.repeated++;
            await send(base, session, event);
          }
        }
      }
      const looked = new Set([...current.flatMap((session) => session ?? []), ...sessions.slice(-20)]);
      await Promise.all([...looked].map((session) => checkAll(base, session)));
    },

    async finish(base) {
      const done = new Set<string>();
      const noted = new Map<string, string>();
      for (const session of sessions) {
        const { books } = await eventually(
          () => `timers, fetches and faults of session ${session.id}`,
          async () => {
            const found = await booksOf(base, session);
            const { order, ticks, fetched } = found.books;
            const complete =
              order.length === Object.keys(ticks).length && order.length === Object.keys(fetched).length;
            return complete ? found : undefined;
          },
        );
        checkOrder(session, books);
        const once = Object.fromEntries([...books.order].sort().map((k) => [k, 1]));
        expect(books.ticks, `timers of ${session.id}`).to.deep.equal(once);
        expect(books.fetched, `answers to fetches of ${session.id}`).to.deep.equal(once);
        expect(books.faults, `faults of ${session.id}`).to.deep.equal([]);
        for (const k of books.order) {
          done.add(k);
          expect(recorder.keysOf(k).size, `idempotency keys of the fetch of ${k}`).to.equal(1);
          const { to, abandoned } = session.events.find((event) => event.k === k)!;
          if (to !== undefined) noted.set(k, to);
          if (abandoned) figures.abandonedDone++;
        }
        const { configuration } = await booksOf(base, session);
        expect(configuration, `configuration of ${session.id}`).to.deep.equal(
          await replay(session, books.order),
        );
      }
      for (const session of sessions) {
        const expected = Object.fromEntries(
          [...noted].filter(([, to]) => to === session.id).map(([k]) => [k, 1]),
        );
        const { books } = await booksOf(base, session);
        expect(books.notes, `notes for ${session.id}`).to.deep.equal(expected);
      }
      for (const { k } of sessions.flatMap(({ events }) => events)) {
        if (!done.has(k)) expect(recorder.keysOf(k).size, `${k} was not done, and fetched`).to.equal(0);
      }
    },
  };
}
