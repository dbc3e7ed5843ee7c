import { setImmediate } from 'node:timers/promises';
import { createMemoryStore } from '../../engine/durable/memory/memoryStore.ts';
import type { StorePort } from '../../engine/durable/storePort.ts';
import { type BrittleStore, createBrittleStore } from './brittleStore.ts';
import { createTestIds } from './testIds.ts';
import { createTestServer, type TestReply, type TestServer } from './testServer.ts';

/** Writes that a request may need; a test that dies later than that never gets through. */
const MAX_WRITES = 100;
/** Reading documents from the disk takes many. */
const MAX_TURNS = 1_000_000;

type Options = Parameters<typeof createTestServer>[0];

/** What a server that was killed has left, and the one that goes on with it. */
export interface Crashed {
  /** Store writes before the kill. */
  readonly writes: number;
  /** What was answered before the kill: the request was through. */
  readonly reply: TestReply | undefined;
  /** What is on the disk. */
  readonly store: StorePort;
  /** A new server over the same store, so much later. */
  restart(afterMs?: number): TestServer;
}

/**
 * Makes the request of a new server that is killed after 0 store writes (of the request), 1, 2 and so on, until the
 * request is answered and the server is quiet without dying; `check` is called for each, the last included.
 */
export async function crashAtEveryWrite(given: {
  readonly server: NonNullable<Options>;
  /** Before the request, undisturbed. */
  readonly prepare?: (server: TestServer) => Promise<void>;
  readonly request: (server: TestServer) => Promise<TestReply>;
  readonly check: (crashed: Crashed) => Promise<void>;
}): Promise<void> {
  for (let writes = 0; writes < MAX_WRITES; writes++) {
    const memory = createMemoryStore();
    const store = createBrittleStore(memory);
    const ids = createTestIds();
    const server = createTestServer({ ...given.server, store, ids });
    await given.prepare?.(server);
    await server.orsay.durable.idle();
    const { died, reply } = await requestOf(server, store, { writes, request: given.request });
    await given.check({
      writes,
      reply,
      store: memory,
      restart: (afterMs = 0) =>
        createTestServer({ ...given.server, store: memory, ids, startMs: server.clock.now() + afterMs }),
    });
    if (!died) return;
  }
  throw new Error(`MAX_WRITES: a request still wrote after ${MAX_WRITES} writes.`);
}

async function requestOf(
  server: TestServer,
  store: BrittleStore,
  {
    writes,
    request,
  }: { readonly writes: number; readonly request: (server: TestServer) => Promise<TestReply> },
): Promise<{ readonly died: boolean; readonly reply: TestReply | undefined }> {
  let reply: TestReply | undefined;
  let died = false;
  let quiet = false;
  void store.dieAfter(writes).then(() => {
    died = true;
  });
  void request(server).then(async (answered) => {
    reply = answered;
    await server.orsay.durable.idle();
    quiet = true;
  });
  for (let turn = 0; turn < MAX_TURNS; turn++) {
    if (died || quiet) return { died, reply };
    await setImmediate();
  }
  throw new Error('MAX_TURNS: the request was neither answered nor did the store die.');
}
