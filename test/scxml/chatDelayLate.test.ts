import { expect } from 'chai';
import { chatArrives, openWorld } from '../support/chatDelayWorld.ts';

describe('chat-delay: replies that come late', () => {
  it('takes the error of a request whose state the customer has left', async () => {
    const { driver } = await openWorld({ fetches: [['GET', /\/lvq\?/, 'hold']] });
    driver.request('start');
    driver.request('connect');
    driver.release(/lvq/, { status: 404 });

    expect(driver.errors).to.deep.equal([]);
    expect(driver.configuration).to.include('awaitingChat');
  });

  it('takes the error of a chat that had ended when the service ended it', async () => {
    const { driver } = await openWorld({
      fetches: [['PUT', /\/service\/callback\//, 'hold']],
    });
    driver.request('start');
    driver.event('cancel', {});
    chatArrives(driver);
    driver.event('error.interaction.terminate', { requestid: 'other', error: 'interactionunknown' });

    expect(driver.errors).to.deep.equal([]);
  });

  it('cancels the pause before another call of URS when the service ends in it', async () => {
    const { driver } = await openWorld({
      fetches: [
        ['GET', /^\/urs\/call\/start\?/, { status: 503 }],
        ['PUT', /\/service\/callback\//, 'hold'],
      ],
    });
    driver.ask('start');
    expect(driver.configuration).to.include('pausingBeforeUrs');
    driver.event('cancel', {});

    expect(driver.configuration).to.include('finishing');
    // The timers of the time to live and of the end.
    expect(driver.pendingTimers).to.equal(2);
  });

  it('answers requests for the position when the service ends', async () => {
    const { driver } = await openWorld({ fetches: [['GET', /\/lvq\?/, 'hold']] });
    driver.request('start');
    const id = driver.ask('check-queue-position');
    driver.event('cancel', {});

    expect(driver.later(id)).to.deep.equal({
      positive: false,
      code: '503',
      body: { message: 'the service has ended: CANCELLED' },
    });
  });
});
