/*
 * Options of the service are start parameters, as text. readOptions converts them once into numbers, booleans and tables;
 * the rest of the document reads `_data.options`. All durations are in seconds.
 */

/** The typed form of every option which this document uses. `raw` is `_data`. */
function readOptions(raw) {
  const minPolling = Math.max(1, readNumber(raw._min_urs_ewt_pos_polling_interval, 2));
  return {
    mediaType: readText(raw._media_type).toLowerCase(),
    customerNumber: readText(raw._customer_number),
    waitForAgent: readBoolean(raw._wait_for_agent, true),
    waitForUserConfirm: readBoolean(raw._wait_for_user_confirm, false),
    provideCode: readBoolean(raw._provide_code, false),
    confirmRedirect: readBoolean(raw._ixn_redirect_confirm, true),
    retainSession: readBoolean(raw._retain_session_until_ixn_deleted, true),
    debugPush: readBoolean(raw._use_debug_push_certificate, false),
    connectAnyway: readText(raw._on_user_confirm_timeout).toUpperCase() === 'CONNECT-ANYWAY',
    estimationMethod: readText(raw._urs_ewt_estimation_method).toLowerCase(),
    thresholds: readThresholds(raw._eta_pos_threshold),
    messageFile: readText(raw._notification_message_file),
    language: readText(raw._status_notification_language),
    redirectHints: readObject(raw._ixn_redirect_hints),
    extensionData: readObject(raw._urs_extension_data),
    transferKeys: readNames(raw._urs_udata_xfer_keys),
    ttl: readNumber(raw._ttl, 86400),
    queuedTtl: readNumber(raw._urs_queued_ttl, 14400),
    ursTimeout: Math.max(1, readNumber(raw._urs_request_timeout, 100)),
    minPolling: minPolling,
    maxPolling: Math.max(minPolling, readNumber(raw._max_urs_ewt_pos_polling_interval, 30)),
    thresholdTtl: readNumber(raw._max_time_to_reach_eta_pos_threshold, 3600),
    waitWithoutPolling: readBoolean(raw._wait_without_polling, true),
    announceWithoutAgent: readBoolean(raw._announce_without_agent, false),
    announceFrom: readAnnounceFrom(raw),
    minQueueWait: readNumber(raw._min_queue_wait, 0),
    maxQueueWait: readNumber(raw._max_queue_wait, 0),
    estimateQueue: readText(raw._urs_ewt_virtual_queue) || readText(raw._urs_ewt_vq),
    reportsEvents: !['', 'false'].includes(readText(raw._enable_status_notification).toLowerCase()),
    reserveTimeout: Math.max(1, readNumber(raw._agent_reserve_timeout, 30)),
    confirmTimeout: readNumber(raw._user_confirm_timeout, 30),
    maxAsks: Math.max(1, readNumber(raw._max_number_of_user_availability_confirmation_attempts, 3)),
    askAgainAfter: readNumber(raw._agent_availability_notification_delay, 30),
    snooze: readNumber(raw._snooze_duration, 300),
    maxPublishAttempts: Math.max(1, readNumber(raw._max_notify_delivery_attempts, 3)),
    maxTransfers: Math.max(1, readNumber(raw._max_transfer_to_agent_attempts, 5)),
    transferPause: readNumber(raw._transfer_to_agent_retry_timeout, 0),
    transferConfirmTimeout: readNumber(raw._agent_transfer_confirm_timeout, 0),
    maxChatTime: readNumber(raw._max_time_to_wait_for_ixn_delete, 3600),
  };
}

/** When a customer who asked for a time may be told of an agent, in ms since epoch; 0: at any time. */
function readAnnounceFrom(raw) {
  const desired = Date.parse(readText(raw._desired_time));
  if (!Number.isFinite(desired)) return 0;
  return desired - readNumber(raw._desired_connect_time_threshold, 180) * 1000;
}
