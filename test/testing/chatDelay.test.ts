import { expect, use } from 'chai';
import { openCentre, orsayChai } from '../../testing/index.ts';
import { callbackDocument } from '../support/callbackDocuments.ts';

use(orsayChai);

describe('a delayed chat with the fakes', () => {
  it('goes from the request of the customer to the end of the chat', async () => {
    const centre = await openCentre({
      services: {
        'chat-delay': {
          document: await callbackDocument('chat-delay'),
          options: {
            _target: 'Billing@Stat_Server.GA',
            _urs_virtual_queue: 'VQ_Billing',
            _wait_for_user_confirm: 'true',
          },
        },
      },
      queues: { inbound: { document: await callbackDocument('inbound_chat') } },
      agents: { kate: { groups: ['Billing'] } },
    });
    const { urs, agents, gms, chats } = centre;
    agents.notReady('kate');
    urs.queue('VQ_Billing', { ahead: 5, secondsPerCall: 60 });

    const callback = gms.create('chat-delay', { _customer_number: '5551230001' });
    const { session } = callback;
    expect(callback.reply?.body).to.include({ _action: 'ConfirmationDialog' });
    expect(session).to.be.in('waiting').and.to.have.asked('/urs/call/start', { VQ: 'VQ_Billing' });
    expect(callback.state).to.equal('QUEUED');
    expect(session.request('check-queue-position').body).to.include({ _position: 6, _eta: 360 });

    centre.advance('330s');
    expect(session).to.be.in('awaitingConfirm');
    expect(gms.notifications.map(({ tag }) => tag)).to.deep.equal([`service.agentavailable.${callback.id}`]);

    expect(callback.request('connect').body).to.include({ _action: 'StartChat' });
    const chat = callback.openChat();
    expect(session).to.be.in('awaitingRoute');
    agents.ready('kate');
    expect(chat).to.include({ state: 'offered', agent: 'kate' });
    chat.accept().say('customer', 'hello').say('agent', 'good morning');
    expect(callback.state).to.equal('PROCESSING');
    chat.end();

    expect(session).to.have.ended;
    expect(callback).to.include({ state: 'COMPLETED', reason: 'AGENT_CONNECTED' });
    expect(session).to.be.answered;
    expect(chats.all).to.have.length(1);
  });
});
