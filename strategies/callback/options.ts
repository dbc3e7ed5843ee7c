import { dictionary } from '../../engine/ports/index.ts';
/** The format of an option's text. `target` and `thresholds` have grammars of their own. */
export type OptionType =
  | 'boolean'
  | 'integer'
  /** As integer; a negative number means the default. */
  | 'limit'
  | 'string'
  | 'names'
  | 'range'
  | 'period'
  | 'thresholds'
  | 'target'
  | 'object'
  | readonly string[];

export interface OptionRow {
  /** Category in the vendor's documentation of service options. */
  readonly category: string;
  readonly type: OptionType;
  /** A callback service without it is not valid. */
  readonly mandatory?: true;
  /** The value in the service of a new installation (a delayed chat); absent: not set there. */
  readonly initial?: string;
  /** A request never overwrites it, because it decides which document runs. */
  readonly fixed?: true;
  /** A customer may set it in a request; the vendor documents it as a parameter of requests. */
  readonly client?: true;
  /** A configured value is never replaced by the parameter of a request. */
  readonly prevails?: true;
}

/**
 * The options of a callback service that apply to chat (gms-api 4.2). All values are text, as in the
 * platform's configuration; durations are in seconds. Options without an initial value are checked when they
 * are set. A service may have other options of its own.
 */
export const CALLBACK_OPTIONS = dictionary<OptionRow>({
  // no category
  _type: { category: 'no category', type: ['ors', 'builtin'], mandatory: true, initial: 'ors', fixed: true },
  _service: { category: 'no category', type: 'string', mandatory: true, initial: 'callback', fixed: true },
  _service_type: { category: 'no category', type: ['callback'], fixed: true },
  /** Ours: names of options that the document of the service reads. */
  _document_options: { category: 'no category', type: 'names', fixed: true },
  _overwritable_options: { category: 'no category', type: 'names', fixed: true },
  // General
  _media_type: {
    category: 'General',
    type: ['chat', 'voice'],
    mandatory: true,
    initial: 'chat',
    fixed: true,
  },
  _wait_for_agent: { category: 'General', type: 'boolean', mandatory: true, initial: 'true' },
  _wait_for_user_confirm: { category: 'General', type: 'boolean', initial: 'true' },
  _ttl: { category: 'General', type: 'integer', mandatory: true, initial: '86400' },
  _customer_lookup_keys: { category: 'General', type: 'names', initial: '_customer_number', fixed: true },
  _mandatory_customer_lookup_keys: {
    category: 'General',
    type: 'names',
    initial: '_customer_number',
    fixed: true,
  },
  _user_confirm_timeout: { category: 'General', type: 'integer', initial: '30' },
  _snooze_duration: { category: 'General', type: 'integer', initial: '300' },
  _agent_transfer_confirm_timeout: { category: 'General', type: 'integer', initial: '0' },
  _max_transfer_to_agent_attempts: { category: 'General', type: 'integer', initial: '5' },
  _retain_session_until_ixn_deleted: { category: 'General', type: 'boolean', initial: 'true' },
  _max_time_to_wait_for_ixn_delete: { category: 'General', type: 'integer', initial: '3600' },
  _ixn_redirect_hints: { category: 'General', type: 'object', initial: '' },
  _ixn_redirect_confirm: { category: 'General', type: 'boolean' },
  _attach_udata: { category: 'General', type: ['separate_keys', 'single_json', 'gms_storage_id'] },
  _call_direction: { category: 'General', type: ['USERTERMINATED', 'USERORIGINATED'] },
  _business_hours_service: { category: 'General', type: 'string' },
  _desired_connect_time_threshold: { category: 'General', type: 'integer' },
  _paused_services_list: { category: 'General', type: 'string' },
  _paused_services_id: { category: 'General', type: 'string' },
  // URS Queueing
  _target: { category: 'URS Queueing', type: 'target', mandatory: true, initial: 'Billing@Stat_Server.GA' },
  _urs_virtual_queue: {
    category: 'URS Queueing',
    type: 'string',
    mandatory: true,
    initial: 'VQ_Waiting_for_agent',
    client: true,
  },
  _urs_prioritization_strategy: { category: 'URS Queueing', type: 'string', initial: 'WaitForTarget' },
  _urs_strategy_update_sub_routine: { category: 'URS Queueing', type: 'string', initial: 'SetRouteDelay' },
  _urs_queued_ttl: { category: 'URS Queueing', type: 'integer', initial: '14400' },
  // Three attempts and their pauses fit into server.requestTimeout, so that the client gets an answer when
  // URS hangs.
  _urs_request_timeout: { category: 'URS Queueing', type: 'integer', initial: '8' },
  _urs_server_url: { category: 'URS Queueing', type: 'string', initial: '', fixed: true },
  _urs_vq_priority: { category: 'URS Queueing', type: 'integer', initial: '' },
  _urs_ewt_estimation_method: {
    category: 'URS Queueing',
    type: ['urs', 'urs2', 'stat', 'ursdial'],
    initial: 'urs',
  },
  _eta_pos_threshold: { category: 'URS Queueing', type: 'thresholds', initial: '0:10,10:5,20:2,30:1,40:0' },
  _min_urs_ewt_pos_polling_interval: { category: 'URS Queueing', type: 'integer', initial: '2' },
  _max_urs_ewt_pos_polling_interval: { category: 'URS Queueing', type: 'integer', initial: '30' },
  _max_time_to_reach_eta_pos_threshold: { category: 'URS Queueing', type: 'integer', initial: '3600' },
  /** Ours. */
  _announce_without_agent: { category: 'URS Queueing', type: 'boolean' },
  _min_queue_wait: { category: 'URS Queueing', type: 'integer', initial: '0' },
  _agent_reserve_timeout: { category: 'URS Queueing', type: 'integer', initial: '30' },
  _on_route_done_delay: { category: 'URS Queueing', type: 'integer' },
  _urs_vq_priority_increment: { category: 'URS Queueing', type: 'integer' },
  _urs_vq_priority_increment_interval: { category: 'URS Queueing', type: 'integer' },
  // Notification
  _use_debug_push_certificate: { category: 'Notification', type: 'boolean', initial: 'false' },
  _provider_name: { category: 'Notification', type: 'string', initial: '' },
  _notification_message_file: { category: 'Notification', type: 'string', initial: '' },
  _agent_availability_notification_delay: { category: 'Notification', type: 'integer', initial: '30' },
  _max_notify_delivery_attempts: { category: 'Notification', type: 'integer', initial: '3' },
  _max_number_of_user_availability_confirmation_attempts: {
    category: 'Notification',
    type: 'integer',
    initial: '3',
  },
  _on_user_confirm_timeout: { category: 'Notification', type: 'string', initial: 'CONNECT-ANYWAY' },
  _enable_status_notification: { category: 'Notification', type: ['false', 'notify', 'subscribe_notify'] },
  _status_notification_target: { category: 'Notification', type: 'string' },
  _status_notification_provider: { category: 'Notification', type: 'string' },
  _callback_events_list: { category: 'Notification', type: 'string' },
  _enable_notification_reminder: { category: 'Notification', type: 'boolean' },
  _notification_reminder_buffer: { category: 'Notification', type: 'integer' },
  _status_notification_type: { category: 'Notification', type: ['httpcb', 'orscb'] },
  _client_timeout: { category: 'Notification', type: 'integer' },
  // Chat
  _chat_endpoint: { category: 'Chat', type: 'string', initial: 'Environment:default' },
  _chat_400_response_on_disconnected: { category: 'Chat', type: 'boolean', initial: 'false' },
  // Access codes
  _provide_code: { category: 'Voice UO', type: 'boolean', initial: 'false', client: true },
  // Scheduled
  _request_execution_time_buffer: { category: 'Scheduled', type: 'integer', initial: '120' },
  _request_time_bucket: { category: 'Scheduled', type: ['5', '10', '15', '20', '30', '60', '120'] },
  _max_request_by_time_bucket: { category: 'Scheduled', type: 'integer' },
  _reject_future_desired_time: { category: 'Scheduled', type: 'period' },
  _capacity_service: { category: 'Scheduled', type: 'string' },
  _request_queue_time_stat: { category: 'Scheduled', type: 'string', client: true, prevails: true },
  _max_ors_submit_attempts: { category: 'Scheduled', type: 'integer' },
  _queue_poll_period: { category: 'Scheduled', type: 'range' },
  _queue_poll_period_recovery: { category: 'Scheduled', type: 'range' },
  _queue_ping_ors_period: { category: 'Scheduled', type: 'range' },
  // Queue Management. The defaults of the platform count where a service sets none (gms-8.5.2 1.4). A new
  // installation has the values of the vendor's template; nobody dials the number of a chat.
  _enable_reject_out_of_office_hours: { category: 'Queue Management', type: 'boolean' },
  _exceptions: { category: 'Queue Management', type: 'string' },
  _default_country: { category: 'Queue Management', type: 'string', initial: 'US' },
  _disallow_impossible_phone_numbers: {
    category: 'Queue Management',
    type: 'boolean',
    initial: 'false',
  },
  _disallow_premium_phone_numbers: { category: 'Queue Management', type: 'boolean', initial: 'false' },
  _enable_in_queue_checking: {
    category: 'Queue Management',
    type: ['true', 'strict', 'false'],
    initial: 'false',
  },
  _max_queued_callbacks_per_service: { category: 'Queue Management', type: 'limit', initial: '1000' },
  _throttle_callbacks_per_service_1: { category: 'Queue Management', type: 'limit', initial: '500' },
  _throttle_callbacks_per_service_2: { category: 'Queue Management', type: 'limit', initial: '1000' },
  _throttle_ttl_1: { category: 'Queue Management', type: 'limit', initial: '300' },
  _throttle_ttl_2: { category: 'Queue Management', type: 'limit', initial: '3600' },
  _throttle_request_parameters: {
    category: 'Queue Management',
    type: 'names',
    initial: '_customer_number',
  },
  _throttle_request_parameters_limit: { category: 'Queue Management', type: 'limit', initial: '600' },
  _throttle_customer_number_limit: { category: 'Queue Management', type: 'limit' },
});

/** Options of a service as configured or merged: name to text. */
export type ServiceOptions = Readonly<Record<string, string>>;

/** Options of service.chat-delay in a new installation. */
export function initialChatDelayOptions(): ServiceOptions {
  return Object.fromEntries(
    Object.entries(CALLBACK_OPTIONS).flatMap(([name, row]) =>
      row.initial === undefined ? [] : [[name, row.initial]],
    ),
  );
}

/** Options of service.chat-immediate in a new installation. gms-api 4.1. */
export function initialChatImmediateOptions(): ServiceOptions {
  return { ...initialChatDelayOptions(), _wait_for_agent: 'false', _wait_for_user_confirm: 'false' };
}

/** The services that need no document. */
export const BUILTIN_SERVICES: readonly string[] = ['request-chat', 'office-hours', 'capacity'];

/** True for the name of a service that needs no document (option `_service` with `_type=builtin`). */
export function isBuiltin(name: string | undefined): boolean {
  return name !== undefined && BUILTIN_SERVICES.includes(name);
}

/** True for a service of the Callback Services API. gms-api 4.2, `_service`. */
export function isCallbackService(options: ServiceOptions): boolean {
  return options._type === 'ors' && (options._service === 'callback' || options._service_type === 'callback');
}

/** The properties of a request that find a callback. */
export function lookupKeysOf(options: ServiceOptions): readonly string[] {
  return [...namesIn(options._customer_lookup_keys), ...mandatoryKeysOf(options)];
}

/** The properties that a request must have. If neither option is set, the number is one (gms-8.5.2 7). */
export function mandatoryKeysOf(options: ServiceOptions): readonly string[] {
  const mandatory = namesIn(options._mandatory_customer_lookup_keys);
  const isNeitherSet = mandatory.length === 0 && namesIn(options._customer_lookup_keys).length === 0;
  return isNeitherSet ? ['_customer_number'] : mandatory;
}

/** The names in an option of type `names`. */
export function namesIn(value: string | undefined): readonly string[] {
  return (value ?? '')
    .split(',')
    .map((name) => name.trim())
    .filter((name) => name !== '');
}
