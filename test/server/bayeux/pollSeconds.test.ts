import { expect } from 'chai';
import { limitsSchema } from '../../../server/process/config/limits.ts';
import { startOrsay, type TestOrsay } from '../../support/orsay.ts';

interface Reply {
  readonly channel: string;
  readonly clientId?: string;
  readonly successful: boolean;
  readonly advice?: object;
}

describe('limits.cometd.pollSeconds', () => {
  let orsay: TestOrsay;

  afterEach(() => orsay.close());

  async function start(pollSeconds?: number): Promise<void> {
    orsay = await startOrsay({
      change(config) {
        if (pollSeconds !== undefined) config.limits.cometd.pollSeconds = pollSeconds;
      },
    });
  }

  async function ask(message: object): Promise<Reply> {
    const response = await fetch(`${orsay.base}/genesys/cometd`, {
      method: 'POST',
      headers: { gms_user: 'anna', 'content-type': 'application/json' },
      body: JSON.stringify(message),
    });
    const [reply] = (await response.json()) as [Reply];
    return reply;
  }

  for (const { key, seconds } of [
    { key: undefined, seconds: 60 },
    { key: 20, seconds: 20 },
    { key: 90, seconds: 90 },
  ]) {
    it(`is ${key ?? 'absent'}: a connect is advised and held for ${seconds} seconds`, async () => {
      await start(key);
      const { clientId } = await ask({ channel: '/meta/handshake', version: '1.0' });
      const connect = { channel: '/meta/connect', connectionType: 'long-polling', clientId };
      expect(await ask(connect)).to.deep.equal({
        channel: '/meta/connect',
        successful: true,
        advice: { reconnect: 'retry', interval: 0, timeout: seconds * 1_000 },
      });
      const answer = ask({ ...connect, advice: { timeout: 1_000_000 } });
      while (orsay.bayeux.counts().held !== 1) await new Promise((resolve) => setImmediate(resolve));
      await orsay.advance(seconds * 1_000 - 1);
      expect(orsay.bayeux.counts().held).to.equal(1);
      await orsay.advance(1);
      expect(await answer).to.deep.equal({ channel: '/meta/connect', successful: true });
      expect(orsay.bayeux.counts()).to.include({ clients: 1, held: 0 });
    });
  }
});

describe('the configuration of limits.cometd.pollSeconds', () => {
  for (const wrong of [0, 2.5, 3_601]) {
    it(`refuses ${wrong}`, () => {
      const { success } = limitsSchema.safeParse({ cometd: { pollSeconds: wrong } });
      expect(success).to.equal(false);
    });
  }
});
