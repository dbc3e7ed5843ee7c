import { expect } from 'chai';
import { KILLED_SERVERS, type KilledServer } from '../support/crash/killedServer.ts';
import { call, eventually } from '../support/crash/load.ts';

const OFFERS = '/agent/1/agents/KSippola/interactions';
const CALLBACK = '/genesys/1/service/callback/chat-delay';

for (const { name, create } of KILLED_SERVERS) {
  describe(`a delayed chat, and ${name} that is killed after each request`, () => {
    let server: KilledServer;
    let base: string;

    beforeEach(async function () {
      this.timeout(300_000);
      server = await create(this, { env: { ORSAY_LOG_LEVEL: 'silent' } });
      base = await server.start();
    });

    // It is not there when the tests are skipped.
    afterEach(() => server?.close());

    async function restart(): Promise<void> {
      await server.kill();
      base = await server.start();
    }

    async function post(
      path: string,
      form: Readonly<Record<string, string>> = {},
    ): Promise<Record<string, unknown>> {
      const { status, body } = await call(`${base}${path}`, { form });
      expect(status, path).to.equal(200);
      return body as Record<string, unknown>;
    }

    async function first(path: string): Promise<Record<string, unknown> | undefined> {
      const { body } = await call(`${base}${path}`, { method: 'GET' });
      return (body as Record<string, unknown>[])[0];
    }

    it('is finished', async function () {
      // Eight processes are started, on a machine that may be busy.
      this.timeout(300_000);
      await call(`${base}/agent/1/agents/KSippola`, {
        method: 'PUT',
        json: { state: 'ready', groups: ['Billing'], media: ['chat'] },
      });
      await restart();
      const { _id: id } = await post(CALLBACK, { _customer_number: '1', usr_reason: 'billing' });
      await restart();
      const service = `/genesys/1/service/${id}`;
      expect(await post(`${service}/connect`)).to.include({ _action: 'StartChat' });
      await restart();
      const { chatSessionId } = await post(`${service}/ixn/chat`, { firstName: 'James', subject: 'None' });
      await restart();
      const offer = await eventually(
        () => 'an offer to the agent',
        () => first(OFFERS),
      );
      expect(offer).to.deep.include({ interactionId: chatSessionId, state: 'offered' });
      await post(`/agent/1/interactions/${chatSessionId}/accept`);
      await restart();
      await post(`${service}/ixn/chat/send`, { message: 'hello agent' });
      await restart();
      const { transcriptToShow } = await post(`${service}/ixn/chat/refresh`, { transcriptPosition: '1' });
      expect((transcriptToShow as string[][]).map(([type, name, text]) => [type, name, text])).to.deep.equal([
        ['Notice.Joined', 'KSippola', 'has joined the session'],
        ['Message.Text', 'James', 'hello agent'],
      ]);
      await post(`${service}/ixn/chat/disconnect`);
      await restart();
      const completed = await eventually(
        () => 'the end of the callback',
        async () => {
          const record = await first(`${CALLBACK}?_customer_number=1`);
          return record?._callback_state === 'COMPLETED' ? record : undefined;
        },
      );
      expect(completed).to.include({ _id: id, _callback_reason: 'AGENT_CONNECTED' });
    });
  });
}
