/* What goes to GMS' notification/publish, and what waits for those who poll. */

/**
 * The customer's device {deviceId, type}, or undefined. A comet client is identified by its gms_user alone.
 */
function deviceOf(raw) {
  const type = readText(raw._device_os).toLowerCase();
  const id = readText(raw._device_notification_id) || (type === 'comet' ? readText(raw._gms_user) : '');
  return type !== '' && id !== '' ? { deviceId: id, type: type } : undefined;
}

/** Body of notification/publish. `push` is {tag, message: object, alert, debug, provider, device}. */
function publishBody(push) {
  const details = {
    properties: { 'apple.alertMessage.body': push.alert, debug: push.debug ? 'true' : 'false' },
  };
  if (push.device) {
    details.deviceId = push.device.deviceId;
    details.type = push.device.type;
  }
  const body = { message: JSON.stringify(push.message), notificationDetails: details, tag: push.tag };
  if (push.provider) body.providerName = push.provider;
  return body;
}

/** "Agent is available": names the dialog that the app fetches next. */
function agentAvailableBody(raw, options, texts) {
  const action = options.waitForUserConfirm
    ? `get-dialog-user-confirmation-provide_code-${options.provideCode}`
    : 'get-dialog-start-chat';
  return publishBody({
    tag: `service.agentavailable.${raw._service_id}`,
    message: { _id: raw._service_id, _action: action },
    alert: texts.agent_available_push,
    debug: options.debugPush,
    provider: readText(raw._provider_name),
    device: deviceOf(raw),
  });
}

/** A message of the agent for the customer. The tag is ours: none is documented. */
function internalNotificationBody(raw, options, notification) {
  return publishBody({
    tag: `service.internalnotification.${raw._service_id}`,
    message: notification,
    alert: notification._display_message,
    debug: options.debugPush,
    provider: readText(raw._provider_name),
    device: deviceOf(raw),
  });
}

/** From the agent to the customer. `_application_message` of the request becomes `_internal_message`. */
function customerNotification(serviceId, request) {
  return {
    _internal_message: readText(request._application_message),
    _id: serviceId,
    _display_message: readText(request._display_message),
  };
}

/**
 * From the customer to the agent's desktop, which polls. The message is text, with ", " between its members.
 */
function agentNotification(serviceId, request) {
  const members = [
    `"_id":${JSON.stringify(serviceId)}`,
    `"_internal_message":${JSON.stringify(readText(request._application_message))}`,
    `"_display_message":${JSON.stringify(readText(request._display_message))}`,
  ];
  return { message: `{${members.join(', ')}}`, tag: `agent.message.${serviceId}` };
}

function publishUrl(raw) {
  return `${raw._gms_url}/1/notification/publish`;
}

/** GMS identifies a comet client by this header (gms-api 8.1). */
function publishHeaders(raw) {
  const user = readText(raw._gms_user);
  return user === '' ? {} : { gms_user: user };
}

/** True while one more unread notification can be kept. */
function hasRoom(inbox, raw) {
  return inbox.length < raw.limits.unreadNotifications;
}

/** A push that fails is kept as unread, so pushes that are not finished count too. */
function canPush(raw) {
  return raw.customerInbox.length + Object.keys(raw.pushes).length < raw.limits.unreadNotifications;
}

function isPushReply(event, raw) {
  return Boolean(event.data) && raw.pushes[event.data.requestid] !== undefined;
}
