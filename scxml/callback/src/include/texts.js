/*
 * The texts that the customer reads. `_notification_message_file` names a file that replaces any of these: JSON
 * {key: text}, or a localization file in XML, whose messages have these keys as their ids. {time}, and $time in XML, is
 * replaced by a duration in words.
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

/**
 * The default texts, replaced by those of the message file in this language; undefined when the file is neither a JSON
 * object nor a localization file.
 */
function textsFrom(content, language) {
  const given = /^\s*</.test(content) ? textsOfXml(content, language) : parseJson(content);
  if (given === null || typeof given !== 'object' || Array.isArray(given)) return undefined;
  const texts = defaultTexts();
  Object.keys(texts).forEach((key) => {
    if (typeof given[key] === 'string') texts[key] = given[key];
  });
  return texts;
}

/**
 * The texts of a localization file by the ids of its messages: in this language, or in the same language of another
 * country, or in the first one. Undefined: it is no localization file.
 */
function textsOfXml(content, language) {
  const xml = content.replace(/<!--[\s\S]*?-->/g, '');
  if (!/<messages(?:\s[^>]*)?>[\s\S]*<\/messages>\s*$/.test(xml)) return undefined;
  const texts = {};
  partsOf(xml, 'message', 'id').forEach((message) => {
    const locales = partsOf(message.content, 'locale', 'language');
    const wanted = languageOf(language);
    const family = (name) => languageOf(name).split('_')[0];
    const locale =
      locales.find(({ name }) => languageOf(name) === wanted) ||
      locales.find(({ name }) => languageOf(name) === family(language)) ||
      locales.find(({ name }) => family(name) === family(language)) ||
      locales[0];
    const entry = locale && partsOf(locale.content, 'entry', 'key').find(({ name }) => name === 'text');
    if (entry) texts[message.name] = textOfXml(entry.content).replace(/\$time\b/g, '{time}');
  });
  return texts;
}

function languageOf(name) {
  return name.toLowerCase().replace('-', '_');
}

/** The elements of a name, each with the value of an attribute and its content. They do not nest in each other. */
function partsOf(xml, element, attribute) {
  const found = [...xml.matchAll(new RegExp(`<${element}\\s([^>]*)>([\\s\\S]*?)</${element}\\s*>`, 'g'))];
  return found.map((part) => {
    const value = new RegExp(`\\b${attribute}\\s*=\\s*(?:"([^"]*)"|'([^']*)')`).exec(part[1]);
    return { name: value === null ? '' : value[1] || value[2] || '', content: part[2] };
  });
}

/** Character data as text: entities, CDATA sections and the \\uXXXX of localization files are replaced. */
function textOfXml(content) {
  const entities = { lt: '<', gt: '>', amp: '&', quot: '"', apos: "'" };
  const decode = (text) =>
    text.replace(/&(?:#x([0-9a-f]+)|#(\d+)|(\w+));/gi, (written, hex, digits, name) => {
      if (name) return entities[name] || written;
      return String.fromCodePoint(hex ? Number.parseInt(hex, 16) : Number(digits));
    });
  const pieces = content.split(/<!\[CDATA\[([\s\S]*?)\]\]>/);
  return pieces
    .map((piece, index) => (index % 2 === 1 ? piece : decode(piece)))
    .join('')
    .replace(/\\u([0-9a-f]{4})/gi, (_, hex) => String.fromCharCode(Number.parseInt(hex, 16)))
    .trim();
}

/** Arguments of texts: $customer.lastname. */
function argumentPattern() {
  return /\$([A-Za-z_]\w*(?:\.[A-Za-z_]\w*)*)/g;
}

/** True when a text has an argument that user data may have: names of parameters begin with an underscore. */
function needUserData(texts, transferKeys) {
  return (
    transferKeys.length > 0 ||
    Object.values(texts).some((text) =>
      [...text.matchAll(argumentPattern())].some((found) => !found[1].startsWith('_')),
    )
  );
}

/** The values of _urs_udata_xfer_keys that the service has, from its user data or its parameters. */
function transferredData(keys, raw, userData) {
  const values = readObject(userData);
  const found = {};
  keys.forEach((key) => {
    const value = values[key] !== undefined ? values[key] : key.startsWith('_') ? raw[key] : undefined;
    if (value !== undefined) found[key] = typeof value === 'object' ? JSON.stringify(value) : value;
  });
  return found;
}

/** The texts with the values of user data and parameters. An argument without a value becomes nothing. */
function withArguments(texts, raw, userData) {
  const values = readObject(userData);
  const filled = {};
  Object.keys(texts).forEach((key) => {
    filled[key] = texts[key].replace(argumentPattern(), (_, path) =>
      path.startsWith('_') ? readText(raw[path]) : readText(argumentValue(values, path)),
    );
  });
  return filled;
}

/** The value of a key of that name, or a member of a value that is an object or its JSON text. */
function argumentValue(values, path) {
  if (values[path] !== undefined) return values[path];
  const names = path.split('.');
  const value = names.reduce((at, name) => readObject(at)[name], values);
  return value !== null && typeof value === 'object' ? '' : value;
}

function userDataUrl(raw) {
  return `${raw._gms_url}/1/storage/${raw._data_id}`;
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
