import { once } from 'node:events';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { setImmediate } from 'node:timers/promises';
import { expect } from 'chai';
import Koa from 'koa';
import { errorBoundary } from '../../../server/middleware/errorBoundary.ts';
import { MAX_SILENCE_MS, refuseWaiting } from '../../../server/middleware/refuseWaiting.ts';
import { silentLog } from '../../support/silentLog.ts';
import { createSimulatedClock, type SimulatedClock } from '../../support/simulatedClock.ts';

describe('requests that wait for a store that does not answer', () => {
  let server: Server;
  let url: string;
  let clock: SimulatedClock;
  let mayAnswer: boolean;
  let proceed: () => void;
  let arrived: number;

  beforeEach(async () => {
    clock = createSimulatedClock();
    mayAnswer = true;
    arrived = 0;
    const released = new Promise<void>((resolve) => {
      proceed = resolve;
    });
    const app = new Koa();
    app.use(errorBoundary({ log: silentLog }));
    app.use(refuseWaiting({ mayAnswer: () => mayAnswer, isOfNode: () => false, clock }));
    app.use(async (ctx) => {
      arrived++;
      await released;
      ctx.body = 'done';
    });
    server = createServer(app.callback()).listen(0, '127.0.0.1');
    await once(server, 'listening');
    url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/`;
  });

  afterEach(() => {
    proceed();
    server.closeAllConnections();
    server.close();
  });

  async function send(method: string): Promise<{ readonly answer: Promise<readonly unknown[]> }> {
    const [expected, answer] = [arrived + 1, fetch(url, { method })];
    while (arrived < expected) await setImmediate();
    return {
      answer: answer.then(async (reply) => {
        const text = await reply.text();
        return [reply.status, reply.ok ? text : (JSON.parse(text) as { code: string }).code];
      }),
    };
  }

  const pass = (ms: number): Promise<void> => clock.advance(ms, () => setImmediate());

  it('are refused after a time, with a code that tells whether a change may have been made', async () => {
    const [change, read] = [await send('POST'), await send('GET')];
    mayAnswer = false;
    await pass(MAX_SILENCE_MS + 1_000);
    expect(await change.answer).to.deep.equal([503, 'OUTCOME_UNKNOWN']);
    expect(await read.answer).to.deep.equal([503, 'UNAVAILABLE']);
  });

  it('are answered when the store answers before', async () => {
    const change = await send('POST');
    mayAnswer = false;
    await pass(MAX_SILENCE_MS - 500);
    mayAnswer = true;
    await pass(MAX_SILENCE_MS);
    proceed();
    expect(await change.answer).to.deep.equal([200, 'done']);
  });

  it('answer a change that was made, and no read that may be old', async () => {
    const [change, read] = [await send('POST'), await send('GET')];
    mayAnswer = false;
    proceed();
    expect(await change.answer).to.deep.equal([200, 'done']);
    expect(await read.answer).to.deep.equal([503, 'UNAVAILABLE']);
  });
});
