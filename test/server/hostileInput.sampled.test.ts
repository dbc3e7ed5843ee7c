import { expect } from 'chai';
import { STORES } from '../support/eachStore.ts';
import { describeHostileInput } from '../support/hostileInput.ts';
import { createTestServer, type TestServer } from '../support/testServer.ts';
import { orsDocument, writeDocuments } from '../support/writeDocuments.ts';

describeHostileInput(STORES[0]!);

describe('Hostile input', () => {
  let server: TestServer;
  before(() => {
    server = createTestServer();
  });
  after(() => server.orsay.close());

  it('with half of a surrogate pair is refused with the text, on HTTP and on CometD', async () => {
    const text = '{"_customer_number":"a\\ud83d"}';
    const { status, json } = await server.send('POST', '/genesys/1/service/callback/chat-delay', {
      body: text,
      headers: { 'content-type': 'application/json' },
    });
    expect({ status, json }).to.deep.equal({
      status: 400,
      json: {
        message: 'Expected Unicode text in the body, got half of a surrogate pair in "a\\ud83d".',
        exception: 'orsay.BadRequestException',
        code: 'BODY_MALFORMED',
      },
    });
    const handshake = [{ channel: '/meta/handshake', version: '1.0', ext: { gms_user: '\ud83d' } }];
    const comet = await server.send('POST', '/genesys/cometd', { json: handshake });
    expect(comet.status).to.equal(400);
    const whole = await server.send('POST', '/genesys/1/storage/600', { json: { smile: '\ud83d\ude00' } });
    expect(whole.status).to.equal(200);
  });

  it('as the level of a <log> is written, and the session continues', async () => {
    const levels = ['constructor', 'toString', '__proto__', '9', '2'];
    const logging = createTestServer({
      documents: writeDocuments({
        'w/w.scxml': orsDocument(
          `<state id="a"><onentry>${levels.map((level) => `<log level="${level}" expr="'at ${level}'"/>`).join('')}</onentry></state>`,
          'initial="a"',
        ),
      }),
    });
    const src = 'http://orsay.test/genesys/1/document/service_template/w/w.scxml';
    const { status } = await logging.send('POST', '/scxml/session/start', { form: { src } });
    expect(status).to.equal(200);
    const written = logging.lines.filter(({ message }) => message.startsWith('at '));
    expect(written.map(({ level, message }) => [level, message])).to.deep.equal(
      levels.map((level) => [level === '2' ? 'error' : 'info', `at ${level}`]),
    );
    await logging.orsay.close();
  });
});
