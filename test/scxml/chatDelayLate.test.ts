import { expect, use } from 'chai';
import { orsayChai } from '../../testing/index.ts';
import { chatArrives, errorsOf, openWorld } from '../support/chatDelayWorld.ts';

use(orsayChai);

describe('chat-delay: replies that come late', () => {
  it('takes the error of a request whose state the customer has left', async () => {
    const { session } = await openWorld({ fetches: [['GET', /\/lvq\?/, 'silence']] });
    session.request('start');
    session.request('connect');
    session.expectFetch(/lvq/).reply({ status: 404 });

    expect(errorsOf(session)).to.deep.equal([]);
    expect(session).to.be.in('awaitingChat');
  });

  it('takes the error of a chat that had ended when the service ended it', async () => {
    const { session } = await openWorld({
      fetches: [['PUT', /\/service\/callback\//, 'silence']],
    });
    session.request('start');
    session.send('cancel', {});
    chatArrives(session);
    session.send('error.interaction.terminate', { requestid: 'other', error: 'interactionunknown' });

    expect(errorsOf(session)).to.deep.equal([]);
  });

  it('cancels the pause before another call of URS when the service ends in it', async () => {
    const { session } = await openWorld({
      fetches: [
        ['GET', /^\/urs\/call\/start\?/, { status: 503 }],
        ['PUT', /\/service\/callback\//, 'silence'],
      ],
    });
    session.ask('start');
    expect(session).to.be.in('pausingBeforeUrs');
    session.send('cancel', {});

    expect(session).to.be.in('finishing');
    // The timers of the time to live and of the end.
    expect(session.timers.length).to.equal(2);
  });

  it('answers requests for the position when the service ends', async () => {
    const { session } = await openWorld({ fetches: [['GET', /\/lvq\?/, 'silence']] });
    session.request('start');
    const id = session.ask('check-queue-position');
    session.send('cancel', {});

    expect(session.answerTo(id)).to.deep.equal({
      positive: false,
      resultCode: '503',
      body: { message: 'the service has ended: CANCELLED' },
    });
  });
});
