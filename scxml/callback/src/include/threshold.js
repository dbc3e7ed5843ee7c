/*
 * The threshold at which the customer is called. `_eta_pos_threshold` is a table "eta:position,...", gms-api 6.3: in the
 * interval [eta, next eta) of the present estimate, the threshold is passed when the customer's position is less than the
 * table's. At position 1 it is always passed.
 */

/** [{eta, position}] in the order of eta; the default table for an invalid text. */
function readThresholds(text) {
  const standard = '0:10,10:5,20:2,30:1,40:0';
  const given = text === undefined || text === null ? '' : String(text).trim();
  const pairs = (given === '' ? standard : given).split(',').map((pair) => readThreshold(pair));
  if (pairs.some((pair) => pair === undefined)) return readThresholds(standard);
  return pairs.sort((a, b) => a.eta - b.eta);
}

function readThreshold(text) {
  const match = /^\s*(\d+)\s*:\s*(\d+)\s*$/.exec(text);
  return match ? { eta: Number(match[1]), position: Number(match[2]) } : undefined;
}

/** The values of readQueue with the estimate of another queue (_urs_ewt_virtual_queue). `reply`: its lvq reply. */
function withEstimate(queue, reply) {
  const other = parseJson(reply);
  if (other === null || typeof other !== 'object') return queue;
  return Object.assign({}, queue, readEstimates(other));
}

/**
 * The values of an lvq reply: {position, eta, p50, p90, rough, total, waited, hasAgent}; an estimate is null
 * when URS has none; hasAgent is false only when URS says that nobody is logged in who could take the call. Undefined
 * for another reply. URS: pos, ewt, calls, wt, agent_logged_in.
 */
function readQueue(content) {
  const reply = parseJson(content);
  if (reply === null || typeof reply !== 'object') return undefined;
  const position = Number(reply.pos);
  if (reply.pos === undefined || !Number.isFinite(position)) return undefined;
  return {
    position: position,
    ...readEstimates(reply),
    total: readNumber(reply.calls, position),
    waited: readNumber(reply.wt, 0),
    hasAgent: reply.agent_logged_in !== false,
  };
}

/** The expected wait, and the waits that half and nine tenths do not pass. Only this server tells the latter. */
function readEstimates(reply) {
  return {
    eta: readEta(reply.ewt),
    p50: readEta(reply.ewt_p50),
    p90: readEta(reply.ewt_p90),
    rough: reply.ewt_rough === true,
  };
}

/** Whole seconds; undefined for absent, "n/a", negative and infinite estimates. */
function readEta(ewt) {
  const eta = readNumber(ewt, -1);
  return eta < 0 ? null : Math.round(eta);
}

/**
 * {passed, reason} for a result of readQueue. The texts with <= are exact, because eta and position are
 * whole.
 */
function judgeThreshold(queue, options) {
  if (options.estimationMethod === 'ursdial')
    return { passed: true, reason: 'threshold not used with ursdial' };
  if (queue.waited < options.minQueueWait) {
    return { passed: false, reason: `waited ${queue.waited} of ${options.minQueueWait} ` };
  }
  if (queue.eta === null) return { passed: true, reason: 'eta n/a' };
  const row = thresholdRow(queue.eta, options.thresholds);
  const limit = row.position - 1;
  if (queue.position <= limit) return { passed: true, reason: `${row.range} and position <=${limit} ` };
  if (queue.position === 1) return { passed: true, reason: 'position <=1 ' };
  return { passed: false, reason: `${row.range} and position >${Math.max(limit, 1)} ` };
}

/** True when the customer may be told that an agent is available. */
function mayAnnounce(queue, options) {
  if (Date.now() < options.announceFrom) return false;
  const isLate =
    options.estimationMethod === 'ursdial' &&
    options.maxQueueWait > 0 &&
    queue.waited >= options.maxQueueWait;
  const mayCome = queue.hasAgent || options.announceWithoutAgent || isLate;
  return judgeThreshold(queue, options).passed && mayCome;
}

/** The table's row for an estimate, with its range in words. Below the first row every position is near. */
function thresholdRow(eta, thresholds) {
  const index = Math.max(0, thresholds.filter((row) => row.eta <= eta).length - 1);
  const row = thresholds[index];
  const next = thresholds[index + 1];
  return { position: row.position, range: next ? `eta  <= ${next.eta - 1}` : `eta  >= ${row.eta}` };
}

/** The last position at which the threshold may be passed; '' when nobody waits for a position. */
function positionOfInterest(options) {
  if (!options.waitWithoutPolling || !options.waitForAgent || options.estimationMethod === 'ursdial')
    return '';
  return Math.max(1, ...options.thresholds.map((row) => row.position - 1));
}

/**
 * Seconds until the next poll: half the estimate, within the two polling limits. Whoever is told when they reach
 * `tellPosition` polls seldom until then, in case the notice is lost.
 */
function pollingPause(queue, options, { tellPosition, limits }) {
  if (!queue || queue.eta === null) return options.maxPolling;
  if (tellPosition > 0 && queue.position > tellPosition)
    return Math.max(options.maxPolling, limits.farPolling);
  return Math.min(options.maxPolling, Math.max(options.minPolling, Math.round(queue.eta / 2)));
}

/** Reply to check-queue-position. `announced`: the threshold was passed before, and stays passed. */
function queuePositionReply(queue, options, announced) {
  const verdict = judgeThreshold(queue, options);
  const hasBand = typeof queue.p50 === 'number' && typeof queue.p90 === 'number';
  const band = hasBand ? { _eta_p50: queue.p50, _eta_p90: queue.p90, _eta_rough: queue.rough === true } : {};
  return {
    _position: queue.position,
    _eta: queue.eta === null ? 'n/a' : queue.eta,
    _total_waiting: queue.total,
    _agent_ready_threshold_passed: verdict.passed || announced,
    _agent_ready_threshold_passed_reason: verdict.passed || !announced ? verdict.reason : 'agent announced',
    ...band,
  };
}
