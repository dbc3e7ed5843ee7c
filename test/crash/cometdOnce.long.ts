import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect } from 'chai';
import { initialConfig } from '../../server/process/config.ts';
import { COMETD_VERSIONS } from '../support/cometdLibraries.ts';
import { type ServerProcess, startOrsayProcess } from '../support/crash/orsayProcess.ts';
import { createRandom } from '../support/crash/random.ts';
import { type CutClient, openNodeClient, openPageClient } from '../support/cuts/cutClients.ts';
import { CUT_KINDS, type CutLane, cutOne } from '../support/cuts/cuts.ts';
import { Wire } from '../support/cuts/wire.ts';

/** ORSAY_CRASH_SEED repeats the random choices; `npm run soak:chat` makes the run long. */
const SEED = Number(process.env.ORSAY_CRASH_SEED ?? Date.now() % 1_000_000);
const MESSAGES = Number(process.env.ORSAY_SOAK_MESSAGES ?? 200);
const CUTS = Number(process.env.ORSAY_SOAK_CUTS ?? 8);
const IS_SOAK = process.env.ORSAY_SOAK_MESSAGES !== undefined;
/** A client that gets nothing for so long has lost a notification. A slow machine makes it wait for less. */
const MAX_SILENCE_MS = 90_000;
/** Notifications that wait for a client at most. The server keeps 1,000. */
const MAX_AHEAD = 100;
const PAGES = [
  { version: '9', transport: 'long-polling' },
  { version: '3', transport: 'websocket' },
  { version: '9', transport: 'callback-polling' },
] as const;

/** A client, its wire, and the notifications for its user. */
interface Lane extends CutLane {
  readonly user: string;
  published: number;
}

describe(`${MESSAGES} notifications through ${CUTS} cuts (ORSAY_CRASH_SEED=${SEED})`, function () {
  this.timeout(IS_SOAK ? 24 * 3_600_000 : 600_000);
  const random = createRandom(SEED);
  let folder: string;
  let server: ServerProcess;
  let base: string | undefined;
  let isOver = false;

  async function start(): Promise<void> {
    server = startOrsayProcess(folder);
    base = await server.ready;
  }

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), 'orsay-cuts-'));
    const fast = { perSecond: 100_000, burst: 100_000 };
    const { http, limits, ...config } = initialConfig();
    const changed = {
      ...config,
      http: { ...http, hosts: ['127.0.0.1'] },
      limits: { ...limits, requests: { ...limits.requests, ofUser: fast } },
    };
    writeFileSync(join(folder, 'config.json'), JSON.stringify(changed));
    await start();
  });

  after(async () => {
    isOver = true;
    await server.kill();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Repeats a request until it succeeds: the server may be killed at any time. */
  async function post(path: string, body: object, headers: Record<string, string>): Promise<void> {
    while (!isOver) {
      try {
        const reply = await fetch(`${base}${path}`, {
          method: 'POST',
          headers: { 'content-type': 'application/json', ...headers },
          body: JSON.stringify(body),
          signal: AbortSignal.timeout(30_000),
        });
        const text = await reply.text();
        if (reply.ok) return;
        if (reply.status < 500)
          throw new Error(`${path} was refused: ${reply.status} ${text}`, { cause: 'refused' });
      } catch (error) {
        if (error instanceof Error && error.cause === 'refused') throw error;
        await passed(20);
      }
    }
  }

  async function openLane(number: number): Promise<Lane> {
    const user = `user${number}`;
    await post(
      '/genesys/1/notification/subscription',
      { subscriberId: user, filter: user, notificationDetails: { type: 'comet' } },
      { gms_user: user, 'idempotency-key': user },
    );
    const wire = await Wire.open(() => base);
    const version = COMETD_VERSIONS[number % COMETD_VERSIONS.length]!;
    const page = number % 3 === 2 ? PAGES[Math.floor(number / 3) % PAGES.length] : undefined;
    const transports =
      number % 3 === 0 ? (['websocket', 'long-polling'] as const) : (['long-polling'] as const);
    const client =
      page === undefined
        ? await openNodeClient(wire.url, { user, version, transports })
        : await openPageClient(wire.url, { user, ...page });
    return { user, wire, client, published: 0 };
  }

  async function publishAll(lane: Lane, count: number): Promise<void> {
    for (let number = 1; number <= count; number += 1) {
      while (lane.published - lane.client.numbers.length > MAX_AHEAD && !isOver) {
        await passed(10);
        await lane.client.refresh();
      }
      const key = `${lane.user}-${number}`;
      await post(
        '/genesys/1/notification/publish',
        { tag: lane.user, message: { number } },
        { 'idempotency-key': key },
      );
      lane.published = number;
    }
  }

  /** Resolves when the client has so many notifications, or gets none any more. */
  async function receivedAll(client: CutClient, count: number): Promise<void> {
    let [received, since] = [-1, performance.now()];
    while (client.numbers.length < count && performance.now() - since < MAX_SILENCE_MS) {
      if (client.numbers.length > received) {
        [received, since] = [client.numbers.length, performance.now()];
      }
      await passed(20);
      await client.refresh();
    }
  }

  async function restart(): Promise<void> {
    base = undefined;
    await server.kill();
    await start();
  }

  it('reach each client of the ack extension once and in order', async () => {
    const laneCount = IS_SOAK ? 18 : 6;
    const lanes: Lane[] = [];
    for (let number = 0; number < laneCount; number += 1) lanes.push(await openLane(number));
    const count = Math.ceil(MESSAGES / laneCount);
    const publishing = Promise.all(lanes.map((lane) => publishAll(lane, count)));
    publishing.catch(() => {});
    const cuts: Record<string, number> = {};
    const progress = setInterval(() => {
      const counts = lanes.map(({ client, published }) => `${client.numbers.length}/${published}`);
      if (IS_SOAK) console.log(`        ${JSON.stringify(cuts)} ${counts.join(' ')}`);
    }, 15_000);
    for (let done = 0; done < CUTS; done += 1) {
      // Every kind in a short run; the server is killed in one of ten cuts of a long one.
      const kind =
        done < CUT_KINDS.length
          ? CUT_KINDS[done]!
          : random.pick(random.chance(0.1) ? CUT_KINDS : CUT_KINDS.slice(0, 5));
      await cutOne(kind, { lanes, random, restart });
      cuts[kind] = (cuts[kind] ?? 0) + 1;
      await passed(random.below(IS_SOAK ? 400 : 150));
    }
    await publishing;
    clearInterval(progress);
    for (const { client } of lanes) await receivedAll(client, count);
    // Another moment, for notifications that would come again.
    await passed(300);
    for (const { client } of lanes) await client.refresh();
    const repeated = lanes.flatMap(({ client }) => client.repeated).length;
    console.log(`        ${JSON.stringify({ ...cuts, repeatedAfterPage: repeated })}`);
    const expected = Array.from({ length: count }, (_, i) => i + 1);
    for (const { user, client } of lanes) {
      expect(client.numbers, `${user}, ${await client.status()}`).to.deep.equal(expected);
    }
    await Promise.all(lanes.map(({ client }) => client.close()));
    await Promise.all(lanes.map(({ wire }) => wire.close()));
  });
});

function passed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}
