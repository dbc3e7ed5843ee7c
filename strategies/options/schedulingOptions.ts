import { type OptionRows, optionsIn } from './optionRow.ts';

const POLLED = 'each scheduled callback has a task that starts it, also after an outage: nothing is polled';

/** Options that decide when a callback starts, and whether it is accepted. */
export const SCHEDULING_OPTIONS: OptionRows = {
  ...optionsIn(
    { category: 'Scheduled' },
    {
      _request_execution_time_buffer: {
        type: 'integer',
        default: '120',
        initial: '120',
        description: 'Seconds before the desired time at which the session starts.',
      },
      _request_time_bucket: {
        type: ['5', '10', '15', '20', '30', '60', '120'],
        default: '5',
        description: 'Minutes of a time slot.',
      },
      _max_request_by_time_bucket: {
        type: 'integer',
        default: '100',
        description: 'Callbacks in one time slot.',
      },
      _reject_future_desired_time: {
        type: 'period',
        default: '1M',
        description: 'How far ahead a callback may be booked: y, M, w, d, h or m.',
      },
      _capacity_service: { type: 'string', description: 'The capacity service that counts.' },
      _request_queue_time_stat: {
        type: 'string',
        client: true,
        prevails: true,
        description: 'The statistic of the expected wait, as `statistic;type;object;tenant`.',
      },
      _request_ewt_service: {
        type: 'string',
        description:
          'The urs-stat service whose queue tells the expected wait, without `_request_queue_time_stat`.',
      },
      _max_ors_submit_attempts: {
        type: 'integer',
        default: '3',
        description: 'Attempts to start the session of a scheduled callback.',
      },
      _queue_poll_period: {
        type: 'range',
        default: '-120,120',
        noEffect: POLLED,
        description: 'Minutes around now whose scheduled callbacks are started.',
      },
      _queue_poll_period_recovery: {
        type: 'range',
        default: '-1440,-120',
        noEffect: POLLED,
        description: 'Minutes around now whose callbacks are started after an outage.',
      },
      _queue_ping_ors_period: {
        type: 'range',
        default: '-120,-2',
        noEffect: 'sessions are stored with their callbacks: none is lost',
        description: 'Minutes around now whose sessions are checked.',
      },
    },
  ),
  // The defaults of the platform count where a service sets none (gms-8.5.2 1.4). A new installation has the
  // values of the vendor's template; nobody dials the number of a chat.
  ...optionsIn(
    { category: 'Queue Management' },
    {
      _enable_reject_out_of_office_hours: {
        type: 'boolean',
        default: 'false',
        since: '8.5.200',
        description: 'Outside the opening hours, immediate callbacks are refused too.',
      },
      _exceptions: { type: 'string', description: 'Groups of patterns of numbers that are refused.' },
      _default_country: {
        type: 'string',
        initial: 'US',
        description: 'ISO 3166 code for the checks of numbers.',
      },
      _disallow_impossible_phone_numbers: {
        type: 'boolean',
        default: 'true',
        initial: 'false',
        description: 'Refuse numbers that cannot exist.',
      },
      _disallow_premium_phone_numbers: {
        type: 'boolean',
        default: 'true',
        initial: 'false',
        since: '8.5.107.19',
        description: 'Refuse premium numbers.',
      },
      _enable_in_queue_checking: {
        type: ['true', 'strict', 'false'],
        default: 'true',
        initial: 'false',
        since: '8.5.109.05',
        description: '`true`: two open callbacks of one customer, `strict`: one, `false`: any number.',
      },
      _max_queued_callbacks_per_service: {
        type: 'limit',
        default: '1000',
        initial: '1000',
        description: 'Immediate callbacks that wait at once.',
      },
      _throttle_callbacks_per_service_1: {
        type: 'limit',
        default: '500',
        initial: '500',
        description: 'Immediate callbacks within `_throttle_ttl_1`.',
      },
      _throttle_callbacks_per_service_2: {
        type: 'limit',
        default: '1000',
        initial: '1000',
        description: 'Immediate callbacks within `_throttle_ttl_2`.',
      },
      _throttle_ttl_1: {
        type: 'limit',
        default: '300',
        initial: '300',
        description: 'Seconds; 0: no limit.',
      },
      _throttle_ttl_2: {
        type: 'limit',
        default: '3600',
        initial: '3600',
        description: 'Seconds; 0: no limit.',
      },
      _throttle_request_parameters: {
        type: 'names',
        default: '_customer_number',
        initial: '_customer_number',
        since: '8.5.110',
        description: 'Parameters and headers whose values are counted for a day.',
      },
      _throttle_request_parameters_limit: {
        type: 'limit',
        default: '6',
        initial: '600',
        since: '8.5.110',
        description: 'Immediate callbacks with one value of them in a day.',
      },
      _throttle_customer_number_limit: {
        type: 'limit',
        until: '8.5.110',
        description: 'The earlier name of `_throttle_request_parameters_limit`.',
      },
    },
  ),
};
