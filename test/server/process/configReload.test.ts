import { setImmediate } from 'node:timers/promises';
import { expect } from 'chai';
import { CONFIG_CHECK_MS } from '../../../server/process/configWatch.ts';
import { ConfiguredServer, HELLO } from '../../support/configuredServer.ts';

const PASSWORD = 'correct horse';

/** The parts of the file that the tests edit. */
interface EditedConfig {
  readonly server: { requestTimeout: number };
  readonly services: Record<string, unknown>;
  administrator?: unknown;
  patterns?: unknown;
  chat: Record<string, unknown>;
  users: Record<string, { role: string; passwordHash: string }>;
}

function basic(user: string, password = PASSWORD): { readonly authorization: string } {
  return { authorization: `Basic ${Buffer.from(`${user}:${password}`).toString('base64')}` };
}

describe('a configuration file that a person changes while the server runs', () => {
  let opened: ConfiguredServer;
  beforeEach(async () => {
    opened = await ConfiguredServer.open();
    await opened.send('PUT', '/users/olga', { role: 'administrator', password: PASSWORD });
    const mia = { role: 'viewer', password: PASSWORD };
    await opened.send('PUT', '/users/mia', mia, basic('olga'));
  });
  afterEach(() => opened.close());

  /** Edits the file, and waits until the server has read it. */
  async function change(edit: (config: EditedConfig) => void): Promise<void> {
    opened.edit((text) => {
      const config = JSON.parse(text);
      edit(config);
      return JSON.stringify(config);
    });
    await checkFile();
  }

  async function checkFile(): Promise<void> {
    const before = opened.server.lines.length;
    while (opened.server.lines.length === before) {
      await opened.server.advance(CONFIG_CHECK_MS);
      await setImmediate();
    }
  }

  const statusOf = async (user: string): Promise<number> =>
    (await opened.send('GET', '/services', undefined, basic(user))).status;
  const lastLine = () => {
    const { level, fields, message } = opened.server.lines.at(-1)!;
    return { level, fields, message };
  };

  it('has its users at once: new ones, other roles, other passwords, and none of the removed', async () => {
    const { passwordHash } = opened.file.users!.olga!;
    await change(({ users }) => {
      users.ben = { role: 'viewer', passwordHash };
      users.mia!.role = 'platform';
    });
    expect([await statusOf('ben'), await statusOf('mia')]).to.deep.equal([200, 403]);
    await change(({ users }) => {
      delete users.ben;
      users.mia = { role: 'viewer', passwordHash: `scrypt$${'0'.repeat(32)}$${'0'.repeat(64)}` };
    });
    expect([await statusOf('ben'), await statusOf('mia'), await statusOf('olga')]).to.deep.equal([
      401, 401, 200,
    ]);
  });

  it('has its administrator, services and patterns at once, and the audit log names the sections', async () => {
    const { passwordHash } = opened.file.users!.olga!;
    await change((config) => {
      config.administrator = { user: 'root', passwordHash };
      config.services.greet = HELLO;
      config.patterns = { list: { premium: '0900.*' } };
    });
    const sections = ['services', 'patterns', 'administrator'];
    expect(lastLine()).to.deep.equal({
      level: 'info',
      fields: { sections },
      message: 'Changed sections of the configuration count now.',
    });
    expect(await statusOf('root')).to.equal(200);
    expect((await opened.server.send('POST', '/genesys/1/service/greet')).status).to.equal(200);
    expect(opened.entries().filter((entry) => (entry as { who: string }).who === 'server')).to.deep.equal([
      { who: 'server', action: 'configuration.changed', details: { sections } },
    ]);
    // The next start does not report them again.
    await opened.close();
    await opened.start();
    expect(opened.entries().filter((entry) => (entry as { who: string }).who === 'server')).to.have.length(1);
  });

  it('has its section chat at once, but for the channel of Chat V2, and says so', async () => {
    const endpoint = (queue: string) => ({ 'Environment:default': { queue } });
    await change((config) => {
      config.services.support = { _type: 'chat' };
      config.chat = { ...config.chat, endpoints: endpoint('Chat_In'), clientTimeout: 500 };
    });
    expect(lastLine().fields).to.deep.equal({ sections: ['services', 'chat'] });
    const start = async () => {
      const form = { nickname: 'Ann' };
      const reply = await opened.server.send('POST', '/genesys/2/chat/support', { form });
      return opened.server.orsay.chats.byKey((reply.json as { secureKey: string }).secureKey)!;
    };
    expect(await start()).to.include({ clientTimeoutMs: 500_000 });
    await change((config) => {
      config.chat = { ...config.chat, enable_notification_mode: false, clientTimeout: 600 };
    });
    const subscribes = async (): Promise<unknown> => {
      const shaken = await opened.server.send('POST', '/genesys/cometd', {
        json: [{ channel: '/meta/handshake', version: '1.0', supportedConnectionTypes: ['long-polling'] }],
      });
      const [{ clientId }] = shaken.json as [{ clientId: string }];
      const reply = await opened.server.send('POST', '/genesys/cometd', {
        json: [{ channel: '/meta/subscribe', clientId, subscription: '/service/chatV2/support' }],
        headers: { cookie: String(shaken.headers['set-cookie']).split(';')[0]! },
      });
      return (reply.json as [{ successful: boolean }])[0].successful;
    };
    const told = () =>
      opened.server.lines.flatMap(({ message, fields }) =>
        message.startsWith('Changed sections') ? [fields.sections] : [],
      );
    // Chats log lines too.
    while (told().length < 3) await checkFile();
    expect(told().slice(-2)).to.deep.equal([['chat.enable_notification_mode'], ['chat']]);
    expect(await subscribes()).to.equal(true);
    expect(await start()).to.include({ clientTimeoutMs: 600_000 });
  });

  it('says which sections wait for the next start', async () => {
    await change(({ server }) => {
      server.requestTimeout = 31;
    });
    expect(lastLine()).to.deep.equal({
      level: 'warn',
      fields: { sections: ['server'] },
      message: 'Changed sections of the configuration count from the next start.',
    });
  });

  it('changes nothing while it has problems, and the log line shows none of its content', async () => {
    opened.edit((text) => text.replace('"node": 1', '"node": s3cret'));
    await checkFile();
    expect(lastLine()).to.deep.equal({
      level: 'error',
      fields: { reason: `Expected JSON in ${opened.path}, got something else.` },
      message: 'The changed configuration cannot be used; the earlier one counts.',
    });
    opened.edit((text) => text.replace('"node": s3cret', '"node": 1').replace('"viewer"', '"boss"'));
    await checkFile();
    expect(lastLine().fields.reason).to.contain('users.mia.role');
    expect([await statusOf('olga'), await statusOf('mia')]).to.deep.equal([200, 200]);
  });

  it('never leaves the server without an administrator', async () => {
    await change(({ users }) => {
      delete users.olga;
      delete users.mia;
    });
    expect(lastLine().fields.reason).to.contain('a user with the role administrator to remain');
    expect((await opened.send('GET', '/services')).status).to.equal(401);
  });
});
