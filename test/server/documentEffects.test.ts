import { expect } from 'chai';
import { TASK } from '../../engine/durable/systemTables.ts';
import { crashAtEveryWrite } from '../support/crashedServer.ts';
import { asId } from '../support/ids.ts';
import type { TestReply, TestServer } from '../support/testServer.ts';
import { orsDocument, writeDocuments } from '../support/writeDocuments.ts';

const BASE = 'http://orsay.test';
const SUBSCRIPTION = {
  subscriberId: 'anna',
  filter: 'news.*',
  notificationDetails: { type: 'comet' },
};

/** A document that performs the element and ends when it hears of the outcome. */
function fetching(element: string): string {
  return orsDocument(
    `<state id="fetching">
       <onentry>${element}</onentry>
       <transition event="session.fetch.done" target="done"/>
       <transition event="error" target="failed"/>
     </state>
     <final id="done"/><final id="failed"/>`,
    'initial="fetching"',
  );
}

function posting(path: string, params: string): string {
  return fetching(`<session:fetch method="'post'" srcexpr="'${BASE}${path}'">${params}</session:fetch>`);
}

/** W3C SCXML C.2: a message to any URL; the reply is told nobody. */
const SENDING = `<scxml xmlns="http://www.w3.org/2005/07/scxml" version="1.0" datamodel="ecmascript" initial="sending">
  <state id="sending">
    <onentry>
      <send type="http://www.w3.org/TR/scxml/#BasicHTTPEventProcessor" event="made"
        target="${BASE}/genesys/1/service/request-chat"><param name="colour" expr="'red'"/></send>
      <send event="over" delay="5s"/>
    </onentry>
    <transition event="error" target="failed"/>
    <transition event="over" target="done"/>
  </state>
  <final id="done"/><final id="failed"/>
</scxml>`;

const ANSWERING = orsDocument(
  `<state id="waiting">
     <transition event="start"><ws:response requestid="_event.sendid"/></transition>
   </state>`,
  'initial="waiting"',
);

interface Case {
  readonly what: string;
  readonly document: string;
  /** Where it leaves a record. */
  readonly table: string;
  /** How often it happened; absent: by the records. */
  readonly count?: (server: TestServer) => number;
}

const COLOUR = `<param name="colour" expr="'red'"/>`;
const CASES: readonly Case[] = [
  {
    what: '<session:fetch> that makes a storage area',
    document: posting('/genesys/1/storage/600', COLOUR),
    table: 'storage.area',
  },
  {
    what: '<session:fetch> that makes a service with a session',
    document: posting('/genesys/1/service/hello', COLOUR),
    table: 'service.instance',
  },
  {
    what: '<session:fetch> that makes a callback',
    document: posting(
      '/genesys/1/service/callback/chat-delay',
      `<param name="_customer_number" expr="'5'"/>`,
    ),
    table: 'service.instance',
  },
  {
    what: '<session:fetch> that publishes a notification',
    document: fetching(
      `<session:fetch method="'post'" srcexpr="'${BASE}/genesys/1/notification/publish'" enctype="'application/json'">
         <param name="tag" expr="'news.today'"/><param name="message" expr="'rain'"/>
       </session:fetch>`,
    ),
    table: 'bayeux.notice',
  },
  {
    what: '<session:fetch> with method urs that starts a virtual call',
    document: fetching(
      `<session:fetch method="'urs'" srcexpr="'urs/call/start'">
         <param name="VQ" expr="'VQ'"/><param name="VQ_TARGET" expr="'Billing@S.GA'"/>
       </session:fetch>`,
    ),
    table: 'virtualInteraction',
    count: (server) => server.orsay.routing.list().length,
  },
  { what: '<send> by basic HTTP that makes a service', document: SENDING, table: 'service.instance' },
];

describe('an effect of a document at an own URL when the server is killed at any store write', () => {
  for (const { what, document, table, count } of CASES) {
    it(`happens once: ${what}`, async () => {
      const start = (server: TestServer): Promise<TestReply> =>
        server.send('POST', '/scxml/session/start', {
          form: { src: `${BASE}/genesys/1/document/service_template/d/d.scxml` },
          headers: { 'idempotency-key': 's1' },
        });
      const repeated: number[] = [];
      await crashAtEveryWrite({
        server: {
          // The documents of services that the test's document creates.
          documents: writeDocuments({
            'd/d.scxml': document,
            'hello/hello.scxml': ANSWERING,
            'callback/src/chat-delay.scxml': ANSWERING,
          }),
        },
        async prepare(server) {
          const { status } = await server.send('POST', '/genesys/1/notification/subscription', {
            json: SUBSCRIPTION,
            headers: { gms_user: 'anna' },
          });
          expect(status).to.equal(200);
        },
        request: start,
        async check({ restart, writes, store }) {
          const waits = [...store.scan(TASK, {})].some(({ text }) => /"session\.(module|http)"/.test(text));
          if (waits && [...store.scan(table, {})].length === 1) repeated.push(writes);
          // Later than what was written before: the queue of notices counts by the clock.
          const server = restart(1);
          const { json } = await start(server);
          await server.advance(10_000);
          const view = await server.orsay.sessions.query(asId((json as { _id: string })._id));
          expect(view).to.deep.include({ status: 'completed', configuration: ['done'] });
          expect(count?.(server) ?? [...server.orsay.durable.scan(table)].length).to.equal(1);
          await server.orsay.close();
        },
      });
      // Otherwise this would be no test of performing it twice.
      expect(repeated).not.to.deep.equal([]);
    });
  }
});
