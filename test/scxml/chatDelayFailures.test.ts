import { expect } from 'chai';
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
  type World,
} from '../support/chatDelayWorld.ts';

/** The complete end: the last report, the session completed, no open request or timer. */
function expectEnd(world: World, reason: string): void {
  const { driver } = world;
  expect(reported(driver).at(-1)).to.equal(`COMPLETED ${reason}`);
  expect(driver.status).to.equal('completed');
  expect(driver.pendingTimers).to.equal(0);
  expect(driver.faults).to.deep.equal([]);
}

const removed = (world: World): boolean => world.driver.trace.includes(`GET /urs/call/${CALL_ID}/delete`);
const terminated = (world: World): boolean =>
  world.driver.trace.some((line) => line.startsWith('interaction.terminate') && line.includes(CHAT_ID));

/** A world whose chat waits for its agent. */
async function routingWorld(changes: Parameters<typeof openWorld>[0] = {}): Promise<World> {
  const world = await openWorld(changes);
  world.driver.request('start');
  world.driver.request('connect');
  chatArrives(world.driver);
  return world;
}

describe('chat-delay: every failure', () => {
  it('FAIL_INCORRECT_CONFIG_MEDIA_TYPE: the service is configured for another medium', async () => {
    const world = await openWorld({ params: { _media_type: 'fax' } });
    const reply = world.driver.request('start');

    expect(reply).to.deep.equal({
      positive: false,
      code: '500',
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

    expect(world.driver.request('start')).to.deep.include({ positive: false, code: '400' });
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

    expect(world.driver.request('start')).to.deep.include({ positive: false, code: '500' });
    expectEnd(world, 'FAIL_LOAD_MESSAGE_FILE');
  });

  it('FAIL_LOAD_MESSAGE_FILE: the message file is no JSON object', async () => {
    const world = await openWorld({
      params: { _notification_message_file: 'http://texts.test/fr.json' },
      fetches: [['GET', /^\/fr\.json$/, { status: 200, body: ['Bonjour'] }]],
    });
    world.driver.request('start');

    expectEnd(world, 'FAIL_LOAD_MESSAGE_FILE');
  });

  it('FAIL_QUEUEING: URS is unreachable, three times', async () => {
    const world = await openWorld({ fetches: [['GET', /call\/start/, 'unreachable']] });
    const { driver } = world;
    const start = driver.ask('start');
    driver.advance(3);
    expect(driver.later(start)).to.equal(undefined);
    driver.advance(1);

    expect(driver.later(start)).to.deep.include({ positive: false, code: '503' });
    expect(driver.trace.filter((line) => line.includes('/call/start'))).to.have.length(3);
    expect(removed(world)).to.equal(false);
    expectEnd(world, 'FAIL_QUEUEING');
  });

  it('FAIL_QUEUEING: URS answers without a connection id', async () => {
    const world = await openWorld({ fetches: [['GET', /call\/start/, { status: 200, body: {} }]] });
    world.driver.ask('start');
    world.driver.advance(4);

    expectEnd(world, 'FAIL_QUEUEING');
  });

  it('FAIL_TARGET_NOT_FOUND: the threshold is not passed in time', async () => {
    const world = await openWorld({
      params: { _max_time_to_reach_eta_pos_threshold: '600' },
      queue: { pos: 40, calls: 40, ewt: 900 },
    });
    world.driver.request('start');
    world.driver.advance(600);

    expect(removed(world)).to.equal(true);
    expectEnd(world, 'FAIL_TARGET_NOT_FOUND');
  });

  it('FAIL_TARGET_NOT_FOUND: no agent takes the chat within _urs_queued_ttl', async () => {
    const world = await routingWorld({ params: { _urs_queued_ttl: '900' } });
    world.driver.advance(900);

    expect([removed(world), terminated(world)]).to.deep.equal([true, true]);
    expectEnd(world, 'FAIL_TARGET_NOT_FOUND');
  });

  it('FAIL_TARGET_NOT_FOUND: the customer confirms but never opens the chat', async () => {
    const world = await openWorld({ params: { _urs_queued_ttl: '900' } });
    world.driver.request('start');
    world.driver.request('connect');
    world.driver.advance(900);

    expect(removed(world)).to.equal(true);
    expectEnd(world, 'FAIL_TARGET_NOT_FOUND');
  });

  it('FAIL_TARGET_NOT_FOUND: the time limit passes while an agent is offered the chat, and the agent declines', async () => {
    const world = await routingWorld({ params: { _urs_queued_ttl: '900' } });
    world.driver.request('method_urs_request_route_done', ROUTE);
    world.driver.advance(900);
    expect(world.driver.configuration).to.include('redirecting');
    redirectEnds(world.driver, 'error.interaction.redirect');

    expect(terminated(world)).to.equal(true);
    expectEnd(world, 'FAIL_TARGET_NOT_FOUND');
  });

  it('FAIL_TARGET_NOT_FOUND: URS cannot be told to route', async () => {
    const world = await routingWorld({ fetches: [['GET', /invoke/, { status: 500 }]] });
    world.driver.advance(6);

    expect(world.driver.trace.filter((line) => line.includes('/invoke?'))).to.have.length(3);
    expectEnd(world, 'FAIL_TARGET_NOT_FOUND');
  });

  it('FAIL_USER_NO_CONFIRM: the customer answers none of three announcements', async () => {
    const world = await openWorld();
    world.driver.request('start');
    world.driver.advance(30 + 30 + 30 + 30 + 29);
    expect(world.driver.status).to.equal('running');
    world.driver.advance(1);

    expect(world.driver.trace.filter((line) => line.includes('notification/publish'))).to.have.length(3);
    expect(removed(world)).to.equal(true);
    expectEnd(world, 'FAIL_USER_NO_CONFIRM');
  });

  it('FAIL_INTERACTION_DELETED: the customer closes the chat before an agent has it', async () => {
    const world = await routingWorld();
    chatEnds(world.driver);

    expect([removed(world), terminated(world)]).to.deep.equal([true, false]);
    expectEnd(world, 'FAIL_INTERACTION_DELETED');
  });

  it('FAIL_INTERACTION_DELETED: a target that comes too late is refused', async () => {
    const world = await routingWorld({ fetches: [['PUT', /./, 'hold']] });
    chatEnds(world.driver);

    expect(world.driver.request('method_urs_request_route_done', ROUTE)).to.deep.equal({
      positive: false,
      code: '409',
      body: { message: 'the service has ended: FAIL_INTERACTION_DELETED' },
    });
  });

  it('FAIL_AGENT_CONNECT: the maximum number of agents did not take it', async () => {
    const world = await routingWorld({ params: { _max_transfer_to_agent_attempts: '2' } });
    for (const agent of ['kate', 'tom']) {
      expect(world.driver.request('method_urs_request_route_done', { ...ROUTE, agent })?.positive).to.equal(
        true,
      );
      redirectEnds(world.driver, 'error.interaction.redirect');
    }

    expect([removed(world), terminated(world)]).to.deep.equal([true, true]);
    expectEnd(world, 'FAIL_AGENT_CONNECT');
  });

  it('FAIL_IXN_UNKNOWN_MEDIA_TYPE: the associated interaction is no chat', async () => {
    const world = await openWorld();
    world.driver.request('start');
    world.driver.request('connect');
    chatArrives(world.driver, 'email');

    expect(terminated(world)).to.equal(true);
    expectEnd(world, 'FAIL_IXN_UNKNOWN_MEDIA_TYPE');
  });

  it('FAIL_TIMEOUT_TTL: the time to live is over', async () => {
    const world = await routingWorld({ params: { _ttl: '1000' } });
    world.driver.advance(1000);

    expect([removed(world), terminated(world)]).to.deep.equal([true, true]);
    expectEnd(world, 'FAIL_TIMEOUT_TTL');
  });

  it('FAIL_TIMEOUT_TTL: the request start never comes', async () => {
    const world = await openWorld({ params: { _ttl: '1000' } });
    world.driver.advance(1000);

    expectEnd(world, 'FAIL_TIMEOUT_TTL');
  });

  it('reports success when the time to live ends while the agent talks', async () => {
    const world = await routingWorld({ params: { _ttl: '1000' } });
    world.driver.request('method_urs_request_route_done', ROUTE);
    redirectEnds(world.driver, 'interaction.redirect.done');
    world.driver.advance(1000);

    expect([removed(world), terminated(world)]).to.deep.equal([false, false]);
    expectEnd(world, 'AGENT_CONNECTED');
  });

  it('FAIL_ERROR: an unexpected fault', async () => {
    const world = await openWorld();
    world.driver.request('start');
    world.driver.event('error.communication', { description: 'nobody there' });

    expect(removed(world)).to.equal(true);
    expectEnd(world, 'FAIL_ERROR');
  });

  it('NOT_AVAILABLE: the session is terminated from outside', async () => {
    const world = await routingWorld();
    world.driver.terminate('administrator');

    expect(reported(world.driver).at(-1)).to.equal('COMPLETED NOT_AVAILABLE');
    expect([removed(world), terminated(world)]).to.deep.equal([true, true]);
    expect(world.driver.status).to.equal('terminated');
  });
});

describe('chat-delay: cancel', () => {
  const stages: readonly (readonly [string, (world: World) => void])[] = [
    ['before start', () => {}],
    ['while URS is asked for a place', ({ driver }) => void driver.ask('start')],
    [
      'while URS is polled',
      ({ driver, queue }) => {
        Object.assign(queue, { pos: 40, ewt: 900 });
        driver.ask('start');
        driver.release(/call\/start/, { status: 200, body: { conn_id: CALL_ID } });
      },
    ],
    ['while the customer is asked', startedAnd(() => {})],
    ['in a snooze', startedAnd(({ driver }) => void driver.request('snooze'))],
    ['while the chat is awaited', startedAnd(({ driver }) => void driver.request('connect'))],
    ['while an agent is awaited', startedAnd(({ driver }) => chatArrives(driver))],
    [
      'while an agent is offered the chat',
      startedAnd(({ driver }) => {
        chatArrives(driver);
        driver.request('method_urs_request_route_done', ROUTE);
      }),
    ],
    [
      'while the agent talks',
      startedAnd(({ driver }) => {
        chatArrives(driver);
        driver.request('method_urs_request_route_done', ROUTE);
        redirectEnds(driver, 'interaction.redirect.done');
      }),
    ],
  ];

  function startedAnd(act: (world: World) => void): (world: World) => void {
    return (world) => {
      world.driver.ask('start');
      world.driver.release(/call\/start/, { status: 200, body: { conn_id: CALL_ID } });
      act(world);
    };
  }

  for (const [stage, reach] of stages) {
    it(`ends the service with CANCELLED ${stage}`, async () => {
      const world = await openWorld({ fetches: [['GET', /call\/start/, 'hold']] });
      reach(world);
      const before = world.driver.trace.length;
      const reply = world.driver.request('cancel');

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
        expect(world.driver.status).to.equal('running');
        world.driver.release(/call\/start/, { status: 200, body: { conn_id: CALL_ID } });
        expect(removed(world)).to.equal(true);
        expectEnd(world, 'CANCELLED');
        return;
      }
      const connected = stage === 'while the agent talks';
      const queued = world.driver.trace.slice(0, before).some((line) => line.includes('QUEUED'));
      expect(removed(world)).to.equal(queued && !connected);
      expectEnd(world, 'CANCELLED');
    });
  }

  it('refuses a start that waits for URS, and does not wait for URS for ever', async () => {
    const world = await openWorld({ fetches: [['GET', /call\/start/, 'hold']] });
    const start = world.driver.ask('start');
    world.driver.request('cancel');

    expect(world.driver.later(start)).to.deep.include({ positive: false, code: '409' });
    world.driver.advance(120);
    expectEnd(world, 'CANCELLED');
  });

  it('takes a cancel event, which needs no answer', async () => {
    const world = await openWorld();
    world.driver.request('start');
    world.driver.event('cancel', {});

    expect(world.driver.trace.filter((line) => line.startsWith('answer'))).to.deep.equal([
      'answer request-1',
    ]);
    expectEnd(world, 'CANCELLED');
  });

  it('refuses a second cancel', async () => {
    const world = await openWorld({ fetches: [['PUT', /./, 'hold']] });
    world.driver.request('start');
    world.driver.request('cancel');

    expect(world.driver.request('cancel')).to.deep.equal({
      positive: false,
      code: '409',
      body: { message: 'the service has ended: CANCELLED' },
    });
  });
});
