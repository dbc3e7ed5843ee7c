import { mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join, resolve } from 'node:path';
import { expect } from 'chai';
import { hashPassword } from '../../../server/identity/passwordHash.ts';
import {
  type Config,
  ConfigError,
  initialConfig,
  parseConfig,
  readConfigFile,
} from '../../../server/process/config.ts';
import { readEnvironment, requireSecurity } from '../../../server/process/environment.ts';
import { BUILTIN_SERVICES } from '../../../strategies/options/options.ts';

function problemsOf(value: unknown): readonly string[] {
  try {
    parseConfig(value, 'config.json');
  } catch (error) {
    expect(error).to.be.instanceOf(ConfigError);
    return (error as ConfigError).problems;
  }
  return [];
}

describe('the configuration', () => {
  it('is written at the first start, in a readable form, and read at the next start', async () => {
    const folder = join(mkdtempSync(join(tmpdir(), 'orsay-test-')), 'data');
    const first = await readConfigFile(folder);
    expect(first).to.deep.equal(initialConfig());
    const file = join(folder, 'config.json');
    const text = readFileSync(file, 'utf8');
    expect(text).to.contain('\n    "chat-delay": {\n');
    writeFileSync(file, text.replace('VQ_Waiting_for_agent', 'VQ_Mine'));
    expect((await readConfigFile(folder)).services['chat-delay']).to.include({
      _urs_virtual_queue: 'VQ_Mine',
    });
  });

  it('has every option that the Chat Delayed page lists', () => {
    expect(initialConfig().services['chat-delay']).to.include({
      _type: 'ors',
      _service: 'callback',
      _media_type: 'chat',
      _wait_for_agent: 'true',
      _wait_for_user_confirm: 'true',
      _ttl: '86400',
      _use_debug_push_certificate: 'false',
      _target: 'Billing@Stat_Server.GA',
      _urs_virtual_queue: 'VQ_Waiting_for_agent',
      _urs_prioritization_strategy: 'WaitForTarget',
      _urs_strategy_update_sub_routine: 'SetRouteDelay',
    });
  });

  it('refuses a service whose strategies do not run here, unless it names another URS', () => {
    const named = (more: Record<string, string>, routing?: object): readonly string[] => {
      const config = initialConfig();
      const service = {
        ...config.services['chat-delay']!,
        _urs_prioritization_strategy: 'MyWait',
        _urs_strategy_update_sub_routine: 'MyDelay',
        ...more,
      };
      return problemsOf({
        ...config,
        ...(routing && { routing }),
        services: { ...config.services, 'chat-delay': service },
      });
    };
    expect(named({})).to.deep.equal([
      "services.chat-delay._urs_prioritization_strategy: Expected strategy to be WaitForTarget or LastAgentFirst (other names need routing.strategies), got 'MyWait'.",
      "services.chat-delay._urs_strategy_update_sub_routine: Expected strategy to be SetRouteDelay (other names need routing.strategies), got 'MyDelay'.",
    ]);
    expect(named({}, { strategies: { MyWait: 'WaitForTarget', MyDelay: 'SetRouteDelay' } })).to.deep.equal(
      [],
    );
    expect(named({}, { strategies: { MyWait: 'SetRouteDelay', MyDelay: 'WaitForTarget' } })).to.have.length(
      2,
    );
    expect(named({}, { strategies: { MyWait: 'Mine' } })[0]).to.contain('routing.strategies.MyWait');
    expect(named({ _urs_server_url: 'http://urs.example.com:3072' })).to.deep.equal([]);
  });

  it('is refused with all its problems at once, each with its path', () => {
    const config = initialConfig();
    const wrong = {
      ...config,
      server: { ...config.server, node: 0, colour: 'red' },
      http: { ...config.http, allow: ['loopback', '10.0.0.0/99'] },
      administrator: { user: 'admin', passwordHash: 'secret' },
      services: {
        'chat-delay': {
          ...config.services['chat-delay'],
          _ttl: 'a day',
          _target: 'nobody',
          _eta_pos_threshold: '10',
          _wait_for_agent: 'perhaps',
          _urs_virtual_queue: '',
        },
        other: { _type: 'magic' },
        'request-chat': { ...config.services['request-chat'], _chat_endpoint: 'Environment:none' },
      },
      queues: { Chat_In: { application: 'GMSInbound' } },
    };
    const paths = problemsOf(wrong).map((problem) => problem.slice(0, problem.indexOf(': ')));
    expect(new Set(paths)).to.deep.equal(
      new Set([
        'server.node',
        'server',
        'http.allow.1',
        'administrator.passwordHash',
        'services.chat-delay._ttl',
        'services.chat-delay._target',
        'services.chat-delay._eta_pos_threshold',
        'services.chat-delay._wait_for_agent',
        'services.chat-delay._urs_virtual_queue',
        'services.other._type',
        'services.request-chat._chat_endpoint',
        'queues.Chat_In.application',
      ]),
    );
    expect(problemsOf(wrong).join('\n')).to.contain(
      "services.chat-delay._ttl: expected a whole number, zero or more, got 'a day'.",
    );
  });

  it('is refused when its users or its modes of customers are not complete', () => {
    const passwordHash = hashPassword('x');
    const problems = problemsOf({
      ...initialConfig(),
      administrator: { user: 'olga', passwordHash },
      users: {
        olga: { role: 'viewer', passwordHash },
        kate: { role: 'agent', passwordHash },
        'a:b': { role: 'platform', passwordHash },
        sam: { role: 'king', passwordHash },
      },
    });
    expect(problems.map((problem) => problem.slice(0, problem.indexOf(': ')))).to.have.members([
      'users.kate.agentId',
      'users.a:b',
      'users.sam.role',
    ]);
    const security = (value: unknown): readonly string[] =>
      problemsOf({ ...initialConfig(), security: value });
    expect(security({ customers: 'open' })).to.deep.equal([]);
    expect(security({ customers: 'gateway' })).to.deep.equal([
      'security.gateways: expected a gateway, or customers.secretFile: otherwise no gms_user is ever believed',
    ]);
    expect(security({ customers: 'gateway', gateways: ['10.0.0.0/99'] }).join()).to.contain('gateways.0');
    const token = { mode: 'token', issuer: 'i', audience: 'a' };
    expect(security({ customers: token })).to.deep.equal([
      'security.customers.jwks: expected either jwks or keyFile',
    ]);
    const keyed = { ...token, keyFile: 'key.pem' };
    expect(security({ customers: keyed })).to.deep.equal([]);
    expect(security({ customers: { ...keyed, algorithms: ['HS256'] } }).join()).to.contain('algorithms.0');
    expect(security({ customers: { ...keyed, algorithms: ['none'] } }).join()).to.contain('algorithms.0');
    const twice = {
      ...initialConfig(),
      administrator: { user: 'olga', passwordHash },
      users: { olga: { role: 'viewer', passwordHash } },
    };
    expect(problemsOf(twice)).to.deep.equal(['users.olga: there is an administrator with this name already']);
  });

  it('is refused when a name in it refers to nothing', () => {
    const config = initialConfig();
    const problems = problemsOf({
      ...config,
      chat: {
        ...config.chat,
        default_chat_endpoint: 'Environment:x',
        endpoints: { 'Environment:default': { queue: 'None' } },
      },
      scripts: {},
    } satisfies Config);
    expect(problems.map((problem) => problem.split(': ')[0])).to.have.members([
      'chat.default_chat_endpoint',
      'chat.endpoints.Environment:default.queue',
      'queues.Chat_In.application',
    ]);
  });

  for (const service of ['request-chatt', 'office hours', 'callback', '']) {
    it(`is refused when _type=builtin names '${service}', which is not built in`, () => {
      const config = initialConfig();
      const services = { ...config.services, own: { _type: 'builtin', _service: service } };
      expect(problemsOf({ ...config, services })).to.deep.equal([
        `services.own._service: expected a service that is built in (${BUILTIN_SERVICES.join(', ')}), got '${service}'`,
      ]);
    });
  }

  for (const [name, meant] of [
    ['_urs_queued_tll', " Did you mean '_urs_queued_ttl'?"],
    ['_Target', " Did you mean '_target'?"],
    ['_agent_prevew', " Did you mean '_agent_preview'?"],
    ['_colour', ''],
  ] as const) {
    it(`is refused when a callback service has the unknown option ${name}, unless that is declared`, () => {
      const config = initialConfig();
      const withOption = (more: Record<string, string>) => ({
        ...config,
        services: {
          ...config.services,
          'chat-delay': { ...config.services['chat-delay'], [name]: 'x', ...more },
        },
      });
      expect(problemsOf(withOption({}))).to.deep.equal([
        `services.chat-delay.${name}: is no option of a callback service.${meant} If the document reads it, list it in _document_options.`,
      ]);
      expect(problemsOf(withOption({ _document_options: `_other, ${name}` }))).to.deep.equal([]);
    });
  }

  it('leaves an option with $token$ to the request, and accepts parameters of the document', () => {
    const config = initialConfig();
    const services = {
      'chat-delay': {
        ...config.services['chat-delay'],
        _ttl: '$ttl$',
        my_option: 'x',
        _bh_regular1: 'Mon-Fri 09:00-17:00',
        _target: '$group$@Stat_Server.GA',
      },
    };
    expect(problemsOf({ ...config, services })).to.deep.equal([]);
  });

  it('has lists, options and special days, which may be in files of their own', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'orsay-test-'));
    const parts = {
      lists: { Routing: { Billing: { target: 'Billing@SS.GA' } } },
      options: { hours: { open: '09:00' } },
      specialDays: { holiday: ['2026-12-25', '01-01'] },
    };
    const write = (name: string, value: unknown): void =>
      writeFileSync(join(folder, name), typeof value === 'string' ? value : JSON.stringify(value));
    const { options, specialDays } = parts;
    write('config.json', { ...initialConfig(), lists: 'lists.json', options, specialDays: 'days.json' });
    write('lists.json', parts.lists);
    write('days.json', specialDays);
    expect(await readConfigFile(folder)).to.deep.equal({ ...initialConfig(), ...parts });

    write('lists.json', { Routing: 'Billing' });
    write('days.json', { holiday: ['25.12.'] });
    const wrong = await readConfigFile(folder).catch((error: ConfigError) => error.problems);
    expect(wrong).to.deep.equal([
      `lists: Expected list 'Routing' to be an object of its items, got "Billing".`,
      `specialDays: Expected special day 'holiday' to be an array of dates as 2026-12-25, or 12-25 for every year, got ["25.12."].`,
    ]);

    write('config.json', { ...initialConfig(), lists: 'list.json', options: 'lists.json' });
    write('lists.json', 'no JSON');
    const unread = (await readConfigFile(folder).catch((error: ConfigError) => error.problems)) as string[];
    expect(unread).to.have.lengthOf(2);
    expect(unread[0]).to.contain("lists: expected the path of a JSON file, got 'list.json': ENOENT");
    expect(unread[1]).to.contain("options: expected the path of a JSON file, got 'lists.json': Unexpected");
  });

  it('names the file when it is not JSON', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'orsay-test-'));
    writeFileSync(join(folder, 'config.json'), '{ "server": ');
    const error = await readConfigFile(folder).then(
      () => undefined,
      (thrown: unknown) => thrown,
    );
    expect(error).to.be.instanceOf(ConfigError);
    expect((error as Error).message)
      .to.contain(join(folder, 'config.json'))
      .and.to.contain('not JSON');
  });
});

describe('the environment', () => {
  it('has defaults for everything', () => {
    expect(readEnvironment({})).to.deep.equal({
      port: 8080,
      host: '127.0.0.1',
      dataDir: resolve('data'),
      logLevel: 'info',
    });
  });

  it('is refused with a message that names the variable', () => {
    const cases: readonly [Record<string, string>, RegExp][] = [
      [{ PORT: 'http' }, /PORT/],
      [{ PORT: '70000' }, /PORT/],
      [{ ORSAY_LOG_LEVEL: 'loud' }, /ORSAY_LOG_LEVEL/],
      [{ ORSAY_BASE_URL: 'example' }, /ORSAY_BASE_URL/],
      [{ ORSAY_CUSTOMERS: 'gateway' }, /ORSAY_CUSTOMERS to be open/],
      [
        { ORSAY_CELL_TTL_MS: '499' },
        /ORSAY_CELL_TTL_MS to be a number of milliseconds from 500 to 300000, got '499'/,
      ],
      [{ ORSAY_ADMIN_USER: 'admin' }, /ORSAY_ADMIN_PASSWORD/],
      [{ ORSAY_ADMIN_USER: 'a:b', ORSAY_ADMIN_PASSWORD: 'c' }, /colon/],
    ];
    for (const [env, message] of cases) {
      expect(() => readEnvironment(env), JSON.stringify(env)).to.throw(message);
    }
  });

  it('may name a host that other machines can reach only with users and a mode of customers', () => {
    const requireBoth = (host: string, hasUsers: boolean, hasCustomers: boolean) => () =>
      requireSecurity(host, { hasUsers, hasCustomers });
    for (const host of ['0.0.0.0', '::', '192.168.1.4', 'orsay.example']) {
      expect(requireBoth(host, false, true), host).to.throw(/ORSAY_ADMIN_USER and ORSAY_ADMIN_PASSWORD/);
      expect(requireBoth(host, true, false), host).to.throw(/"customers": "open"/);
      expect(requireBoth(host, true, true), host).to.not.throw();
    }
    for (const host of ['127.0.0.1', '127.3.2.1', 'localhost', '::1', '[::1]']) {
      expect(requireBoth(host, false, false), host).to.not.throw();
    }
  });
});

describe("an administrator's credentials", () => {
  it('are configured as a hash', () => {
    const config = { ...initialConfig(), administrator: { user: 'admin', passwordHash: hashPassword('x') } };
    expect(problemsOf(config)).to.deep.equal([]);
  });
});
