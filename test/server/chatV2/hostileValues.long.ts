import { expect } from 'chai';
import { createTestServer, type TestServer } from '../../support/testServer.ts';

const ROOT = '/genesys/2/chat/support';

interface Opened {
  readonly chatId: string;
  readonly secureKey: string;
}

describe('Chat V2', () => {
  let server: TestServer;
  before(() => {
    server = createTestServer({
      config: (config) => ({ ...config, services: { support: { _type: 'chat' } } }),
    });
  });
  after(() => server.orsay.close());

  async function open(): Promise<Opened> {
    return (await server.send('POST', ROOT, { form: { nickname: 'Anna' } })).json as Opened;
  }

  const VALUES: readonly unknown[] = [
    ...[null, 5, -1, 1e308, true, [], ['a'], {}, { a: 1 }, { toString: 1, valueOf: 1 }, { __proto__: null }],
    ...[
      '',
      'constructor',
      '__proto__',
      '-2',
      '1e9',
      '9'.repeat(400),
      'x'.repeat(70_000),
      'a\u0000b',
      '\ud83d',
    ],
    ...[JSON.parse('{"__proto__":{"a":"b"},"constructor":"c"}'), nested(300), nested(2_000)],
  ];
  const FIELDS = [
    ...[
      'operation',
      'message',
      'messageType',
      'eventAttributes',
      'userData',
      'transcriptPosition',
      'pushUrl',
    ],
    ...[
      'nickname',
      'chatId',
      'userId',
      'subject',
      'Subject',
      'emailAddress',
      'endpoint',
      'text',
      'auth',
      'secureKey',
    ],
    ...['firstName', 'lastName', 'alias', 'userData[a]', 'userData[__proto__]', 'userData["constructor"]'],
  ];

  function nested(levels: number): unknown {
    return JSON.parse(`${'{"a":'.repeat(levels)}1${'}'.repeat(levels)}`);
  }

  it('answers every wrong value of every field, over REST and over CometD', async () => {
    const failed: string[] = [];
    const { clientId, cookie } = await handshake();
    const operations = [
      'refresh',
      'send',
      'startTyping',
      'readReceipt',
      'pushUrl',
      'updateNickname',
      'customNotice',
    ];
    for (const field of FIELDS) {
      for (const value of VALUES) {
        const { chatId, secureKey } = await open();
        const wrong = {
          secureKey,
          nickname: 'A',
          message: 'm',
          pushUrl: 'u',
          transcriptPosition: '1',
          [field]: value,
        };
        const what = `${field} ${JSON.stringify(value).slice(0, 40)}`;
        for (const path of ['', ...[...operations, 'updateData'].map((name) => `/${chatId}/${name}`)]) {
          const { status } = await server.send('POST', `${ROOT}${path}`, { json: wrong });
          if (status >= 500) failed.push(`${status} ${path} ${what}`);
        }
        const data = [...operations, 'requestChat', 'requestNotifications', 'sendMessage', 'updateData'].map(
          (operation) => ({ operation, ...wrong }),
        );
        const messages = data.map((one) => ({ channel: '/service/chatV2/support', clientId, data: one }));
        const { status } = await server.send('POST', '/genesys/cometd', {
          json: messages,
          headers: { cookie },
        });
        if (status >= 500) failed.push(`${status} CometD ${what}`);
      }
    }
    expect(failed).to.deep.equal([]);
    expect(server.lines.filter(({ level }) => level === 'error')).to.deep.equal([]);
  }).timeout(120_000);

  async function handshake(): Promise<{ readonly clientId: string; readonly cookie: string }> {
    const { json, headers } = await server.send('POST', '/genesys/cometd', {
      json: [{ channel: '/meta/handshake', version: '1.0', supportedConnectionTypes: ['long-polling'] }],
    });
    const [{ clientId }] = json as [{ clientId: string }];
    return { clientId, cookie: String(headers['set-cookie']).split(';')[0]! };
  }
});
