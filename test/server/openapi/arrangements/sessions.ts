import { BASE, type TestServer } from '../../../support/testServer.ts';
import { orsDocument, writeDocuments } from '../../../support/writeDocuments.ts';
import type { Replacements } from '../exampleRequest.ts';
import { type Arrangement, type Arrangements, made } from './arrangement.ts';

const PRINTED = '0123456789ABCDEFGHIJKLMNOPQRSTUV';
const SOURCE = '/genesys/1/document/service_template/hello/hello.scxml';
const SERVER = { 'http://localhost:8080': BASE };

/** Answers each request `greet`. */
const DOCUMENTS = writeDocuments({
  'hello/hello.scxml': orsDocument(
    `<datamodel><data id="name" expr="''"/></datamodel>
     <state id="waiting">
       <transition event="greet" cond="_event.sendid">
         <ws:response requestid="_event.sendid"><param name="text" expr="'Hello ' + _event.data.name"/></ws:response>
       </transition>
     </state>`,
    'initial="waiting"',
  ),
});

const session: Arrangement = {
  documents: DOCUMENTS,
  async arrange(server) {
    return { [PRINTED]: await made(server, '/scxml/session/start', { form: { src: `${BASE}${SOURCE}` } }) };
  },
};

const call: Arrangement = {
  async arrange(server: TestServer): Promise<Replacements> {
    const { json } = await server.send(
      'GET',
      '/urs/call/start?VQ_TARGET=Billing@S.GA&VQ=VQ_Waiting_for_agent',
    );
    return { '222222': (json as { readonly conn_id: string }).conn_id };
  },
};

const basicHttp = (method: string): string => `${method} /scxml/session/:sid/basichttp named`;

export const SESSION_ARRANGEMENTS: Arrangements = {
  'POST /scxml/session/start hello': { documents: DOCUMENTS, arrange: async () => SERVER },
  'POST /scxml/session/:sid/event/:name event': session,
  'POST /scxml/session/:sid/request/:name request': session,
  [basicHttp('POST')]: session,
  [basicHttp('PUT')]: session,
  [basicHttp('DELETE')]: session,
  'POST /scxml/session/:sid/terminate terminate': session,
  'GET /scxml/session/:sid/query running': session,
  'POST /scxml/session/:sid/query running': session,
  'GET /urs/call/:id/lvq position': call,
  'GET /urs/call/:id/lvq/:vq position': call,
  'GET /urs/call/:id/reply refused': call,
  'GET /urs/call/:id/reply/:ref refused': call,
  'GET /urs/call/:id/invoke route': call,
  'GET /urs/call/:id/query held': call,
  'GET /urs/call/:id/func priority': call,
  'GET /urs/call/:id/delete delete': call,
  'DELETE /urs/call/:id delete': call,
};
