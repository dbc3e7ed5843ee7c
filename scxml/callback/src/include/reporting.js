/* The callback's states as GMS is told them: PUT /1/service/callback/<name>/<id>, one after the other. */

/** Stores the state, and queues its report for the reporting region. `raw` is `_data`. */
function addReport(raw, state, reason) {
  raw.callbackState = state;
  raw.reports.push({ state: state, reason: reason, attempts: 0 });
}

function reportUrl(raw) {
  const name = encodeURIComponent(raw._service_name);
  return `${raw._gms_url}/1/service/callback/${name}/${encodeURIComponent(raw._service_id)}`;
}

function reportBody(report) {
  return { _callback_state: report.state, _reason: report.reason };
}
