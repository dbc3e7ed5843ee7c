import { type OptionRows, optionsIn } from './optionRow.ts';

/** Options without a category, and those of the category General. */
export const GENERAL_OPTIONS: OptionRows = {
  ...optionsIn(
    { category: 'no category' },
    {
      _type: {
        type: ['ors', 'builtin'],
        mandatory: true,
        initial: 'ors',
        fixed: true,
        description: 'Whether a document serves the callback.',
      },
      _service: {
        type: 'string',
        mandatory: true,
        initial: 'callback',
        fixed: true,
        description: 'The template of the service, or the URL of its document.',
      },
      _service_type: {
        type: ['callback'],
        fixed: true,
        description: '`callback`: a document of another template or URL serves callbacks.',
      },
      _document_options: {
        type: 'names',
        own: true,
        fixed: true,
        description: 'Names of options that the document of the service reads.',
      },
      _overwritable_options: {
        type: 'names',
        fixed: true,
        description: 'The options that requests of customers may set.',
      },
      _redirect: {
        type: 'string',
        description: 'The service that serves the requests for this one, and gives the reply.',
      },
      _ors: {
        type: 'urls',
        noEffect: 'sessions run in this server',
        description: 'URLs of the orchestration servers that run the session.',
      },
      _ors_lb_strategy: {
        type: ['circular', 'linear'],
        default: 'circular',
        noEffect: 'sessions run in this server',
        description: 'The order in which these are used.',
      },
    },
  ),
  ...optionsIn(
    { category: 'General' },
    {
      _media_type: {
        type: ['chat', 'voice'],
        mandatory: true,
        initial: 'chat',
        fixed: true,
        description: 'The medium. A callback by voice is refused at create.',
      },
      _wait_for_agent: {
        type: 'boolean',
        mandatory: true,
        default: 'false',
        initial: 'true',
        description: '`true`: the customer waits until an agent is nearly free.',
      },
      _wait_for_user_confirm: {
        type: 'boolean',
        default: 'false',
        initial: 'true',
        description: '`true`: the customer confirms before they are connected; needs `_wait_for_agent`.',
      },
      _ttl: {
        type: 'integer',
        mandatory: true,
        default: '86400',
        initial: '86400',
        description: 'Seconds after the desired time for which the callback is kept.',
      },
      _cell: {
        type: 'string',
        fixed: true,
        own: true,
        description:
          'Name of the cell that makes the callbacks; absent: that of the server which gets the request.',
      },
      _provide_code: {
        type: 'boolean',
        default: 'false',
        initial: 'false',
        client: true,
        description: 'The customer needs an access code.',
      },
      _customer_lookup_keys: {
        type: 'names',
        default: '_customer_number',
        initial: '_customer_number',
        fixed: true,
        description: 'Properties that find a callback.',
      },
      _mandatory_customer_lookup_keys: {
        type: 'names',
        default: '_customer_number',
        initial: '_customer_number',
        fixed: true,
        description: 'Properties that each create must have.',
      },
      _user_confirm_timeout: {
        type: 'integer',
        default: '30',
        initial: '30',
        media: 'chat',
        description: 'Seconds for the customer to confirm.',
      },
      _snooze_duration: {
        type: 'integer',
        default: '300',
        initial: '300',
        media: 'chat',
        description: 'Seconds until the customer is asked again.',
      },
      _agent_transfer_confirm_timeout: {
        type: 'integer',
        default: '0',
        initial: '0',
        description: 'Over 0: seconds after which a redirect without a result counts as done.',
      },
      _max_transfer_to_agent_attempts: {
        type: 'integer',
        default: '5',
        initial: '5',
        description: 'Redirects to agents in all.',
      },
      _transfer_to_agent_retry_timeout: {
        type: 'integer',
        until: '8.5.110',
        description: 'Seconds between these redirects.',
      },
      _retain_session_until_ixn_deleted: {
        type: 'boolean',
        default: 'true',
        initial: 'true',
        description: 'The state PROCESSING lasts as long as the interaction.',
      },
      _max_time_to_wait_for_ixn_delete: {
        type: 'integer',
        default: '3600',
        initial: '3600',
        description: 'Seconds that it lasts at most.',
      },
      _ixn_redirect_hints: {
        type: 'object',
        initial: '',
        description: 'JSON object of hints for a redirect.',
      },
      _ixn_redirect_confirm: {
        type: 'boolean',
        default: 'true',
        description: 'Wait for the result of a redirect.',
      },
      _attach_udata: {
        type: ['separate_keys', 'single_json', 'gms_storage_id'],
        default: 'separate_keys',
        description: 'How the properties of the callback become user data of the interaction.',
      },
      _business_hours_service: { type: 'string', description: 'The office-hours service that counts.' },
      _desired_connect_time_threshold: {
        type: 'integer',
        default: '180',
        media: 'chat',
        description: 'Seconds before the desired time from which the customer is told of an agent.',
      },
      _paused_services_list: {
        type: 'string',
        description: 'The list of paused services.',
      },
      _paused_services_id: {
        type: 'string',
        description: 'The key of this service in that list; its name without a value.',
      },
    },
  ),
};
