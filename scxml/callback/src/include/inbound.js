/* Which service a chat belongs to, and where it goes without one. */

/**
 * {serviceId, sessionId, dataId} from the chat's user data; '' for absent values. The server sets the keys
 * `_id`, `_ors_session_id` and `_data_id` when it creates the chat of a service.
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

/** "http://host:port/genesys" from ".../genesys/1/document/..."; '' for a document of another origin. */
function gmsUrlOf(documentUrl) {
  const end = String(documentUrl).indexOf('/1/document/');
  return end < 0 ? '' : String(documentUrl).slice(0, end);
}

/** A group name becomes a target. A text with "@" is a target already; '' stays ''. */
function targetOf(group) {
  const name = readText(group);
  return name === '' || name.includes('@') ? name : `${name}@Stat_Server.GA`;
}

/** Errors that are results of actions; the states that wait for a result have transitions for its errors. */
function isExpectedError(name) {
  return /^error\.(session\.fetch|interaction\.|queue\.)/.test(name);
}
