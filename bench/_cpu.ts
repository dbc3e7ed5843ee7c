import { createDurable } from '/work/main/engine/host/createDurable.ts';
import { createSessions } from '/work/main/engine/host/createSessions.ts';
import { compileProgram, restoreExecution, startExecution } from '/work/main/engine/sessionExecution.ts';
import { systemClock } from '/work/main/server/adapters/systemClock.ts';
import { systemIds } from '/work/main/server/adapters/systemIds.ts';
import { DATA_TEXT, LIGHT } from '/work/main/bench/host/documents.ts';
const log = { debug() {}, info() {}, warn: console.warn, error: console.error };
const map = new Map<string, string>();
const mem = {
  get: (t: string, k: string) => map.get(t + k),
  *scan() {},
  async close() {},
  async write(ops: any) {
    for (const o of ops)
      if (o.text === null) map.delete(o.table + o.key);
      else map.set(o.table + o.key, o.text);
  },
};
// the write resolves at once
const store = {
  get: mem.get,
  scan: mem.scan,
  close: mem.close,
  async write(ops: any) {
    await mem.write(ops);
  },
};
const durable = createDurable({ store: store as any, clock: systemClock, log });
const sessions = createSessions({
  durable,
  clock: systemClock,
  ids: systemIds,
  log,
  engine: { compileProgram, startExecution, restoreExecution },
  baseUrl: () => 'http://o.test',
  fetchText: async () => LIGHT,
  http: () => Promise.reject(new Error('no')),
});
durable.start();
const ids = await Promise.all(
  Array.from({ length: 64 }, async () => (await sessions.start({ src: 'http://o.test/a.scxml' })).sessionId),
);
const N = process.argv[2] === 'prof' ? 600_000 : 150_000;
for (const withIds of process.argv[2] === 'prof' ? [false] : [false, true, false, true]) {
  const c0 = process.cpuUsage();
  const t0 = performance.now();
  await Promise.all(
    ids.map(async (id) => {
      for (let i = 0; i < N / 64; i++)
        await sessions.publish(id, {
          name: 'e',
          data: JSON.parse(DATA_TEXT),
          ...(withIds && { id: `client:${i % 50}-${process.hrtime.bigint()}` }),
        });
    }),
  );
  const c = process.cpuUsage(c0);
  console.log(
    withIds,
    'cpu us/event',
    (c.user / N).toFixed(1),
    'wall',
    (((performance.now() - t0) * 1000) / N).toFixed(1),
  );
}
process.exit(0);
