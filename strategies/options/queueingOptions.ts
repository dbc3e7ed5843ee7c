import { type OptionRows, optionsIn } from './optionRow.ts';

/** Options of the wait for an agent. */
export const QUEUEING_OPTIONS: OptionRows = optionsIn(
  { category: 'URS Queueing' },
  {
    _target: {
      type: 'target',
      mandatory: true,
      initial: 'Billing@Stat_Server.GA',
      description: 'The agents: `name@StatServer.type`, a skill expression, or a JSON array of targets.',
    },
    _urs_virtual_queue: {
      type: 'string',
      mandatory: true,
      initial: 'VQ_Waiting_for_agent',
      client: true,
      description: 'The virtual queue in which the customer waits.',
    },
    _urs_prioritization_strategy: {
      type: 'string',
      default: 'WaitForTarget',
      initial: 'WaitForTarget',
      description: 'The strategy that waits for an agent.',
    },
    _urs_strategy_update_sub_routine: {
      type: 'string',
      default: 'SetRouteDelay',
      initial: 'SetRouteDelay',
      description: 'The sub-routine that makes a call ready for its agent.',
    },
    _urs_queued_ttl: {
      type: 'integer',
      default: '14400',
      initial: '14400',
      description: 'Seconds of waiting in all.',
    },
    // Three attempts and their pauses fit into server.requestTimeout, so that the client gets an answer when
    // URS hangs.
    _urs_request_timeout: {
      type: 'integer',
      default: '100',
      initial: '8',
      description: 'Seconds for a request to URS.',
    },
    _urs_server_url: {
      type: 'url',
      initial: '',
      fixed: true,
      until: '8.5.110',
      description: 'The URS of this service, when it is not this server.',
    },
    _urs_sec_server_url: {
      type: 'url',
      fixed: true,
      until: '8.5.110',
      description: 'The URS that gets the next request for the call when one to the first fails.',
    },
    _urs_vq_priority: { type: 'integer', initial: '', description: 'The priority in the virtual queue.' },
    _urs_vq_priority_increment: { type: 'integer', description: 'What the priority grows by.' },
    _urs_vq_priority_increment_interval: {
      type: 'integer',
      description: 'Seconds after which the priority grows.',
    },
    _urs_call_interaction_age: {
      type: 'string',
      noEffect:
        'a call keeps its age, since its session is stored and never submitted again; the vendor does not document the unit of a given age',
      description: 'The age of the call for URS.',
    },
    _urs_extension_data: {
      type: 'object',
      description: 'JSON object of more parameters for the call in URS.',
    },
    _urs_udata_xfer_keys: {
      type: 'names',
      description: 'Keys of user data and properties that URS gets with the call.',
    },
    _urs_ewt_estimation_method: {
      type: ['orsay', 'urs', 'urs2', 'stat', 'ursdial'],
      description:
        'How the expected wait is estimated; absent: as `routing.estimateMethod` says. `ursdial`: no threshold is awaited.',
    },
    _urs_ewt_vq: {
      type: 'string',
      since: '8.5.205.01',
      until: '8.5.223.01',
      description: 'The earlier name of `_urs_ewt_virtual_queue`.',
    },
    _urs_ewt_virtual_queue: {
      type: 'string',
      since: '8.5.223.01',
      description: 'The virtual queue whose expected wait counts, instead of that of `_urs_virtual_queue`.',
    },
    _eta_pos_threshold: {
      type: 'thresholds',
      default: '0:10,10:5,20:2,30:1,40:0',
      initial: '0:10,10:5,20:2,30:1,40:0',
      media: 'chat',
      description: 'Expected wait and position at which an agent is nearly free.',
    },
    _min_urs_ewt_pos_polling_interval: {
      type: 'integer',
      default: '2',
      initial: '2',
      description: 'Seconds between questions about the position, at least.',
    },
    _max_urs_ewt_pos_polling_interval: {
      type: 'integer',
      default: '30',
      initial: '30',
      description: 'Seconds between questions about the position, at most.',
    },
    _max_time_to_reach_eta_pos_threshold: {
      type: 'integer',
      default: '3600',
      initial: '3600',
      description: 'Seconds until an agent must be nearly free.',
    },
    _announce_without_agent: {
      type: 'boolean',
      own: true,
      default: 'false',
      media: 'chat',
      description: 'Tell the customer that an agent is available although none is logged in.',
    },
    _wait_without_polling: {
      type: 'boolean',
      own: true,
      default: 'true',
      media: 'chat',
      description:
        'While a customer is far from an agent, the session waits until it is told of the position, and does not poll.',
    },
    _min_queue_wait: {
      type: 'integer',
      default: '0',
      initial: '0',
      description: 'Seconds of waiting before an agent counts as nearly free.',
    },
    _max_queue_wait: {
      type: 'integer',
      default: '0',
      description:
        'Over 0, with `ursdial`: seconds of waiting after which no agent must be logged in to tell the customer.',
    },
    _agent_reserve_timeout: {
      type: 'integer',
      default: '30',
      initial: '30',
      description: 'Seconds for which an agent is reserved.',
    },
    _on_route_done_delay: {
      type: 'integer',
      default: '0',
      noEffect: 'the vendor does not document what it delays',
      description: 'A delay after a route is done.',
    },
  },
);
