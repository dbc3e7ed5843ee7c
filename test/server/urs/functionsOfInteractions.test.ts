import { expect } from 'chai';
import { createTestServer, type TestServer } from '../../support/testServer.ts';
import { orsDocument, writeDocuments } from '../../support/writeDocuments.ts';

/** Submits its chat, and asks URS for the chat's place by @ and the id of the interaction. */
const DOCUMENT = orsDocument(
  `<datamodel>
     <data id="ixn" expr="''"/><data id="id" expr="''"/><data id="answers" expr="[]"/>
     <data id="questions" expr="['func?name=PositionInQueue&amp;params=[]&amp;sync=1',
       'func?name=Priority&amp;params=[7]&amp;sync=1', 'func?name=ConnID', 'query']"/>
   </datamodel>
   <state id="waiting">
     <transition event="interaction.added" target="submitting">
       <assign location="_data.ixn" expr="_event.data.interactionid"/>
     </transition>
   </state>
   <state id="submitting">
     <onentry>
       <queue:submit requestid="_data.id" interactionid="_data.ixn" queue="'VQ_Billing'" priority="3">
         <queue:targets><queue:target name="'Billing'" type="'agentgroup'"/></queue:targets>
       </queue:submit>
     </onentry>
     <transition event="queue.submit.requestid session.fetch.done error.session.fetch"
                 cond="_data.questions.length &gt; 0">
       <script>if (_event.data.content) _data.answers.push(JSON.parse(_event.data.content));</script>
       <session:fetch requestid="_data.id" method="'urs'"
         srcexpr="'urs/call/@' + _data.ixn + '/' + _data.questions.shift()"/>
     </transition>
     <transition event="session.fetch.done error.session.fetch">
       <script>_data.answers.push(JSON.parse(_event.data.content));</script>
     </transition>
   </state>`,
  'initial="waiting" xmlns:queue="http://www.genesyslab.com/modules/queue"',
);

describe('a document that asks URS about its interaction', () => {
  let server: TestServer;

  beforeEach(() => {
    server = createTestServer({ documents: writeDocuments({ 'callback/src/inbound_chat.scxml': DOCUMENT }) });
  });
  afterEach(() => server.orsay.close());

  it('runs functions for the submit by @ and the id of the interaction', async () => {
    const service = (await server.send('POST', '/genesys/1/service/request-chat')).json as { _id: string };
    const path = `/genesys/1/service/${service._id}/ixn/chat`;
    await server.send('POST', path, { form: { subject: 'shoes' } });
    await server.advance(1_000);
    const [session] = await server.orsay.sessions.list();
    const { data } = (await server.orsay.sessions.query(session!.sessionId))!;
    const { answers, ixn } = data as { answers: readonly unknown[]; ixn: string };
    expect(answers).to.deep.equal([
      { result: 1 },
      { result: 7 },
      { result: `@${ixn}` },
      {
        conn_id: `@${ixn}`,
        state: 'routable',
        strategy: 'queue:submit',
        tenant: 'Environment',
        vq: 'VQ_Billing',
        entered: Math.floor((server.clock.now() - 1_000) / 1000),
      },
    ]);
  });
});
