/*
 * The texts that the customer reads. `_notification_message_file` names a JSON file {key: text} that replaces any of these.
 * {time} is replaced by a duration in words.
 */
function defaultTexts() {
  return {
    wait_for_agent: 'We will notify you when agent is available',
    ok: 'Ok',
    agent_available_push: 'Agent is available. Waiting for your confirmation.',
    agent_available: 'Agent is available right now',
    are_you_ready: 'Are you ready?',
    ready_now: "Yes, I'm ready to talk",
    ready_later: 'No, try again in {time}',
    ready_never: 'Cancel, my problem has been solved',
    tones: 'You will hear tones immediately after call is connected. This is normal.',
    start_chat: 'Start Chat',
    connecting: 'Connecting ...',
    call_shortly: 'You will receive the call shortly',
    snoozed: 'We will try again in {time}',
    cancelled: 'Your request has been cancelled',
    no_agent: 'no agent is available',
    chat_over: 'the request is over',
  };
}

/** Why the service ends a chat, as the customer reads it in the transcript. */
function endOfChat(reason, texts) {
  return /^FAIL_(TARGET_NOT_FOUND|AGENT_CONNECT|QUEUEING)$/.test(reason) ? texts.no_agent : texts.chat_over;
}

/** The default texts, replaced by those of the message file; undefined when the file is not a JSON object. */
function textsFrom(content) {
  const given = parseJson(content);
  if (given === null || typeof given !== 'object' || Array.isArray(given)) return undefined;
  const texts = defaultTexts();
  Object.keys(texts).forEach((key) => {
    if (typeof given[key] === 'string') texts[key] = given[key];
  });
  return texts;
}

/** URL of the message file: an absolute URL, or a path within the callback template. */
function messageFileUrl(file, gmsUrl) {
  if (/^https?:/i.test(file)) return file;
  return `${gmsUrl}/1/document/service_template/callback/${file.replace(/^\/+/, '')}`;
}

/** "5 minutes", "1 minute", "30 seconds". */
function durationInWords(seconds) {
  const inMinutes = seconds >= 60;
  const count = inMinutes ? Math.round(seconds / 60) : seconds;
  const unit = inMinutes ? 'minute' : 'second';
  return `${count} ${unit}${count === 1 ? '' : 's'}`;
}
