/* The callback's states as GMS is told them: PUT /1/service/callback/<name>/<id>, one after the other. */

/** Stores the state, and queues its report for the reporting region. `raw` is `_data`. */
function addReport(raw, state, reason) {
  raw.callbackState = state;
  raw.reports.push({ state: state, reason: reason, attempts: 0 });
}

/** Queues the report of an event, if GMS tells other systems of the events of this service (gms-api 4.9). */
function addEvent(raw, name) {
  if (raw.options.reportsEvents) raw.reports.push({ event: name, attempts: 0 });
}

function reportUrl(raw) {
  const name = encodeURIComponent(raw._service_name);
  return `${raw._gms_url}/1/service/callback/${name}/${encodeURIComponent(raw._service_id)}`;
}

function reportBody(report) {
  if (report.event) return { _callback_event: report.event };
  return { _callback_state: report.state, _reason: report.reason };
}
