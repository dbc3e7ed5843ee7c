import type { Json } from '../../engine/ports/index.ts';
import { URS_FUNCTIONS } from '../../strategies/routing/index.ts';

interface Method {
  readonly name: string;
  readonly url: string;
  /** Each parameter with its meaning. */
  readonly parameters: Readonly<Record<string, string>>;
  readonly reply: Json;
}

const POSITION = { time: 1380769087, wt: 0, calls: 1, pos: 1, wpos: 1, hit: 0 };

/** The parameters and replies of the URS web API, as its requests `help` return them. urs-routing 1. */
export const URS_HELP: { readonly methods: readonly (Method & { readonly [field: string]: Json })[] } = {
  methods: [
    {
      name: 'start',
      url: 'GET /urs/call/start',
      parameters: {
        VQ_TARGET: 'targets, mandatory',
        tenant: 'Environment is the default',
        strategy:
          'WaitForTarget, LastAgentFirst, or a name in routing.strategies; WaitForTarget is the default',
        VQ: 'virtual queue; absent: one for each target',
        SESSION: 'URL of the session that is told when an agent is reserved',
        SERVICE_ID: 'id of a service',
        MEDIA: 'chat is the default',
        PRIORITY: 'a number',
        PRIORITY_INCREMENT: 'a number',
        PRIORITY_INCREMENT_INTERVAL: 'seconds',
        AGENT_RESERVE_TIMEOUT: 'seconds',
        TELL_POSITION: 'position at which the session gets queue.position.reached; the reply repeats it',
        TELL_QUEUE:
          'orsay, urs, urs2, stat or default: the reply has lvq, as lvq with this aqt shows the call',
        '*': 'any other parameter is kept with the call',
      },
      reply: { conn_id: '0123456789abcdef' },
    },
    {
      name: 'lvq',
      url: 'GET /urs/call/{connid|@interaction|max}/lvq[/{vq}]',
      parameters: {
        name: 'virtual queue, or a group of routing.queueGroups with .GQ',
        tenant: 'that of the call is the default',
        aqt: 'orsay, urs, urs2 or stat; routing.estimateMethod is the default',
        estimates: 'true: the reply has ewt_p50, ewt_p90 and ewt_rough too',
      },
      reply: POSITION,
    },
    {
      name: 'invoke',
      url: 'GET /urs/call/{connid}/invoke',
      parameters: {
        strategy: 'SetRouteDelay, or its name in routing.strategies',
        DELAY: 'seconds, or infinite',
      },
      reply: {},
    },
    {
      name: 'query',
      url: 'GET /urs/call/{connid|@interaction}/query',
      parameters: {},
      reply: { conn_id: '0123456789abcdef', state: 'held', vq: 'VQ_Waiting_for_agent' },
    },
    {
      name: 'func',
      url: 'GET /urs/call/{connid|@interaction}/func',
      parameters: {
        name: URS_FUNCTIONS.join(', '),
        params: 'JSON array',
        sync: 'always in effect',
      },
      reply: { result: 1 },
    },
    { name: 'delete', url: 'GET /urs/call/{connid}/delete', parameters: {}, reply: {} },
  ],
};
