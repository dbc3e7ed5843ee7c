import type { HttpClient } from '../../../../engine/ports/httpClient.ts';
import { ConfiguredServer } from '../../../support/configuredServer.ts';
import { BASE, type TestServer } from '../../../support/testServer.ts';
import type { Replacements } from '../exampleRequest.ts';
import { type Arrangement, type Arrangements, made } from './arrangement.ts';

const ROOT = '/genesys/1/admin';
const AGENT = '/agent/1/interactions/:id';
const CHAT = '000C2a7VVQRB001U';
const FILE = '00F057DB0FF10005';
const SESSION = '0123456789ABCDEFGHIJKLMNOPQRSTUV';
const DEBUG = `${ROOT}/debug`;
const WATCHED = `${DEBUG}/sessions/:sid`;
const DEBUGGER = '5f0c9a52-7b1d-4c7e-9a53-1f6f0a6d2b11';
const SERVER = { 'http://localhost:8080': BASE };
const HELLO = `${BASE}/genesys/1/document/service_template/hello/hello.scxml`;
const DOCUMENT = '<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0"><final id="done"/></scxml>';

async function put(
  server: TestServer,
  path: string,
  json: unknown,
  headers: Readonly<Record<string, string>> = {},
): Promise<void> {
  const { status, text } = await server.send('PUT', path, { json, headers });
  if (status !== 200) throw new Error(`PUT ${path} answered ${status} ${text}`);
}

async function login(server: TestServer): Promise<Replacements> {
  await put(server, '/agent/1/agents/kate', {
    state: 'ready',
    groups: ['Billing'],
    skills: { English: 20 },
    place: 'SIP_Server_Place1',
    media: ['chat'],
  });
  return {};
}

/** A chat that is offered to kate. */
async function offer(server: TestServer): Promise<Replacements> {
  await login(server);
  const service = await made(server, '/genesys/1/service/request-chat', { form: {} });
  const form = { subject: 'shoes', firstName: 'Vasya', lastName: 'Pupkin' };
  const id = await made(server, `/genesys/1/service/${service}/ixn/chat`, { form }, 'chatSessionId');
  for (let step = 0; step < 20; step += 1) {
    await server.advance(100);
    const { json } = await server.send('GET', '/agent/1/agents/kate/interactions');
    if ((json as readonly unknown[]).length > 0) return { [CHAT]: id };
  }
  throw new Error('The chat was not offered.');
}

async function active(server: TestServer): Promise<Replacements> {
  const found = await offer(server);
  const { status, text } = await server.send('POST', `/agent/1/interactions/${found[CHAT]}/accept`, {
    form: { agentId: 'kate' },
  });
  if (status !== 200) throw new Error(`accept answered ${status} ${text}`);
  return found;
}

/** A chat of kate, and another agent who is ready. */
async function helped(server: TestServer): Promise<Replacements> {
  const found = await active(server);
  await put(server, '/agent/1/agents/liz', { state: 'ready' });
  return found;
}

/** A chat of kate to which liz is invited. */
async function invited(server: TestServer): Promise<Replacements> {
  const found = await helped(server);
  const json = { agentId: 'kate', to: { agentId: 'liz' } };
  await server.send('POST', `/agent/1/interactions/${found[CHAT]}/conference`, { json });
  return found;
}

const desktop: Arrangement = {
  config: (config) => ({
    ...config,
    desktop: {
      cannedTexts: [
        { id: 'hallo', title: 'Greeting', group: 'greetings', language: 'de', text: 'Guten Tag' },
      ],
      notReadyReasons: [{ code: 'lunch', text: 'Lunch' }],
      dispositions: [{ code: 'sold', text: 'Sold' }],
      afterWork: { seconds: 30 },
    },
  }),
};

/** A chat of kate with a file of hers. */
async function withFile(server: TestServer): Promise<Replacements> {
  const found = await active(server);
  const boundary = 'a-boundary';
  const part = `--${boundary}\r\nContent-Disposition: form-data; name=`;
  const fileId = await made(
    server,
    `/agent/1/interactions/${found[CHAT]}/files`,
    {
      headers: { 'content-type': `multipart/form-data; boundary=${boundary}` },
      body: `${part}"description"\r\n\r\nour offer\r\n${part}"file"; filename="offer.txt"\r\nContent-Type: text/plain\r\n\r\nhello\r\n--${boundary}--\r\n`,
    },
    'fileId',
  );
  return { ...found, [FILE]: fileId };
}

/** A chat that kate has left, and on which she still works. */
async function afterwards(server: TestServer): Promise<Replacements> {
  const found = await active(server);
  await server.send('POST', `/agent/1/interactions/${found[CHAT]}/leave`, { form: { agentId: 'kate' } });
  return found;
}

const file: Arrangement = { open: async () => (await ConfiguredServer.open()).server };

function withPart(path: string, json: unknown): Arrangement {
  return {
    ...file,
    async arrange(server) {
      await put(server, `${ROOT}${path}`, json);
      return {};
    },
  };
}

const BANK = { 'customhttp.url': 'https://push.example.com/bank', 'fcm.title': 'Bank' };
const bank = withPart('/push/providers/Bank', BANK);
const ownPush = withPart('/push', BANK);

/** Its push server takes everything. */
function taking(arrangement: Arrangement): Arrangement {
  const http: HttpClient = async () => ({ status: 200, headers: {}, body: '' });
  return { ...arrangement, open: async () => (await ConfiguredServer.open(http)).server };
}

const greeting = withPart('/services/greeting', { _type: 'ors', _service: 'hello', _ttl: '60' });
const flags = withPart('/lists/flags', { services: { 'chat-delay': 'true' } });
const texts = withPart('/desktop', { cannedTexts: [{ id: 'hello', text: 'Good day' }] });
const list = withPart('/patterns/list', { premium: '0900.*' });
const group = withPart('/patterns/groups/exceptions', { premium: '0900.*' });
const OLGA = { authorization: `Basic ${Buffer.from('olga:correct horse').toString('base64')}` };

function withUsers(...viewers: readonly string[]): Arrangement {
  return {
    ...file,
    headers: OLGA,
    async arrange(server) {
      const password = 'correct horse';
      await put(server, `${ROOT}/users/olga`, { role: 'administrator', password });
      for (const name of viewers)
        await put(server, `${ROOT}/users/${name}`, { role: 'viewer', password }, OLGA);
      return {};
    },
  };
}

async function session(server: TestServer): Promise<Replacements> {
  await made(server, '/scxml/session/start', { form: { src: HELLO } });
  return SERVER;
}

async function blocked(server: TestServer): Promise<Replacements> {
  await session(server);
  await server.send('POST', `${ROOT}/documents/block`, { json: { document: HELLO } });
  return SERVER;
}

async function uploaded(server: TestServer): Promise<Replacements> {
  await server.send('PUT', `${ROOT}/templates/smallest`, {
    body: DOCUMENT,
    headers: { 'content-type': 'application/xml' },
  });
  return {};
}

const debuggable: Arrangement = {
  config: (config) => ({ ...config, debug: { ...config.debug, enabled: true } }),
  async arrange(server) {
    const id = await made(server, '/scxml/session/start', { form: { src: HELLO } });
    return { ...SERVER, [SESSION]: id };
  },
};

/** A traced session. */
const traced: Arrangement = {
  ...debuggable,
  config: (config) => ({
    ...debuggable.config!(config),
    traces: { ...config.traces, documents: ['*'] },
  }),
};

/** A session with a timer. */
const timed: Arrangement = {
  ...debuggable,
  async arrange(server) {
    const found = await debuggable.arrange!(server);
    const { json } = await server.send('GET', `${DEBUG}/sessions/${found[SESSION]}/timers`);
    return { ...found, timer1: (json as { key: string }[])[0]!.key };
  },
};

/** A session with a debugger. */
const debugged: Arrangement = {
  ...debuggable,
  async arrange(server) {
    const found = await debuggable.arrange!(server);
    const json = { session: found[SESSION] };
    return { ...found, [DEBUGGER]: await made(server, DEBUG, { json }, 'id') };
  },
};

export const OPERATOR_ARRANGEMENTS: Arrangements = {
  'GET /agent/1/agents one': { arrange: login },
  'GET /agent/1/agents/:agentId kate': { arrange: login },
  'DELETE /agent/1/agents/:agentId kate': { arrange: login },
  'GET /agent/1/agents/:agentId/capacity offered': { arrange: offer },
  'GET /agent/1/agents/:agentId/events first': { arrange: login },
  'GET /agent/1/agents/:agentId/interactions active': { arrange: active },
  [`GET ${AGENT} whole`]: { arrange: active },
  [`POST ${AGENT}/accept kate`]: { arrange: offer },
  [`POST ${AGENT}/reject kate`]: { arrange: offer },
  [`POST ${AGENT}/leave kate`]: { arrange: active },
  [`POST ${AGENT}/message hello`]: { arrange: active },
  [`POST ${AGENT}/outcome kate`]: { arrange: active },
  [`POST ${AGENT}/complete kate`]: { ...desktop, arrange: afterwards },
  'GET /agent/1/cannedTexts greetings': desktop,
  'GET /agent/1/settings lunch': desktop,
  'GET /agent/1/interactions one': { arrange: active },
  [`POST ${AGENT}/transfer kate`]: { arrange: helped },
  [`POST ${AGENT}/conference kate`]: { arrange: helped },
  [`POST ${AGENT}/consult kate`]: { arrange: helped },
  [`POST ${AGENT}/remove kate`]: { arrange: invited },
  [`POST ${AGENT}/monitor kate`]: { arrange: active },
  [`POST ${AGENT}/join kate`]: { arrange: active },
  [`GET ${AGENT}/history none`]: { arrange: active },
  [`POST ${AGENT}/userData kate`]: { arrange: active },
  [`POST ${AGENT}/notice kate`]: { arrange: active },
  [`POST ${AGENT}/pushUrl kate`]: { arrange: active },
  [`POST ${AGENT}/startTyping kate`]: { arrange: active },
  [`POST ${AGENT}/stopTyping kate`]: { arrange: active },
  [`GET ${AGENT}/files one`]: { arrange: withFile },
  [`POST ${AGENT}/files offer`]: { arrange: active },
  [`GET ${AGENT}/files/:fileId offer`]: { arrange: withFile },
  [`DELETE ${AGENT}/files/:fileId offer`]: { arrange: withFile },
  [`GET ${ROOT}/services all`]: file,
  [`GET ${ROOT}/services/:name show`]: greeting,
  [`PUT ${ROOT}/services/:name change`]: file,
  [`DELETE ${ROOT}/services/:name remove`]: greeting,
  [`GET ${ROOT}/patterns all`]: file,
  [`GET ${ROOT}/patterns/list show`]: list,
  [`PUT ${ROOT}/patterns/list change`]: file,
  [`DELETE ${ROOT}/patterns/list remove`]: list,
  [`GET ${ROOT}/patterns/groups/:group show`]: group,
  [`PUT ${ROOT}/patterns/groups/:group change`]: file,
  [`DELETE ${ROOT}/patterns/groups/:group remove`]: group,
  [`GET ${ROOT}/lists all`]: file,
  [`GET ${ROOT}/lists/:name show`]: flags,
  [`PUT ${ROOT}/lists/:name change`]: file,
  [`DELETE ${ROOT}/lists/:name remove`]: flags,
  [`GET ${ROOT}/desktop show`]: texts,
  [`GET ${ROOT}/push show`]: withPart('/push', { provider: { Bank: BANK } }),
  [`PUT ${ROOT}/push change`]: file,
  [`DELETE ${ROOT}/push remove`]: bank,
  [`GET ${ROOT}/push/providers/:name show`]: bank,
  [`PUT ${ROOT}/push/providers/:name change`]: file,
  [`DELETE ${ROOT}/push/providers/:name remove`]: bank,
  [`POST ${ROOT}/push/test device`]: taking(ownPush),
  [`POST ${ROOT}/push/providers/:name/test device`]: taking(bank),
  [`POST ${ROOT}/push/providers/:name/test noToken`]: taking(bank),
  [`PUT ${ROOT}/desktop change`]: file,
  [`DELETE ${ROOT}/desktop remove`]: texts,
  [`GET ${ROOT}/users all`]: withUsers('vera'),
  [`GET ${ROOT}/users/:name show`]: withUsers('vera'),
  [`PUT ${ROOT}/users/:name change`]: withUsers(),
  [`DELETE ${ROOT}/users/:name remove`]: withUsers('vera'),
  [`GET ${ROOT}/sessions running`]: { arrange: session },
  [`GET ${ROOT}/documents hello`]: { arrange: session },
  [`GET ${ROOT}/documents/blocked hello`]: { arrange: blocked },
  [`POST ${ROOT}/documents/block hello`]: { arrange: session },
  [`POST ${ROOT}/documents/allow hello`]: { arrange: blocked },
  [`GET ${DEBUG} one`]: debugged,
  [`POST ${DEBUG} session`]: debuggable,
  [`GET ${DEBUG}/:id hello`]: debugged,
  [`GET ${DEBUG}/:id/events first`]: debugged,
  [`POST ${DEBUG}/:id/pause hello`]: debugged,
  [`POST ${DEBUG}/:id/continue hello`]: debugged,
  [`POST ${DEBUG}/:id/step hello`]: debugged,
  [`PUT ${DEBUG}/:id/breakpoints hello`]: debugged,
  [`POST ${DEBUG}/:id/evaluate sum`]: debugged,
  [`DELETE ${DEBUG}/:id hello`]: debugged,
  [`GET ${WATCHED} hello`]: debuggable,
  [`GET ${WATCHED}/document hello`]: debuggable,
  [`GET ${WATCHED}/events first`]: debuggable,
  [`GET ${WATCHED}/timers hello`]: debuggable,
  [`POST ${WATCHED}/timers/:key/fire ttl`]: timed,
  [`POST ${WATCHED}/event hello`]: debuggable,
  [`GET ${WATCHED}/steps hello`]: traced,
  [`GET ${WATCHED}/steps/:step hello`]: traced,
  [`POST ${WATCHED}/fork hello`]: traced,
  [`DELETE ${ROOT}/templates/:name smallest`]: { arrange: uploaded },
  [`GET ${ROOT}/templates/:name/versions smallest`]: { arrange: uploaded },
  [`POST ${ROOT}/templates/:name/services hello`]: file,
  [`POST ${ROOT}/templates/:name/rollback smallest`]: { arrange: uploaded },
  [`GET ${ROOT}/audit uploads`]: { arrange: uploaded },
};
