import { readFileSync } from 'node:fs';
import { expect } from 'chai';
import { signGmsUser } from '../../../server/identity/gatewaySignature.ts';
import { hashPassword } from '../../../server/identity/passwordHash.ts';
import { FREE_FAILURES_OF_ADDRESS } from '../../../server/identity/users.ts';
import type { Config } from '../../../server/process/config.ts';
import { Visibility } from '../../../strategies/chat/index.ts';
import { PartyType } from '../../../strategies/chat/party.ts';
import { asId } from '../../support/ids.ts';
import { createTestServer, type TestReply, type TestServer } from '../../support/testServer.ts';

/** Any file will do. */
const SECRET_FILE = import.meta.filename;
const ROOT = '/genesys/2/chat/support';

interface Opened {
  readonly chatId: string;
  readonly secureKey: string;
}

describe('Chat V2 under attack', () => {
  let server: TestServer;
  afterEach(() => server.orsay.close());

  function start(change: (config: Config) => Config = (config) => config): void {
    server = createTestServer({
      config: (config) => change({ ...config, services: { support: { _type: 'chat' } } }),
    });
  }
  const call = (path: string, form: Record<string, string>, headers: Record<string, string> = {}) =>
    server.send('POST', `${ROOT}${path}`, { form, headers });
  async function open(headers: Record<string, string> = {}): Promise<Opened> {
    return (await call('', { nickname: 'Anna' }, headers)).json as Opened;
  }
  const codes = ({ json }: TestReply): unknown =>
    (json as { readonly errors?: readonly { readonly code: number }[] }).errors?.map(({ code }) => code);

  it('belongs to the gms_user who opened it where the server knows them, with its files', async () => {
    start((config) => ({
      ...config,
      security: {
        gateways: ['192.0.2.1'],
        customers: { mode: 'gateway', anonymous: false, secretFile: SECRET_FILE, signatureMaxAge: 300 },
      },
    }));
    const secret = readFileSync(SECRET_FILE, 'utf8').replace(/\r?\n$/, '');
    const as = (gms_user: string) => ({
      gms_user,
      gms_user_signature: signGmsUser(gms_user, { secret, now: server.clock.now() }),
    });
    const { chatId, secureKey } = await open(as('anna'));
    const unknown = await call(`/${chatId}/refresh`, { secureKey: 'f'.repeat(32) }, as('anna'));
    for (const operation of ['refresh', 'send', 'disconnect', 'updateData', 'readReceipt', 'pushUrl']) {
      const form = { secureKey, message: 'hello', pushUrl: 'https://evil.test/', transcriptPosition: '1' };
      const reply = await call(`/${chatId}/${operation}`, form, as('berta'));
      expect([reply.status, reply.json], operation).to.deep.equal([unknown.status, unknown.json]);
    }
    const ofFiles = (gmsUser: string) => call(`/${chatId}/file/limits`, { secureKey }, as(gmsUser));
    expect(codes(await ofFiles('berta'))).to.deep.equal([8201]);
    expect(codes(await ofFiles('anna'))).to.equal(undefined);
    expect(codes(await call(`/${chatId}/send`, { secureKey, message: 'hello' }, as('anna')))).to.equal(
      undefined,
    );
  });

  it('cannot lock the customers of a service out with wrong passwords', async () => {
    start((config) => ({
      ...config,
      server: { ...config.server, trustedProxies: ['loopback'] },
      services: {
        support: { _type: 'chat', _auth_user: 'web', _auth_password_hash: hashPassword('secret') },
      },
    }));
    const { url } = await server.orsay.listen(0, '127.0.0.1');
    const from = async (address: string, password: string): Promise<number | undefined> => {
      const authorization = `Basic ${Buffer.from(`web:${password}`).toString('base64')}`;
      const reply = await fetch(`${url}${ROOT}`, {
        method: 'POST',
        headers: { 'x-forwarded-for': address, authorization },
        body: new URLSearchParams({ nickname: 'Anna' }),
      });
      const { errors } = (await reply.json()) as { readonly errors?: readonly { readonly code: number }[] };
      return errors?.[0]?.code;
    };
    for (let n = 0; n < FREE_FAILURES_OF_ADDRESS; n += 1) {
      expect(await from('192.0.2.1', `wrong${n}`)).to.equal(401);
    }
    expect(await from('192.0.2.1', 'guess')).to.equal(503);
    expect(await from('192.0.2.2', 'secret')).to.equal(undefined);
    expect(await from('192.0.2.3', 'secret')).to.equal(undefined);
  });

  it('cannot grow the user data of an interaction without end', async () => {
    start();
    const { chatId, secureKey } = await open();
    const answers: unknown[] = [];
    for (let n = 0; n < 8; n += 1) {
      answers.push(
        codes(await call(`/${chatId}/updateData`, { secureKey, [`userData[k${n}]`]: 'x'.repeat(60_000) })),
      );
    }
    expect(answers.slice(0, 4)).to.deep.equal([undefined, undefined, undefined, undefined]);
    expect(answers.slice(4)).to.deep.equal([[400], [400], [400], [400]]);
    const removed = await call(`/${chatId}/updateData`, { secureKey, 'userData[k0]': 'small' });
    expect(codes(removed)).to.equal(undefined);
  });

  it('finds the newest entry behind many that the customer does not see', async () => {
    start();
    const { chatId, secureKey } = await open();
    const party = { type: PartyType.AGENT, nickname: 'a1001' };
    for (let n = 0; n < 1_200; n += 1) {
      await server.orsay.chats.post(asId(chatId), { party, text: `note ${n}`, visibility: Visibility.INT });
    }
    const begun = performance.now();
    const reply = await call(`/${chatId}/refresh`, { secureKey, transcriptPosition: '-1' });
    expect(performance.now() - begun).to.be.lessThan(1_000);
    expect(reply.json).to.have.property('messages').that.has.length(1);
    expect(reply.json).to.have.nested.property('messages[0].type', 'ParticipantJoined');
  }).timeout(60_000);
});
