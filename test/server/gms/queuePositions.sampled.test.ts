import { expect } from 'chai';
import fc from 'fast-check';
import { fuzzSeed } from '../../support/fuzzSeed.ts';
import { runsOf } from '../../support/runLength.ts';
import { createTestServer, type TestServer } from '../../support/testServer.ts';

const VQ = 'VQ_Waiting';
const CALLBACK = '/genesys/1/service/callback/chat-delay';

type Step =
  | { readonly kind: 'callback' | 'depart' }
  | { readonly kind: 'cancel'; readonly at: number }
  | { readonly kind: 'wait'; readonly ms: number };

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('callback' as const) }) },
  { weight: 2, arbitrary: fc.record({ kind: fc.constant('depart' as const) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('cancel' as const), at: fc.nat() }) },
  {
    weight: 3,
    arbitrary: fc.record({ kind: fc.constant('wait' as const), ms: fc.integer({ min: 1, max: 90_000 }) }),
  },
);

/** The callbacks that wait in their order, and the times at which an agent took a call of the queue. */
class Lists {
  readonly #server: TestServer;
  waiting: string[] = [];
  cancelled = 0;
  readonly departures: number[] = [];

  constructor(server: TestServer) {
    this.#server = server;
  }

  async play(one: Step): Promise<void> {
    const server = this.#server;
    if (one.kind === 'wait') return server.advance(one.ms);
    if (one.kind === 'callback') {
      const json = { _customer_number: '5115', _urs_virtual_queue: VQ };
      const { json: made } = await server.send('POST', CALLBACK, { json });
      this.waiting.push((made as { _id: string })._id);
    }
    if (one.kind === 'cancel' && this.waiting.length > 0) {
      const [id] = this.waiting.splice(one.at % this.waiting.length, 1);
      expect((await server.send('DELETE', `${CALLBACK}/${id}`)).status).to.equal(200);
      this.cancelled += 1;
    }
    if (one.kind === 'depart') await this.#depart();
    await server.advance(0);
  }

  /** A call that another server starts in the same queue is served at once by an agent of its own. */
  async #depart(): Promise<void> {
    const server = this.#server;
    const agent = '/agent/1/agents/olga';
    await server.send('PUT', agent, { json: { state: 'ready', groups: ['Other'] } });
    const start = `/urs/call/start?strategy=WaitForTarget&tenant=Environment&VQ=${VQ}&VQ_TARGET=Other%40S.GA`;
    const { conn_id: id } = (await server.send('GET', start)).json as { conn_id: string };
    const invoked = await server.send('GET', `/urs/call/${id}/invoke?strategy=SetRouteDelay&DELAY=0`);
    expect(invoked.status).to.equal(200);
    await server.advance(0);
    expect((await server.send('GET', `/urs/call/${id}/delete`)).status).to.equal(200);
    await server.send('PUT', agent, { json: { state: 'notReady' } });
    this.departures.push(server.clock.now());
  }

  /** Seconds; 'n/a' while nothing is known. */
  etaAt(position: number): number | 'n/a' {
    const last = this.departures.slice(-32);
    if (last.length < 2) return 'n/a';
    return Math.round(((last.at(-1)! - last[0]!) / (last.length - 1) / 1000) * position);
  }
}

describe('the positions of waiting callbacks', () => {
  it('are those of a plain list, in check-queue-position, lvq and the statistics', async function () {
    this.timeout(300_000);
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 8, maxLength: 16 }), async (steps) => {
        const server = createTestServer({
          config: (config) => ({
            ...config,
            services: {
              ...config.services,
              'chat-delay': { ...config.services['chat-delay']!, _urs_virtual_queue: VQ },
            },
          }),
        });
        const lists = new Lists(server);
        for (const one of steps) await lists.play(one);
        const { waiting } = lists;
        for (const [index, id] of waiting.entries()) {
          const reply = await server.send('POST', `/genesys/1/service/${id}/check-queue-position`);
          expect(reply.json).to.include({
            _position: index + 1,
            _eta: lists.etaAt(index + 1),
            _total_waiting: waiting.length,
          });
        }
        const last = await server.send('GET', `/urs/call/max/lvq?name=${VQ}`);
        const eta = lists.etaAt(waiting.length + 1);
        expect(last.json).to.include({
          calls: waiting.length,
          pos: waiting.length + 1,
          hit: lists.departures.length,
          ...(eta === 'n/a' ? {} : { ewt: eta }),
        });
        const form = {
          waiting: `CurrNumberWaitingCalls;Queue;${VQ};Environment`,
          ewt: `ExpectedWaitTime;Queue;${VQ};Environment`,
          entered: `TotalEntered;Queue;${VQ};Environment`,
          distributed: `TotalDistributed;Queue;${VQ};Environment`,
          abandoned: `TotalAbandoned;Queue;${VQ};Environment`,
          callbacks: 'CurrNumberWaitingCallbacks;CallbackService;chat-delay;Environment',
          cancelled: 'TotalCallbacksCancelled;CallbackService;chat-delay;Environment',
        };
        expect((await server.send('POST', '/genesys/1/statistics', { form })).json).to.deep.equal({
          waiting: waiting.length,
          ewt: eta === 'n/a' ? 0 : eta,
          entered: waiting.length + lists.cancelled + lists.departures.length,
          distributed: lists.departures.length,
          abandoned: lists.cancelled,
          callbacks: waiting.length,
          cancelled: lists.cancelled,
        });
        await server.orsay.close();
      }),
      { numRuns: runsOf({ sample: 3, all: 40 }), ...fuzzSeed() },
    );
  });
});
