import type { PutRecord } from '../../engine/durable/index.ts';
import { openLmdbStore } from '../../engine/durable/lmdb/index.ts';
import { createTestServer } from '../../test/support/testServer.ts';
import { count, quantile } from '../rounds.ts';
import { temporaryFolder } from './openHost.ts';

/**
 * Query-Availability over 30 days of a service with 100,000 scheduled callbacks, over the lmdb store, and the
 * booking of one more. Of the callbacks only the counts are made, because availability reads nothing else.
 * Requests go through the whole server, without a socket. The processor time of a request is nearly the same
 * on a machine with other work.
 */

const BOOKINGS = 100_000;
const CELL_MS = 300_000;
const QUERIES = 1_000;
const DAYS = 30;
const DAY_MS = 86_400_000;
const SERVICE = '/genesys/1/service/callback/chat-delay';

const folder = temporaryFolder();
const server = createTestServer({
  store: openLmdbStore({ path: folder.path }),
  config: (config) => ({
    ...config,
    services: {
      ...config.services,
      hours: {
        _type: 'builtin',
        _service: 'office-hours',
        _timezone: 'Europe/Paris',
        _bh_regular1: 'Mon-Sun 00:00-24:00',
      },
      'chat-delay': {
        ...config.services['chat-delay']!,
        _business_hours_service: 'hours',
        _max_request_by_time_bucket: '1000',
        _reject_future_desired_time: '2M',
      },
    },
  }),
});
const { services } = server.orsay;

function book(): Promise<unknown> {
  const desiredTime =
    server.clock.now() + 3_600_000 + Math.floor(Math.random() * (DAYS * DAY_MS - 3_600_000));
  const fields = { _customer_number: String(Math.random()) };
  return services.create({ name: 'chat-delay', scope: 'callback', fields, files: [], desiredTime });
}

interface Measured {
  /** ms, sorted. */
  readonly durations: readonly number[];
  /** Milliseconds of processor time of one. */
  readonly processorMs: number;
}

async function measure(times: number, perform: () => Promise<unknown>): Promise<Measured> {
  const durations: number[] = [];
  const before = process.cpuUsage();
  for (let index = 0; index < times; index++) {
    const start = performance.now();
    await perform();
    durations.push(performance.now() - start);
  }
  const { user, system } = process.cpuUsage(before);
  const processorMs = (user + system) / 1_000 / times;
  return { durations: durations.sort((a, b) => a - b), processorMs };
}

function line(name: string, { durations, processorMs }: Measured): void {
  const [middle, high] = [quantile(durations, 0.5), quantile(durations, 0.99)];
  const processor = processorMs.toFixed(2);
  console.log(
    `  ${name}: ${middle.toFixed(2)} ms, p99 ${high.toFixed(2)} ms, processor ${processor} ms each`,
  );
}

/** The records that the bookings leave, as bookings.ts writes them: one for each day. */
function bookedDays(): PutRecord[] {
  const days = new Map<string, Record<string, number>>();
  for (let index = 0; index < BOOKINGS; index++) {
    const time = server.clock.now() + Math.random() * DAYS * DAY_MS;
    const key = `chat-delay/${new Date(time).toISOString().slice(0, 10)}`;
    const cells = days.get(key) ?? {};
    const cell = Math.floor((time % DAY_MS) / CELL_MS);
    cells[cell] = (cells[cell] ?? 0) + 1;
    days.set(key, cells);
  }
  return [...days].map(([key, value]) => ({ table: 'service.booked', key, value }));
}

await server.orsay.durable.commit({ put: bookedDays() });
console.log(`Availability over ${DAYS} days with ${count(BOOKINGS)} bookings`);

const url = `${SERVICE}/availability?number-of-days=${DAYS}`;
const query = async (path: string): Promise<string> => {
  const { status, text } = await server.send('GET', path);
  if (status !== 200) throw new Error(`${status} ${text}`);
  return text;
};
const slots = Object.keys(JSON.parse(await query(url)) as object).length;
await measure(50, () => query(url));
line(`all ${count(slots)} slots`, await measure(QUERIES, () => query(url)));
line('the first 20 slots', await measure(500, () => query(`${url}&max-time-slots=20`)));
line('one more booking', await measure(300, book));
await server.orsay.close();
folder.remove();
