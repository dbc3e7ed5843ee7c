import { expect } from 'chai';
import fc from 'fast-check';
import { anyCharacter } from '../../support/anyCharacter.ts';
import { type BayeuxServer, startBayeuxServer, type TestClient } from '../../support/bayeuxServer.ts';

describe('server/bayeux under hostile bodies', () => {
  let server: BayeuxServer;
  let bystander: TestClient;
  let attacker: TestClient;
  let delivered = 0;

  before(async () => {
    server = await startBayeuxServer({ mayPublish: () => true });
    bystander = await server.client('bystander');
    attacker = await server.client('attacker');
  });
  after(() => server.stop());

  const channel = fc.oneof(
    fc.constantFrom('/meta/handshake', '/meta/connect', '/meta/subscribe', '/meta/unsubscribe', '/meta/x'),
    fc.constantFrom('/_genesys', '/service/a', '/foo', '/**', '/', '', '__proto__', 'constructor'),
    fc.string(),
    fc.jsonValue(),
  );
  const field = fc.oneof(fc.jsonValue(), fc.constantFrom('__proto__', -1, 2 ** 53, null));
  const message = fc
    .record(
      {
        channel,
        clientId: fc.oneof(fc.constant('attacker'), field),
        id: field,
        data: fc.jsonValue(),
        subscription: fc.oneof(channel, fc.array(channel, { maxLength: 4 })),
        advice: fc.oneof(field, fc.record({ timeout: field })),
        ext: fc.oneof(field, fc.record({ ack: field, gms_user: field })),
        minimumVersion: field,
        supportedConnectionTypes: fc.oneof(field, fc.array(fc.string())),
        connectionType: field,
        ['__proto__']: fc.jsonValue(),
      },
      { requiredKeys: [] },
    )
    .map((fields) => (fields.clientId === 'attacker' ? { ...fields, clientId: attacker.clientId } : fields));

  /** Somebody else's client still gets what it should, and nothing else. */
  async function bystanderIsUnharmed(): Promise<void> {
    delivered += 1;
    const notice = { id: String(delivered), message: '', tag: 'a' };
    await server.bayeux.comet.deliver('bystander', notice);
    const messages = (await bystander.connect({ id: 'c' }).answer).messages();
    expect(messages).to.deep.equal([
      { data: notice, channel: '/_genesys' },
      { id: 'c', successful: true, channel: '/meta/connect' },
    ]);
  }

  it('answers every message of a batch, without an effect on other clients', async () => {
    await fc.assert(
      // Two at least: a connect alone would be held.
      fc.asyncProperty(fc.array(message, { minLength: 2, maxLength: 6 }), async (batch) => {
        const reply = await server.post(batch, attacker.headers);
        expect(reply.status).to.equal(200);
        const replies = reply.messages().filter((item) => 'successful' in item);
        const connects = batch.filter(
          (item) => item.channel === '/meta/connect' && item.clientId === attacker.clientId,
        );
        // The server answers only the last of several connects of one client.
        const displaced = Math.max(0, connects.length - 1);
        const hasHandshake = batch.some((item) => item.channel === '/meta/handshake');
        expect(replies.length).to.be.at.least(hasHandshake ? 1 : batch.length - displaced);
        await bystanderIsUnharmed();
      }),
      { numRuns: 150 },
    );
  });

  it('refuses any text that is not a message with 400, without an effect on other clients', async () => {
    await fc.assert(
      fc.asyncProperty(
        fc.oneof(
          fc.string(),
          fc.string({ unit: anyCharacter }),
          fc.json().filter((text) => !text.startsWith('{') && text !== '[]'),
        ),
        async (text) => {
          fc.pre(!isMessages(text));
          const reply = await server.post(text, attacker.headers);
          expect(reply.status).to.equal(400);
        },
      ),
      { numRuns: 150 },
    );
    await bystanderIsUnharmed();
  });

  it('refuses data that is nested too deeply to be forwarded', async () => {
    const subscriber = await server.client('deep', { subscribe: false });
    await server.post(
      { channel: '/meta/subscribe', clientId: subscriber.clientId, subscription: '/deep' },
      subscriber.headers,
    );
    const data = `${'['.repeat(30_000)}${']'.repeat(30_000)}`;
    const body = `[{"channel":"/deep","clientId":"${attacker.clientId}","data":${data}}]`;
    const [reply] = (await server.post(body, attacker.headers)).messages();
    if (reply!.successful !== true) expect(reply!.error).to.match(/^400:\/deep:/);
    await bystanderIsUnharmed();
  });

  it('keeps its limits when a client publishes without end', async () => {
    const subscriber = await server.client('flooded', { subscribe: false });
    await server.post(
      { channel: '/meta/subscribe', clientId: subscriber.clientId, subscription: '/flood' },
      subscriber.headers,
    );
    const batch = Array.from({ length: 100 }, (_, number) => ({
      channel: '/flood',
      clientId: attacker.clientId,
      data: number,
    }));
    for (let round = 0; round < 12; round += 1) await server.post(batch, attacker.headers);
    const messages = (await subscriber.connect().answer).messages();
    expect(messages).to.have.length(1_000 + 1);
    expect(messages[0]!.data).to.equal(0);
    await bystanderIsUnharmed();
  });
});

function isMessages(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    const items = Array.isArray(value) ? value : [value];
    return items.every((item) => typeof item === 'object' && item !== null && !Array.isArray(item));
  } catch {
    return false;
  }
}
