import { expect } from 'chai';
import { openCentre, type TestSession } from '../../testing/index.ts';
import { createTestServer, type TestServer } from '../support/testServer.ts';

/** Fetches what a test names. */
const FETCHER = `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" profile="ecmascript"
  xmlns:session="www.genesyslab.com/modules/session">
  <datamodel><data id="answer" expr="null"/></datamodel>
  <state id="idle">
    <transition event="get">
      <session:fetch srcexpr="_event.data.url" method="_event.data.method" enctype="'application/json'">
        <content _expr="_event.data.body"/>
      </session:fetch>
    </transition>
    <transition event="session.fetch.done error.session.fetch"><assign location="answer" expr="_event.data"/></transition>
  </state>
</scxml>`;

interface Reply {
  readonly status: number;
  readonly body: unknown;
}

/** Makes the same requests to a server and to the fakes. */
class BothWays {
  readonly #server: TestServer;
  readonly #session: TestSession;
  /** Replaces `{id}` in paths: the id that each side gave. */
  #ids: readonly [string, string] = ['', ''];

  constructor(server: TestServer, session: TestSession) {
    this.#server = server;
    this.#session = session;
  }

  /** Expects equal statuses, and equal names and kinds of fields at any depth. `id`: the field to keep. */
  async ask(
    path: string,
    given: { method?: 'GET' | 'POST' | 'PUT' | 'DELETE'; json?: object; id?: string } = {},
  ): Promise<void> {
    const { method = 'GET', json, id } = given;
    const [server, fake] = this.#ids.map((one) => path.replace('{id}', one)) as [string, string];
    const real = await this.#server.send(method, server, { ...(json && { json }) });
    const data = {
      url: `http://orsay.test${fake}`,
      method: method.toLowerCase(),
      ...(json && { body: json }),
    };
    this.#session.send('get', data);
    const { status, content } = this.#session.get('answer') as { status: number; content: string };
    const replies: readonly [Reply, Reply] = [
      { status: real.status, body: readJson(real.text) },
      { status, body: readJson(content) },
    ];
    expect(shapeOf(replies[1]), `${method} ${path}`).to.deep.equal(shapeOf(replies[0]));
    if (id !== undefined)
      this.#ids = replies.map(({ body }) => String((body as Fields)[id])) as [string, string];
  }
}

type Fields = Readonly<Record<string, unknown>>;

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}

/** For an error the status is enough: messages differ. */
function shapeOf({ status, body }: Reply): unknown {
  return status >= 400 ? { status } : { status, fields: kindsOf(body) };
}

function kindsOf(value: unknown): unknown {
  if (typeof value !== 'object' || value === null) return typeof value;
  return Object.fromEntries(Object.entries(value).map(([name, field]) => [name, kindsOf(field)]));
}

const CALL =
  '/urs/call/start?VQ_TARGET=Billing%40Stat_Server.GA&VQ=VQ_Billing&strategy=WaitForTarget' +
  '&SESSION=http%3A%2F%2Forsay.test%2Fscxml%2Fsession%2FNONE';

describe('the fakes answer like the server', () => {
  let server: TestServer;
  let both: BothWays;

  before(async () => {
    server = createTestServer();
    await server.send('PUT', '/agent/1/agents/kate', {
      json: { state: 'notReady', groups: ['Billing'], media: ['chat'] },
    });
    const centre = await openCentre({ agents: { kate: { groups: ['Billing'] } } });
    centre.agents.notReady('kate');
    centre.urs.queue('VQ_Billing', { estimates: false });
    both = new BothWays(server, await centre.open(FETCHER));
  });
  after(() => server.orsay.close());

  it('to a virtual call of URS, from its start to its end', async () => {
    await both.ask(`${CALL}&TELL_POSITION=9&TELL_QUEUE=default`, { id: 'conn_id' });
    await both.ask('/urs/call/{id}/lvq?name=VQ_Billing&tenant=Environment');
    await both.ask('/urs/call/{id}/lvq?name=VQ_Billing&agent_logged_in=true&estimates=true');
    await both.ask('/urs/call/{id}/query');
    await both.ask('/urs/call/{id}/invoke?strategy=SetRouteDelay&DELAY=60');
    await both.ask('/urs/call/{id}/delete');
    await both.ask('/urs/call/{id}/lvq');
    await both.ask('/urs/call/{id}/query');
    await both.ask('/urs/call/start?VQ=VQ_Billing');
    await both.ask(CALL, { id: 'conn_id' });
    await both.ask('/urs/call/{id}', { method: 'DELETE' });
  });

  it('to the storage, notifications and reports of GMS', async () => {
    await both.ask('/genesys/1/storage/3600', { method: 'POST', json: { order: '17' }, id: 'id' });
    await both.ask('/genesys/1/storage/{id}');
    await both.ask('/genesys/1/storage/{id}/order', {});
    await both.ask('/genesys/1/storage/{id}/other');
    await both.ask('/genesys/1/storage/{id}/3600', { method: 'POST', json: { order: '18' } });
    await both.ask('/genesys/1/storage/{id}', { method: 'DELETE' });
    await both.ask('/genesys/1/storage/{id}');
    await both.ask('/genesys/1/notification/publish', {
      method: 'POST',
      json: { message: '{}', tag: 'service.x', notificationDetails: { deviceId: '1', type: 'comet' } },
    });
    await both.ask('/genesys/1/service/callback/chat-delay/none', {
      method: 'PUT',
      json: { _callback_state: 'QUEUED' },
    });
  });
});
