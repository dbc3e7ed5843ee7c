/* URLs of URS' web API as the service uses it, and the target that it selects. */

/** Query string of the members that have a value. */
function queryOf(parameters) {
  return Object.keys(parameters)
    .filter((name) => readText(parameters[name]) !== '')
    .map((name) => `${encodeURIComponent(name)}=${encodeURIComponent(String(parameters[name]))}`)
    .join('&');
}

/** Puts a virtual interaction for this service into the virtual queue. `raw` is `_data`. */
function startCallUrl(raw, options, sessionId) {
  // Other data never replaces a parameter of URS.
  const query = queryOf({
    ...options.extensionData,
    ...raw.callData,
    tenant: raw._tenant,
    strategy: raw._urs_prioritization_strategy,
    VQ_TARGET: raw._target,
    VQ: raw._urs_virtual_queue,
    SESSION: `${raw._ors_url}/scxml/session/${sessionId}`,
    PRIORITY: raw._urs_vq_priority,
    PRIORITY_INCREMENT: raw._urs_vq_priority_increment,
    PRIORITY_INCREMENT_INTERVAL: raw._urs_vq_priority_increment_interval,
    AGENT_RESERVE_TIMEOUT: options.reserveTimeout,
    TELL_POSITION: positionOfInterest(options),
    TELL_QUEUE: positionOfInterest(options) === '' ? '' : methodOf(options) || 'default',
    SERVICE_ID: raw._service_id,
  });
  return `${raw._urs_url}/urs/call/start?${query}`;
}

/** The next request for the call, and those after it, go to the other URS (_urs_sec_server_url), if there is one. */
function useOtherUrs(raw) {
  const other = readText(raw._urs_sec_server_url).replace(/\/+$/, '');
  if (other === '') return;
  raw._urs_sec_server_url = raw._urs_url;
  raw._urs_url = other;
  raw.tellPosition = 0;
}

/** The connection id of the reply to call/start; '' when there is none. */
function connectionIdOf(content) {
  const reply = parseJson(content);
  return reply !== null && typeof reply === 'object' ? readText(reply.conn_id) : '';
}

/** The position of which this server will tell the session; 0: it will not, as no other URS does. */
function tellPositionOf(content) {
  const reply = parseJson(content);
  return reply !== null && typeof reply === 'object' ? readNumber(reply.tell_position, 0) : 0;
}

/** As readQueue, for the position in the reply to call/start; null: it has none, as that of another URS. */
function queueInStart(content) {
  const reply = parseJson(content);
  if (reply === null || typeof reply !== 'object' || !reply.lvq) return null;
  return readQueue(JSON.stringify(reply.lvq)) ?? null;
}

/** The method that a request for an estimate names; '' for that of the server. */
function methodOf(options) {
  const isKnown = ['orsay', 'urs', 'urs2', 'stat'].includes(options.estimationMethod);
  return isKnown ? options.estimationMethod : '';
}

function queueUrl(raw, options, connectionId) {
  const query = queryOf({
    name: raw._urs_virtual_queue,
    tenant: raw._tenant,
    aqt: methodOf(options),
    agent_logged_in: 'true',
    estimates: 'true',
  });
  return `${raw._urs_url}/urs/call/${connectionId}/lvq?${query}`;
}

/** Asks for the estimate of another queue, for a call that would enter it now. */
function estimateUrl(raw, options) {
  const query = queryOf({
    name: options.estimateQueue,
    tenant: raw._tenant,
    aqt: methodOf(options),
    estimates: 'true',
  });
  return `${raw._urs_url}/urs/call/max/lvq?${query}`;
}

/** "Route now": the subroutine removes the route delay of the virtual interaction. */
function releaseUrl(raw, connectionId) {
  const query = queryOf({ strategy: raw._urs_strategy_update_sub_routine, DELAY: '0' });
  return `${raw._urs_url}/urs/call/${connectionId}/invoke?${query}`;
}

function deleteCallUrl(raw, connectionId) {
  return `${raw._urs_url}/urs/call/${connectionId}/delete`;
}

/** The resource for <ixn:redirect>, from the data of method_urs_request_route_done. */
function resourceOf(route) {
  const resource = {};
  ['type', 'id', 'agent', 'place', 'dn', 'switch', 'resource', 'vq'].forEach((name) => {
    if (readText(route[name]) !== '') resource[name] = route[name];
  });
  return resource;
}

/** True when the route names a party to whom the chat can go. */
function isRoute(route) {
  return ['agent', 'place', 'dn', 'resource'].some((name) => readText(route[name]) !== '');
}

function redirectHints(options) {
  return Object.assign({}, options.redirectHints, { _agent_reserve_timeout: options.reserveTimeout });
}

/** True for a chat. `view` is the entry of _genesys.ixn.interactions. */
function isChat(view) {
  if (!view) return false;
  if (view.media !== undefined) return String(view.media).toLowerCase() === 'chat';
  return view.voice === undefined && view.msgbased !== undefined;
}
