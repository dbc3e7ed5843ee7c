import Module, { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { adapt } from 'cometd-nodejs-client';
import { CometDServer } from '../../support/cometdServerApi.ts';

const OWN_API = 'It tests functions of that package, not its wire.';
const CONNECT_ONLY = 'Our messages leave with replies to connect only, as Bayeux 1.0, 4.2.2 allows.';
const OWN_OPTION = 'It tests an option of that package.';

/** Its tests that are left out, by file and title. The files extensions, inheritance and library are too. */
const EXCLUDED: Readonly<Record<string, Readonly<Record<string, string>>>> = {
  server: {
    'yields unknown session on bad first message': 'Ours names the missing channel first, with code 400.',
    'holds /meta/connect':
      'It calls the namespace of `import * as assert`, which is no function in our build of it. ' +
      '`longPolling.test.ts` tests the same.',
    'holds /meta/connect when another request is being processed': CONNECT_ONLY,
    'holds /meta/connect when another request arrives': CONNECT_ONLY,
    'handles body already read': OWN_API,
    'responds custom HTTP code to held /meta/connect when a new /meta/connect arrives': OWN_OPTION,
    'supports SameSite cookie attribute': OWN_OPTION,
    'supports Partitioned cookie attribute': OWN_OPTION,
  },
  integration: { 'sweeps channels': OWN_API, 'handles server-side disconnects': OWN_API },
  'ack-extension': {},
  chat: {},
  usage: {
    'notifies /meta/handshake listener': OWN_API,
    'invokes handshake policy': OWN_API,
    'provides access to HTTP context': OWN_API,
  },
};

const peers = createRequire(new URL('../../peers/package.json', import.meta.url));
const FOLDER = join(dirname(peers.resolve('cometd-nodejs-server')), 'test');

/** The modules that these tests load, with ours in place of theirs. */
function moduleFor(request: string): unknown {
  switch (request) {
    case '..':
      return { createCometDServer: () => new CometDServer() };
    case '../ack-extension':
      return { AcknowledgedMessagesExtension: class {} };
    case 'cometd':
    case 'cometd/AckExtension': {
      const AckExtension: unknown = peers('cometd-7/AckExtension');
      return { ...(peers('cometd-7') as object), AckExtension };
    }
    case 'cometd-nodejs-client':
      return { adapt: () => {} };
    default:
      return undefined;
  }
}

interface Loader {
  _load(request: string, parent: { readonly filename?: string } | undefined, isMain: boolean): unknown;
}

describe('the tests of npm cometd-nodejs-server, with our server in its place', () => {
  const loader = Module as unknown as Loader;
  const load = loader._load;
  const log = console.log;
  const page = globalThis as { window?: object };
  const windowBefore = { ...page.window };
  loader._load = (request, parent, isMain) => {
    const replaced = parent?.filename?.startsWith(FOLDER) ? moduleFor(request) : undefined;
    return replaced ?? load(request, parent, isMain);
  };

  before(() => {
    // Their clients share the cookies of one browser, and their servers write their ports.
    adapt();
    console.log = () => {};
  });
  after(() => {
    loader._load = load;
    console.log = log;
    Object.assign(page.window ?? {}, windowBefore);
  });

  for (const [file, excluded] of Object.entries(EXCLUDED)) {
    describe(file, function () {
      peers(join(FOLDER, `${file}.test.ts`));
      for (const suite of this.suites) {
        const titles = suite.tests.map(({ title }) => title);
        for (const title of Object.keys(excluded)) {
          if (!titles.includes(title)) throw new Error(`Expected ${file} to have the test '${title}'.`);
        }
        suite.tests = suite.tests.filter(({ title }) => excluded[title] === undefined);
        // Their own timeouts are too short beside other tests.
        for (const test of suite.tests) {
          const run = test.fn as Mocha.Func;
          test.fn = function (done) {
            return run.call(Object.create(this, { timeout: { value: () => this } }) as Mocha.Context, done);
          };
        }
      }
    });
  }
});
