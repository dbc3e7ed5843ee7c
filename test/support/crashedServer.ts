import { setImmediate } from 'node:timers/promises';
import { MemoryStore } from '../../engine/durable/memory/memoryStore.ts';
import type { StorePort } from '../../engine/durable/storePort.ts';
import { type BrittleStore, createBrittleStore } from './brittleStore.ts';
import { createTestIds } from './testIds.ts';
import { createTestServer, type TestReply, type TestServer } from './testServer.ts';

/** Limit of store writes of a request. A request that needs more fails the test. */
const MAX_WRITES = 100;
/** Macrotasks to wait; reading documents from the disk takes many. */
const MAX_TURNS = 1_000_000;

type Options = Parameters<typeof createTestServer>[0];

/** The state that a killed server left, and the server that continues with it. */
export interface Crashed {
  /** Store writes before the kill. */
  readonly writes: number;
  /** The answer, if the request was answered before the kill. */
  readonly reply: TestReply | undefined;
  /** The content on the disk. */
  readonly store: StorePort;
  /** Starts a new server over the same store, that much later. */
  restart(afterMs?: number): TestServer;
}

/**
 * Makes the request of a new server that is killed after 0 store writes (of the request), 1, 2 and so on,
 * until the request is answered and the server is idle before it is killed. `check` is called for each, the
 * last included.
 */
export async function crashAtEveryWrite(given: {
  readonly server: NonNullable<Options>;
  /** Runs before the request, without a kill. */
  readonly prepare?: (server: TestServer) => Promise<void>;
  readonly request: (server: TestServer) => Promise<TestReply>;
  readonly check: (crashed: Crashed) => Promise<void>;
}): Promise<void> {
  for (let writes = 0; writes < MAX_WRITES; writes++) {
    const memory = new MemoryStore();
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
  throw new Error('MAX_TURNS: the request was not answered, and the store was not killed.');
}
