import { expect } from 'chai';
import { initialConfig } from '../../server/process/config.ts';
import { ChatAgentLoad } from '../support/crash/chatAgentLoad.ts';
import type { Speaker } from '../support/crash/chatSpeaker.ts';
import { type ChatCustomer, CometCustomer, RestCustomer } from '../support/crash/chatV2Load.ts';
import { KILLED_SERVERS, type KilledServer } from '../support/crash/killedServer.ts';
import { eventually, type Load } from '../support/crash/load.ts';
import { createRandom } from '../support/crash/random.ts';

/** ORSAY_CRASH_SEED repeats the random choices of a run; ORSAY_CRASH_KILLS makes it longer. */
const SEED = Number(process.env.ORSAY_CRASH_SEED ?? Date.now() % 1_000_000);
const KILLS = Number(process.env.ORSAY_CRASH_KILLS ?? 4);
/** Share of the kills that come after any client's first acknowledgement: CometD may still be resuming. */
const KILLED_EARLY = 0.4;
const LONGEST_LIFE_MS = 700;
const PAIRS = 4;

for (const { name, create } of KILLED_SERVERS) {
  describe(`chats of Chat V2 through ${KILLS} kills of ${name} (ORSAY_CRASH_SEED=${SEED})`, () => {
    const random = createRandom(SEED);
    let server: KilledServer;

    before(async function () {
      const config = initialConfig();
      const fast = { perSecond: 100_000, burst: 100_000 };
      const { requests } = config.limits;
      const changed = {
        ...config,
        http: { ...config.http, hosts: ['127.0.0.1'] },
        services: { ...config.services, support: { _type: 'chat', _client_timeout: '0' } },
        chat: { ...config.chat, enable_notification_mode: true },
        limits: { ...config.limits, requests: { ...requests, ofUser: fast, chatsOfAddress: fast } },
      };
      server = await create(this, { config: changed });
    });

    // It is not there when the tests are skipped.
    after(() => server?.close());

    it('have every acknowledged message once and in order, under keys and positions that stay right', async function () {
      this.timeout(240_000 + KILLS * 10_000);
      const first = await server.start();
      const customers: ChatCustomer[] = [];
      const loads: (ChatCustomer | ChatAgentLoad)[] = [];
      for (let number = 0; number < PAIRS; number += 1) {
        const customer = number % 2 === 0 ? new RestCustomer(`r${number}`) : new CometCustomer(`c${number}`);
        const agent = new ChatAgentLoad(`agent${number}`);
        await agent.login(first);
        await customer.open(first);
        await agent.accept(first);
        customers.push(customer);
        loads.push(customer, agent);
      }
      for (let kill = 0; kill < KILLS; kill += 1) {
        await liveAndDie(kill === 0 ? first : await server.start(), loads);
      }
      const base = await server.start();
      for (const load of loads) await load.check(base);
      for (const load of loads) await load.finish(base);
      for (const [index, customer] of customers.entries()) {
        const agent = loads[index * 2 + 1] as ChatAgentLoad;
        const said = await customer.said(base);
        for (const { acked, unknown, name } of [customer, agent]) {
          const own = said.filter((text) => text.startsWith(`${name}:`));
          expect(new Set(own).size, `${name} once`).to.equal(own.length);
          expect(own, `${name} in order`).to.deep.equal(own.toSorted((a, b) => numberOf(a) - numberOf(b)));
          expect(
            own.filter((text) => !unknown.has(text)),
            `${name} acknowledged`,
          ).to.deep.equal([...acked]);
        }
      }
      // Otherwise nothing above was a check.
      for (const { name, acked } of loads) expect(acked.size, name).to.be.greaterThan(0);
      console.log(
        `        ${JSON.stringify(loads.map(({ name, acked, unknown }) => [name, acked.size, unknown.size]))}`,
      );
    });

    /**
     * The clients check the server and work. A kill comes at a random time after the first acknowledgement
     * of one client or of every client.
     */
    async function liveAndDie(base: string, loads: readonly (Load & Speaker)[]): Promise<void> {
      for (const load of loads) await load.check(base);
      const before = loads.map(({ acked }) => acked.size);
      const isEarly = random.chance(KILLED_EARLY) && !before.includes(0);
      const needed = isEarly ? 1 : loads.length;
      const working = loads.map((load) => load.work(base));
      const lived = eventually(
        () => `${needed} clients with an acknowledged message`,
        async () =>
          loads.filter(({ acked }, index) => acked.size > before[index]!).length >= needed || undefined,
      ).then(() => passed(random.below(LONGEST_LIFE_MS)));
      await Promise.race([lived, Promise.all(working)]);
      await server.kill();
      await Promise.all(working);
    }
  });
}

/** Real time, because the kill comes at a random time of the work. */
function passed(ms: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, ms));
}

function numberOf(text: string): number {
  return Number(text.split(':')[1]);
}
