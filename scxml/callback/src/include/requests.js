/* Events: which are requests, which belong to what the session asked for, what they carry. */

/**
 * True for `POST /scxml/session/{sid}/request/{name}`: such an event quotes a sendid for <ws:response>.
 * The session's own timers and the platform's events may have a sendid too, but are no requests.
 */
function isRequest(event) {
  if (event.sendid === undefined || event.sendid === null || event.sendid === '') return false;
  return !/^(timer|error|done|session|interaction|queue|dialog|cancel)\./.test(event.name);
}

/** True for an event of GMS with exactly this name, which needs no answer. */
function isNotice(event, name) {
  return event.name === name && !isRequest(event);
}

/** The data of the request: its parameters, or the JSON body that came as {paramtype, param}. */
function requestBody(event) {
  const data = event.data;
  if (data === undefined || data === null || typeof data !== 'object') return {};
  if (data.paramtype === undefined || data.param === undefined) return data;
  const body = parseJson(data.param);
  return body !== null && typeof body === 'object' ? body : {};
}

/** True when the event is the result of the request with this id. */
function isReplyTo(event, requestId) {
  return requestId !== '' && Boolean(event.data) && event.data.requestid === requestId;
}

/** True while a state waits for the result of this request. `raw` is `_data`. */
function isAwaited(event, raw) {
  const id = event.data.requestid;
  if (raw.positionRequests[id] !== undefined || raw.pushes[id] !== undefined) return true;
  return Object.keys(raw.requests).some((name) => raw.requests[name] === id);
}

/** True for unexpected faults. Other errors are results of actions, which have transitions of their own. */
function isUnexpectedError(name) {
  return !/^error\.(session\.fetch|interaction\.)/.test(name);
}

/** HTTP status of the refusal of a pending `start`, by the reason of the failure. */
function statusOfReason(reason) {
  if (reason === 'FAIL_NO_CUSTOMER_NUMBER') return '400';
  if (reason === 'CANCELLED') return '409';
  if (reason === 'FAIL_QUEUEING') return '503';
  return '500';
}

/** True from the position in the queue to the end: the customer may connect. `raw` is `_data`. */
function isActive(raw) {
  return raw.connectionId !== '' && !raw.finishing;
}

/** Reason for which a known request is refused now. */
function refusal(name, raw) {
  if (raw.finishing) return `the service has ended: ${raw.reason}`;
  if (raw.connectionId === '') return `'${name}' came before 'start' was answered`;
  if (raw.paused && (name === 'connect' || name === 'snooze')) return 'the service is paused';
  if (name === 'snooze') return 'the customer has already said that they are ready';
  if (name === 'method_urs_request_route_done') return 'no chat waits for a target, or the route names none';
  return `'${name}' cannot be had in the state ${raw.callbackState}`;
}

/** True for the end of this interaction; false when the session only gave it to another. */
function endsInteraction(event, interactionId) {
  if (interactionId === '' || !event.data || event.data.interactionid !== interactionId) return false;
  return !event.data.resultof || event.data.resultof === 'deletion';
}

/** True while the virtual interaction is in the queue, so that URS can tell its position. */
function canAskQueue(raw) {
  if (!isActive(raw) || raw.agentConnected) return false;
  return Object.keys(raw.positionRequests).length < raw.limits.positionRequests;
}

/** A client waits for this answer: the last known position in time is better than a late position. */
function positionTimeout(raw) {
  return Math.min(raw.options.ursTimeout, raw.limits.positionTimeout);
}

function isPositionReply(event, raw) {
  return Boolean(event.data) && raw.positionRequests[event.data.requestid] !== undefined;
}

function isEstimateReply(event, raw) {
  return isPositionReply(event, raw) && raw.estimateRequests[event.data.requestid] !== undefined;
}
