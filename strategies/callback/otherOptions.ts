/**
 * Documented options of callback services (gms-api 4.2) that have no effect here yet: those of voice, and
 * parts that this server does not have. Their values are not checked.
 */
export const OTHER_OPTIONS: ReadonlySet<string> = new Set(
  `
  _agent_disposition_timeout _agent_first_via_rp _agent_first_via_tg _agent_preview
  _agent_preview_allow_reject _agent_preview_data _agent_preview_timeout _agent_preview_via_rp
  _agent_reject_retry_timeout _agent_reserve_delay_before_release _agent_timeout_notification_message
  _booking_expiration_timeout _call_timeguard_timeout 
  _calling_party_display_name _calling_party_number _cannot_dial_buffer_time
  _cb_dim_channel _client_timeout_notification _client_timeout_notification_message _cpd_enable
  _delay_connid_attempt_loop _dial_retry_timeout _disposition_userevent_mediatype
  _enable_disposition_dialog 
  _filtering_chat_events _ixn_createcall_hints _ixn_createcall_timeout
  _ixn_update_data_time_to_wait _max_dial_attempts _max_queue_wait _max_successful_customer_contacts
  _max_time_to_wait_for_agent_on_the_call _offer_callback
  _offer_callback_vxml_app_url _ors _ors_lb_strategy _redirect 
  _plugin_on_dial_associate_ixn _plugin_on_dial_invoke_on_call_failed _plugin_on_dial_timeout
  _plugin_on_dial_url _prefix_dial_out _preview_userevent_mediatype
  _rep_userevent_dn _rep_userevent_enable _rep_userevent_mediatype
  _rep_userevent_switch _reporting_aggregator_url _request_ewt_service
  _resource_group _return_pool_health _route_point _src_route_point _status_notification_debug
  _status_notification_language 
  _transfer_to_agent_retry_timeout
  _treatment_call_failure_answering_machine _treatment_customer_connect _treatment_find_agent_fail
  _treatment_waiting_for_agent _trunk_group _urs_call_interaction_age _urs_ewt_virtual_queue
  _urs_ewt_vq _urs_extension_data _urs_sec_server_url _urs_udata_xfer_keys _use_reporting_aggregator
  _userorig_connect_limit _userterminated_first_connect_party _vq_for_outbound_calls
  `
    .trim()
    .split(/\s+/),
);
