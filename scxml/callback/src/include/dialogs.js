/*
 * Dialogs for the customer's app. `service` is {id, gmsUrl, user}; `texts` is in the form of texts.js.
 * Shapes: gms-api 6.2.
 */

/** The service and customer of the dialogs. `raw` is `_data`. */
function serviceOf(raw) {
  return {
    id: raw._service_id,
    gmsUrl: raw._gms_url,
    user: readText(raw._gms_user) || readText(raw._device_notification_id),
  };
}

function confirmationDialog(service, text, texts) {
  return {
    _dialog_id: '0',
    _action: 'ConfirmationDialog',
    _text: text,
    _ok_title: texts.ok,
    _id: service.id,
  };
}

/** Reply to `start`, and so to the creation of the service: wait for the agent, or chat at once. */
function startReply(service, texts, options) {
  if (!options.waitForAgent) return startChatDialog(service, texts);
  return confirmationDialog(service, texts.wait_for_agent, texts);
}

function startChatDialog(service, texts) {
  return {
    _dialog_id: '1',
    _action: 'StartChat',
    _label: texts.start_chat,
    _start_chat_url: `${service.gmsUrl}/1/service/${service.id}/ixn/chat`,
    _comet_url: `${service.gmsUrl}/cometd`,
    _user_header: service.user,
    _id_to_jump_before: 'exit://',
    _chat_parameters: { subject: 'None' },
    _id: service.id,
  };
}

/** A chat has no number to dial; the two fields have the values of the reference. */
function dialNumberDialog(service, texts) {
  return {
    _dialog_id: '0',
    _label: texts.connecting,
    _action: 'DialNumber',
    _tel_url: 'n/a',
    _access_code: 'n/a',
    _id: service.id,
  };
}

/**
 * "Agent is available": connect, snooze or cancel. `choice` is {snooze: seconds, expires: ms, provideCode}.
 */
function userConfirmationDialog(service, texts, choice) {
  const base = `${service.gmsUrl}/1/service/${service.id}`;
  const later = texts.ready_later.replace('{time}', durationInWords(choice.snooze));
  const connect = menuItem('1', texts.ready_now, `${base}/connect`);
  if (choice.provideCode) {
    connect._confirmation_dialog = { _text: texts.tones, _dialog_type: 'Notification', _dismiss_timeout: 2 };
  }
  return {
    _dialog_id: '0',
    _label: texts.agent_available,
    _user_action_url: `${base}/not-used`,
    _method: 'POST',
    _action: 'DisplayMenu',
    _expires: new Date(choice.expires).toISOString(),
    _resource_url: `${base}/get-dialog-user-confirmation`,
    _content: [
      {
        _group_name: texts.are_you_ready,
        _group_content: [
          connect,
          menuItem('2', later, `${base}/snooze`),
          menuItem('3', texts.ready_never, `${base}/cancel`),
        ],
      },
    ],
  };
}

function confirmationChoice(options, provideCode) {
  return {
    snooze: options.snooze,
    expires: Date.now() + options.confirmTimeout * 1000,
    provideCode: provideCode,
  };
}

function menuItem(id, label, url) {
  return {
    _dialog_id: id,
    _label: label,
    _action: 'MenuItem',
    _user_action_url: url,
    _method: 'POST',
    _id_to_jump_before: 'exit://',
  };
}
