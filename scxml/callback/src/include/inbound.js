/* Which service a chat belongs to, and where it goes without one. */

/**
 * {serviceId, sessionId, dataId} out of the chat's user data; '' for what is absent. The keys are those under
 * which the chat of a service is created: `_id`, `_ors_session_id`, `_data_id`.
 */
function matchOf(view) {
  const userData = view?.udata ? view.udata : {};
  return {
    serviceId: readText(userData._id),
    sessionId: readText(userData._ors_session_id),
    dataId: readText(userData._data_id),
  };
}

/** The storage area of the service's user data. */
function storageUrl(gmsUrl, documentUrl, dataId) {
  return `${readText(gmsUrl) || gmsUrlOf(documentUrl)}/1/storage/${encodeURIComponent(dataId)}`;
}

/** "http://host:port/genesys" out of ".../genesys/1/document/..."; '' when the document came from elsewhere. */
function gmsUrlOf(documentUrl) {
  const end = String(documentUrl).indexOf('/1/document/');
  return end < 0 ? '' : String(documentUrl).slice(0, end);
}

/** A bare group name becomes a target of agents; what has an "@" is one already; '' stays ''. */
function targetOf(group) {
  const name = readText(group);
  return name === '' || name.includes('@') ? name : `${name}@Stat_Server.GA`;
}

/** Errors that are results of actions: the states have transitions for those which they wait for. */
function isExpectedError(name) {
  return /^error\.(session\.fetch|interaction\.|queue\.)/.test(name);
}
