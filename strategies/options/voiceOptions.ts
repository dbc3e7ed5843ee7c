import { type OptionRows, optionsIn } from './optionRow.ts';

const noEffect = 'needs telephony';
/** The services that book access numbers have options of the same names. */
const BOOKED = 'needs telephony; it counts for the services request-interaction and request-access';

/** Options of callbacks by voice. Orsay has no telephony: they are checked, and have no effect. */
export const VOICE_OPTIONS: OptionRows = {
  ...optionsIn(
    { category: 'Voice User Terminated', media: 'voice', noEffect },
    {
      _ixn_update_data_time_to_wait: {
        type: 'integer',
        description: 'Time for an update of the user data of a call.',
      },
      _agent_disposition_timeout: {
        type: 'integer',
        default: '45',
        description: 'Seconds for the agent to answer the disposition dialog.',
      },
      _agent_first_via_rp: {
        type: 'boolean',
        default: 'false',
        since: '8.5.108.02',
        description: 'Agent first without preview: dial the agent through `_route_point`.',
      },
      _agent_first_via_tg: {
        type: 'boolean',
        default: 'false',
        since: '8.5.201.04',
        description: 'Agent first without preview: dial the agent through `_trunk_group`.',
      },
      _agent_preview: {
        type: 'boolean',
        default: 'false',
        description: 'The agent sees the callback before the number is dialled.',
      },
      _agent_preview_allow_reject: {
        type: 'integer',
        default: '0',
        description: 'How often a preview may be rejected before the callback is cancelled.',
      },
      _agent_preview_data: { type: 'string', description: 'Names of the properties in a preview.' },
      _agent_preview_set_notready_reason: {
        type: 'integer',
        since: '8.5.201.04',
        description: 'The reason code with which an agent becomes not ready.',
      },
      _agent_preview_timeout: {
        type: 'integer',
        default: '30',
        description: 'Seconds for the agent to accept or reject a preview.',
      },
      _agent_preview_timeout_set_notready: {
        type: 'boolean',
        since: '8.5.201.04',
        description: 'An agent who does not answer a preview becomes not ready.',
      },
      _agent_preview_via_rp: {
        type: 'boolean',
        default: 'false',
        description: 'Dial the agent through `_route_point` for a preview.',
      },
      _agent_reject_retry_timeout: {
        type: 'integer',
        default: '0',
        description: 'Seconds until a rejected preview is offered again.',
      },
      _call_timeguard_timeout: {
        type: 'integer',
        default: '15000',
        description: 'Milliseconds for the detection of the progress of a call.',
      },
      _calling_party_display_name: { type: 'string', description: 'The name that the called phone shows.' },
      _calling_party_number: { type: 'string', description: 'The number that the called phone shows.' },
      _cannot_dial_buffer_time: {
        type: 'integer',
        default: '0',
        description: 'Time in which a callback must not be dialled.',
      },
      _cpd_enable: {
        type: 'boolean',
        default: 'true',
        description: 'Detect whether a person, a machine or a fax answers.',
      },
      _delay_connid_attempt_loop: {
        type: 'integer',
        default: '100',
        description: 'Milliseconds between attempts to read the connection id of a call.',
      },
      _dial_retry_timeout: { type: 'integer', default: '300', description: 'Seconds between dial attempts.' },
      _disposition_userevent_mediatype: {
        type: 'integer',
        default: '0',
        description: 'Media type of the user event that opens the disposition dialog.',
      },
      _enable_disposition_dialog: {
        type: 'boolean',
        default: 'false',
        description: 'Ask the agent for the disposition of the call.',
      },
      _ixn_createcall_hints: { type: 'object', description: 'JSON object of hints for the dialled call.' },
      _ixn_createcall_timeout: {
        type: 'integer',
        default: '32',
        description: 'Seconds until a call that nobody answers has failed.',
      },
      _max_dial_attempts: { type: 'integer', default: '3', description: 'Dial attempts in all.' },
      _max_successful_customer_contacts: {
        type: 'integer',
        description: 'Calls that reached the customer, after which the callback is not dialled again.',
      },
      _plugin_on_dial_associate_ixn: {
        type: 'boolean',
        default: 'true',
        description: 'The document that dials for the service is associated with the call.',
      },
      _plugin_on_dial_invoke_on_call_failed: {
        type: 'boolean',
        default: 'true',
        description: 'Run the document of `_plugin_on_dial_url` for a failed call too.',
      },
      _plugin_on_dial_timeout: {
        type: 'integer',
        default: '20',
        description: 'Seconds for the document of `_plugin_on_dial_url`.',
      },
      _plugin_on_dial_url: { type: 'url', description: 'URL of a document that runs for each dialled call.' },
      _prefix_dial_out: { type: 'string', description: 'Digits before each dialled number.' },
      _preview_userevent_mediatype: {
        type: 'integer',
        default: '0',
        description: 'Media type of the user event that opens a preview.',
      },
      _route_point: { type: 'string', description: 'The route point that dials, as `number@switch`.' },
      _trunk_group: { type: 'string', description: 'The trunk group that dials.' },
      _userterminated_first_connect_party: {
        type: ['CUSTOMER', 'AGENT'],
        default: 'CUSTOMER',
        description: 'Who is dialled first.',
      },
      _vq_for_outbound_calls: { type: 'string', description: 'Virtual queue of dialled calls, for reports.' },
    },
  ),
  ...optionsIn(
    { category: 'Voice User Originated', media: 'voice', noEffect },
    {
      _resource_group: {
        type: 'string',
        noEffect: BOOKED,
        description: 'The pool of access numbers that customers call.',
      },
      _src_route_point: { type: 'string', description: 'The route point that customers call.' },
      _userorig_connect_limit: {
        type: 'integer',
        default: '3',
        description: 'How often a customer may call the access number of one callback.',
      },
    },
  ),
  ...optionsIn(
    { category: 'Voice Treatment', media: 'voice', noEffect },
    {
      _offer_callback: {
        type: 'boolean',
        default: 'false',
        description: 'A waiting caller is offered a callback.',
      },
      _offer_callback_vxml_app_url: { type: 'url', description: 'VoiceXML application of this offer.' },
      _treatment_call_failure_answering_machine: {
        type: 'string',
        description: 'Treatment when a machine answers.',
      },
      _treatment_customer_connect: { type: 'string', description: 'Treatment when the customer answers.' },
      _treatment_find_agent_fail: { type: 'string', description: 'Treatment when no agent is found.' },
      _treatment_waiting_for_agent: {
        type: 'string',
        description: 'Treatment while the customer waits for the agent.',
      },
    },
  ),
  ...optionsIn(
    { category: 'General', media: 'voice', noEffect },
    {
      _call_direction: {
        type: ['USERTERMINATED', 'USERORIGINATED'],
        default: 'USERORIGINATED',
        description: 'Whether the customer is called, or calls.',
      },
      _max_time_to_wait_for_agent_on_the_call: {
        type: 'integer',
        default: '3600',
        description: 'Seconds from the answer of the customer to the answer of the agent.',
      },
    },
  ),
  ...optionsIn(
    { category: 'URS Queueing', media: 'voice', noEffect },
    {
      _agent_reserve_delay_before_release: {
        type: 'integer',
        default: '0',
        since: '8.5.235',
        description: 'Milliseconds until the agent of a call that failed is released.',
      },
    },
  ),
  ...optionsIn(
    { category: 'no category', media: 'voice', noEffect },
    {
      _booking_expiration_timeout: {
        type: 'integer',
        default: '30',
        noEffect: BOOKED,
        description: 'Seconds (5 to 1800) for which an access number is booked.',
      },
      _return_pool_health: {
        type: 'boolean',
        default: 'false',
        noEffect: BOOKED,
        description: 'Replies tell how many access numbers are free.',
      },
    },
  ),
};
