import { expect, use } from 'chai';
import { orsayChai } from '../../testing/index.ts';
import {
  CALL_ID,
  CHAT_ID,
  chatArrives,
  chatEnds,
  openWorld,
  ROUTE,
  redirectEnds,
  reported,
  SERVICE_ID,
  traceOf,
  type World,
} from '../support/chatDelayWorld.ts';

use(orsayChai);

/** The complete end: the last report, the session completed, no open request or timer. */
function expectEnd(world: World, reason: string): void {
  const { session } = world;
  expect(reported(session).at(-1)).to.equal(`COMPLETED ${reason}`);
  expect(session.status).to.equal('completed');
  expect(session.timers.length).to.equal(0);
}

const removed = (world: World): boolean => traceOf(world.session).includes(`GET /urs/call/${CALL_ID}/delete`);
const terminated = (world: World): boolean =>
  traceOf(world.session).some((line) => line.startsWith('interaction.terminate') && line.includes(CHAT_ID));

/** A world whose chat waits for its agent. */
async function routingWorld(changes: Parameters<typeof openWorld>[0] = {}): Promise<World> {
  const world = await openWorld(changes);
  world.session.request('start');
  world.session.request('connect');
  chatArrives(world.session);
  return world;
}

describe('chat-delay: every failure', () => {
  it('FAIL_INCORRECT_CONFIG_MEDIA_TYPE: the service is configured for another medium', async () => {
    const world = await openWorld({ params: { _media_type: 'fax' } });
    const reply = world.session.request('start');

    expect(reply).to.deep.equal({
      positive: false,
      resultCode: '500',
      body: {
        message: 'The service could not be started: FAIL_INCORRECT_CONFIG_MEDIA_TYPE',
        _id: SERVICE_ID,
        _reason: 'FAIL_INCORRECT_CONFIG_MEDIA_TYPE',
      },
    });
    expectEnd(world, 'FAIL_INCORRECT_CONFIG_MEDIA_TYPE');
  });

  it('FAIL_NO_CUSTOMER_NUMBER: the mandatory number is missing', async () => {
    const world = await openWorld({ params: { _customer_number: '' } });

    expect(world.session.request('start')).to.deep.include({ positive: false, resultCode: '400' });
    expectEnd(world, 'FAIL_NO_CUSTOMER_NUMBER');
  });

  it('FAIL_LOAD_MESSAGE_FILE: the message file cannot be fetched', async () => {
    const world = await openWorld({
      params: { _notification_message_file: 'Resources/texts_fr.json' },
      fetches: [
        [
          'GET',
          /^\/genesys\/1\/document\/service_template\/callback\/Resources\/texts_fr\.json$/,
          { status: 404 },
        ],
      ],
    });

    expect(world.session.request('start')).to.deep.include({ positive: false, resultCode: '500' });
    expectEnd(world, 'FAIL_LOAD_MESSAGE_FILE');
  });

  it('FAIL_LOAD_MESSAGE_FILE: the message file is no JSON object', async () => {
    const world = await openWorld({
      params: { _notification_message_file: 'http://texts.test/fr.json' },
      fetches: [['GET', /^\/fr\.json$/, { json: ['Bonjour'] }]],
    });
    world.session.request('start');

    expectEnd(world, 'FAIL_LOAD_MESSAGE_FILE');
  });

  it('FAIL_QUEUEING: URS is unreachable, three times', async () => {
    const world = await openWorld({ fetches: [['GET', /call\/start/, 'unreachable']] });
    const { session } = world;
    const start = session.ask('start');
    session.advance('3s');
    expect(session.answerTo(start)).to.equal(undefined);
    session.advance('1s');

    expect(session.answerTo(start)).to.deep.include({ positive: false, resultCode: '503' });
    expect(traceOf(session).filter((line) => line.includes('/call/start'))).to.have.length(3);
    expect(removed(world)).to.equal(false);
    expectEnd(world, 'FAIL_QUEUEING');
  });

  it('FAIL_QUEUEING: URS answers without a connection id', async () => {
    const world = await openWorld({ fetches: [['GET', /call\/start/, { json: {} }]] });
    world.session.ask('start');
    world.session.advance('4s');

    expectEnd(world, 'FAIL_QUEUEING');
  });

  it('FAIL_TARGET_NOT_FOUND: the threshold is not passed in time', async () => {
    const world = await openWorld({
      params: { _max_time_to_reach_eta_pos_threshold: '600' },
      queue: { pos: 40, calls: 40, ewt: 900 },
    });
    world.session.request('start');
    world.session.advance('600s');

    expect(removed(world)).to.equal(true);
    expectEnd(world, 'FAIL_TARGET_NOT_FOUND');
  });

  it('FAIL_TARGET_NOT_FOUND: no agent takes the chat within _urs_queued_ttl', async () => {
    const world = await routingWorld({ params: { _urs_queued_ttl: '900' } });
    world.session.advance('900s');

    expect([removed(world), terminated(world)]).to.deep.equal([true, true]);
    expectEnd(world, 'FAIL_TARGET_NOT_FOUND');
  });

  it('FAIL_TARGET_NOT_FOUND: the customer confirms but never opens the chat', async () => {
    const world = await openWorld({ params: { _urs_queued_ttl: '900' } });
    world.session.request('start');
    world.session.request('connect');
    world.session.advance('900s');

    expect(removed(world)).to.equal(true);
    expectEnd(world, 'FAIL_TARGET_NOT_FOUND');
  });

  it('FAIL_TARGET_NOT_FOUND: the time limit passes while an agent is offered the chat, and the agent declines', async () => {
    const world = await routingWorld({ params: { _urs_queued_ttl: '900' } });
    world.session.request('method_urs_request_route_done', ROUTE);
    world.session.advance('900s');
    expect(world.session).to.be.in('redirecting');
    redirectEnds(world.session, 'error.interaction.redirect');

    expect(terminated(world)).to.equal(true);
    expectEnd(world, 'FAIL_TARGET_NOT_FOUND');
  });

  it('FAIL_TARGET_NOT_FOUND: URS cannot be told to route', async () => {
    const world = await routingWorld({ fetches: [['GET', /invoke/, { status: 500 }]] });
    world.session.advance('6s');

    expect(traceOf(world.session).filter((line) => line.includes('/invoke?'))).to.have.length(3);
    expectEnd(world, 'FAIL_TARGET_NOT_FOUND');
  });

  it('FAIL_USER_NO_CONFIRM: the customer answers none of three announcements', async () => {
    const world = await openWorld();
    world.session.request('start');
    world.session.advance(1000 * (30 + 30 + 30 + 30 + 29));
    expect(world.session.status).to.equal('running');
    world.session.advance('1s');

    expect(traceOf(world.session).filter((line) => line.includes('notification/publish'))).to.have.length(3);
    expect(removed(world)).to.equal(true);
    expectEnd(world, 'FAIL_USER_NO_CONFIRM');
  });

  it('FAIL_INTERACTION_DELETED: the customer closes the chat before an agent has it', async () => {
    const world = await routingWorld();
    chatEnds(world.session);

    expect([removed(world), terminated(world)]).to.deep.equal([true, false]);
    expectEnd(world, 'FAIL_INTERACTION_DELETED');
  });

  it('FAIL_INTERACTION_DELETED: a target that comes too late is refused', async () => {
    const world = await routingWorld({ fetches: [['PUT', /./, 'silence']] });
    chatEnds(world.session);

    expect(world.session.request('method_urs_request_route_done', ROUTE)).to.deep.equal({
      positive: false,
      resultCode: '409',
      body: { message: 'the service has ended: FAIL_INTERACTION_DELETED' },
    });
  });

  it('FAIL_AGENT_CONNECT: the maximum number of agents did not take it', async () => {
    const world = await routingWorld({ params: { _max_transfer_to_agent_attempts: '2' } });
    for (const agent of ['kate', 'tom']) {
      expect(world.session.request('method_urs_request_route_done', { ...ROUTE, agent }).positive).to.equal(
        true,
      );
      redirectEnds(world.session, 'error.interaction.redirect');
    }

    expect([removed(world), terminated(world)]).to.deep.equal([true, true]);
    expectEnd(world, 'FAIL_AGENT_CONNECT');
  });

  it('FAIL_IXN_UNKNOWN_MEDIA_TYPE: the associated interaction is no chat', async () => {
    const world = await openWorld();
    world.session.request('start');
    world.session.request('connect');
    chatArrives(world.session, 'email');

    expect(terminated(world)).to.equal(true);
    expectEnd(world, 'FAIL_IXN_UNKNOWN_MEDIA_TYPE');
  });

  it('FAIL_TIMEOUT_TTL: the time to live is over', async () => {
    const world = await routingWorld({ params: { _ttl: '1000' } });
    world.session.advance('1000s');

    expect([removed(world), terminated(world)]).to.deep.equal([true, true]);
    expectEnd(world, 'FAIL_TIMEOUT_TTL');
  });

  it('FAIL_TIMEOUT_TTL: the request start never comes', async () => {
    const world = await openWorld({ params: { _ttl: '1000' } });
    world.session.advance('1000s');

    expectEnd(world, 'FAIL_TIMEOUT_TTL');
  });

  it('reports success when the time to live ends while the agent talks', async () => {
    const world = await routingWorld({ params: { _ttl: '1000' } });
    world.session.request('method_urs_request_route_done', ROUTE);
    redirectEnds(world.session, 'interaction.redirect.done');
    world.session.advance('1000s');

    expect([removed(world), terminated(world)]).to.deep.equal([false, false]);
    expectEnd(world, 'AGENT_CONNECTED');
  });

  it('FAIL_ERROR: an unexpected fault', async () => {
    const world = await openWorld();
    world.session.request('start');
    world.session.send('error.communication', { description: 'nobody there' });

    expect(removed(world)).to.equal(true);
    expectEnd(world, 'FAIL_ERROR');
  });

  it('NOT_AVAILABLE: the session is terminated from outside', async () => {
    const world = await routingWorld();
    world.session.terminate('administrator');

    expect(reported(world.session).at(-1)).to.equal('COMPLETED NOT_AVAILABLE');
    expect([removed(world), terminated(world)]).to.deep.equal([true, true]);
    expect(world.session.status).to.equal('terminated');
  });
});

describe('chat-delay: cancel', () => {
  const stages: readonly (readonly [string, (world: World) => void])[] = [
    ['before start', () => {}],
    ['while URS is asked for a place', ({ session }) => void session.ask('start')],
    [
      'while URS is polled',
      ({ session, queue }) => {
        Object.assign(queue, { pos: 40, ewt: 900 });
        session.ask('start');
        session.expectFetch(/call\/start/).reply({ json: { conn_id: CALL_ID } });
      },
    ],
    ['while the customer is asked', startedAnd(() => {})],
    ['in a snooze', startedAnd(({ session }) => void session.request('snooze'))],
    ['while the chat is awaited', startedAnd(({ session }) => void session.request('connect'))],
    ['while an agent is awaited', startedAnd(({ session }) => chatArrives(session))],
    [
      'while an agent is offered the chat',
      startedAnd(({ session }) => {
        chatArrives(session);
        session.request('method_urs_request_route_done', ROUTE);
      }),
    ],
    [
      'while the agent talks',
      startedAnd(({ session }) => {
        chatArrives(session);
        session.request('method_urs_request_route_done', ROUTE);
        redirectEnds(session, 'interaction.redirect.done');
      }),
    ],
  ];

  function startedAnd(act: (world: World) => void): (world: World) => void {
    return (world) => {
      world.session.ask('start');
      world.session.expectFetch(/call\/start/).reply({ json: { conn_id: CALL_ID } });
      act(world);
    };
  }

  for (const [stage, reach] of stages) {
    it(`ends the service with CANCELLED ${stage}`, async () => {
      const world = await openWorld({ fetches: [['GET', /call\/start/, 'silence']] });
      reach(world);
      const before = traceOf(world.session).length;
      const reply = world.session.request('cancel');

      expect(reply).to.deep.equal({
        positive: true,
        body: {
          _dialog_id: '0',
          _action: 'ConfirmationDialog',
          _text: 'Your request has been cancelled',
          _ok_title: 'Ok',
          _id: SERVICE_ID,
        },
      });
      // URS gives the position after the service has ended.
      if (stage === 'while URS is asked for a place') {
        expect(world.session.status).to.equal('running');
        world.session.expectFetch(/call\/start/).reply({ json: { conn_id: CALL_ID } });
        expect(removed(world)).to.equal(true);
        expectEnd(world, 'CANCELLED');
        return;
      }
      const connected = stage === 'while the agent talks';
      const queued = traceOf(world.session)
        .slice(0, before)
        .some((line) => line.includes('QUEUED'));
      expect(removed(world)).to.equal(queued && !connected);
      expectEnd(world, 'CANCELLED');
    });
  }

  it('refuses a start that waits for URS, and does not wait for URS for ever', async () => {
    const world = await openWorld({ fetches: [['GET', /call\/start/, 'silence']] });
    const start = world.session.ask('start');
    world.session.request('cancel');

    expect(world.session.answerTo(start)).to.deep.include({ positive: false, resultCode: '409' });
    world.session.advance('120s');
    expectEnd(world, 'CANCELLED');
  });

  it('takes a cancel event, which needs no answer', async () => {
    const world = await openWorld();
    world.session.request('start');
    world.session.send('cancel', {});

    expect(traceOf(world.session).filter((line) => line.startsWith('answer'))).to.deep.equal(['answer']);
    expectEnd(world, 'CANCELLED');
  });

  it('refuses a second cancel', async () => {
    const world = await openWorld({ fetches: [['PUT', /./, 'silence']] });
    world.session.request('start');
    world.session.request('cancel');

    expect(world.session.request('cancel')).to.deep.equal({
      positive: false,
      resultCode: '409',
      body: { message: 'the service has ended: CANCELLED' },
    });
  });
});
