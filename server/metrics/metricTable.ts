/** A metric that /metrics shows. */
export interface MetricRow {
  readonly name: string;
  readonly type: 'counter' | 'gauge' | 'histogram';
  readonly labels: readonly string[];
  readonly help: string;
  /** Upper bounds of a histogram, in seconds. */
  readonly buckets?: readonly number[];
}

const row = (
  type: MetricRow['type'],
  name: string,
  help: string,
  more: { readonly labels?: readonly string[]; readonly buckets?: readonly number[] } = {},
): MetricRow => ({ name: `orsay_${name}`, type, labels: [], help, ...more });

const REQUEST_BUCKETS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30];
const WRITE_BUCKETS = [0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5];

/** The metrics of the product, in the order of the reference. Labels have bounded values, and no ids. */
export const METRICS = {
  version: row('gauge', 'version_info', '1, with the version of the server.', { labels: ['version'] }),
  requests: row('counter', 'http_requests_total', 'Requests that were answered.', {
    labels: ['route', 'outcome'],
  }),
  requestSeconds: row(
    'histogram',
    'http_request_duration_seconds',
    'Time from the head of a request to its reply. A held or streamed reply counts until it is answered.',
    { labels: ['route'], buckets: REQUEST_BUCKETS },
  ),
  requestsNow: row('gauge', 'http_requests_in_progress', 'Requests that are not answered yet.'),
  sessionsLive: row('gauge', 'sessions_in_memory', 'Sessions that are in memory.'),
  sessionsStarted: row('counter', 'sessions_started_total', 'Sessions that began.'),
  sessionsEnded: row('counter', 'sessions_ended_total', 'Sessions that ended.', { labels: ['status'] }),
  steps: row('counter', 'session_steps_total', 'Committed steps of sessions.'),
  children: row('gauge', 'engine_children', 'Engine children that live.'),
  childDeaths: row('counter', 'engine_child_deaths_total', 'Engine children that ended unexpectedly.', {
    labels: ['reason'],
  }),
  commits: row('counter', 'store_commits_total', 'Commits.'),
  commitsRefused: row('counter', 'store_commits_refused_total', 'Commits that the store refused.'),
  writeSeconds: row(
    'histogram',
    'store_write_duration_seconds',
    'Time of a write to the journal with its sync, or to the log of a cell. Commits that come together share one write.',
    { buckets: WRITE_BUCKETS },
  ),
  writesFailed: row('counter', 'store_writes_failed_total', 'Writes that failed.'),
  operations: row('counter', 'store_operations_total', 'Records that writes put or removed.'),
  written: row('counter', 'store_written_chars_total', 'Characters of the keys and records of writes.'),
  storeBytes: row('gauge', 'store_bytes', 'Size of the files of the store.', { labels: ['file'] }),
  cellClaims: row('counter', 'cell_claims_total', 'Claims of the cell by its nodes, since it was made.'),
  cellUnknown: row(
    'counter',
    'cell_unknown_outcomes_total',
    'Appends to the log whose outcome had to be found out, because PostgreSQL did not answer.',
  ),
  cellFrames: row('counter', 'cell_frames_total', 'Frames of the log of the cell, since it was made.'),
  cellLogBytes: row('gauge', 'cell_log_bytes', 'Size of the log in PostgreSQL, with its indexes.'),
  cellSnapshotAge: row(
    'gauge',
    'cell_frames_after_snapshot',
    'Frames after the latest verified snapshot; all frames, when there is none.',
  ),
  standbyFrames: row('gauge', 'cell_standby_lag_frames', 'Frames that a standby does not have.', {
    labels: ['node'],
  }),
  standbySeconds: row('gauge', 'cell_standby_lag_seconds', 'Time since a standby had all frames.', {
    labels: ['node'],
  }),
  tasksRunning: row('gauge', 'tasks_running', 'Tasks and timers that are being performed.'),
  tasksLoaded: row('gauge', 'tasks_due_soon', 'Tasks and timers in memory: due, or due soon.'),
  tasksPerformed: row('counter', 'tasks_performed_total', 'Tasks and timers that were performed.'),
  tasksFailed: row('counter', 'task_attempts_failed_total', 'Attempts of tasks that failed.'),
  tasksGivenUp: row('counter', 'tasks_given_up_total', 'Tasks whose last attempt failed.'),
  agents: row('gauge', 'agents', 'Agents by their state for all media.', { labels: ['state'] }),
  agentsBusy: row('gauge', 'agents_busy', 'Agents who have an interaction, an offer or a reservation.'),
  waiting: row('gauge', 'queue_calls_waiting', 'Calls and interactions that wait.', { labels: ['queue'] }),
  oldest: row('gauge', 'queue_oldest_wait_seconds', 'Wait of the call that waits for longest.', {
    labels: ['queue'],
  }),
  queueAgents: row(
    'gauge',
    'queue_agents',
    'Agents who could take a waiting call: logged in, and free of these.',
    { labels: ['queue', 'state'] },
  ),
  served: row('gauge', 'queue_compared_calls', 'Last served calls whose estimates are compared.', {
    labels: ['queue'],
  }),
  wait: row('gauge', 'queue_wait_seconds', 'Mean wait of these calls.', { labels: ['queue'] }),
  said: row('gauge', 'queue_estimated_wait_seconds', 'Mean of the waits that these calls were told.', {
    labels: ['queue'],
  }),
  error: row(
    'gauge',
    'queue_estimate_error_seconds',
    'Mean of the differences between wait and estimate, without their signs.',
    { labels: ['queue'] },
  ),
  inBand: row(
    'gauge',
    'queue_estimate_band_ratio',
    'Share of the waits between the estimated 10 % and 90 % quantiles. 0.8 is right.',
    { labels: ['queue'] },
  ),
} as const satisfies Readonly<Record<string, MetricRow>>;

export type MetricName = keyof typeof METRICS;

/** The values of a label that are not those of a thing with a name. */
export const OTHER_QUEUES = 'other';
export const UNNAMED_QUEUE = 'unnamed';

/** The metrics of the process, which prom-client collects. Those of files exist on Linux only. */
export const PROCESS_METRICS: Readonly<Record<string, string>> = {
  process_cpu_user_seconds_total: 'Processor time in the program.',
  process_cpu_system_seconds_total: 'Processor time in the system.',
  process_cpu_seconds_total: 'Both together.',
  process_start_time_seconds: 'Start of the process, in seconds since epoch.',
  process_resident_memory_bytes: 'Memory that the process has.',
  process_virtual_memory_bytes: 'Virtual memory.',
  process_heap_bytes: 'Data segment of the process.',
  process_open_fds: 'Open files and sockets.',
  process_max_fds: 'Limit of open files and sockets.',
  nodejs_eventloop_lag_seconds: 'Delay of the event loop at the scrape.',
  nodejs_eventloop_lag_min_seconds: 'Least delay since the last scrape.',
  nodejs_eventloop_lag_max_seconds: 'Longest delay since the last scrape.',
  nodejs_eventloop_lag_mean_seconds: 'Mean delay since the last scrape.',
  nodejs_eventloop_lag_stddev_seconds: 'Standard deviation of the delays.',
  nodejs_eventloop_lag_p50_seconds: 'Median of the delays.',
  nodejs_eventloop_lag_p90_seconds: '90 % quantile of the delays.',
  nodejs_eventloop_lag_p99_seconds: '99 % quantile of the delays.',
  nodejs_active_resources: 'Resources that keep the event loop busy, by type.',
  nodejs_active_resources_total: 'All of them.',
  nodejs_active_handles: 'Handles, by type.',
  nodejs_active_handles_total: 'All of them.',
  nodejs_active_requests: 'Requests of libuv, by type.',
  nodejs_active_requests_total: 'All of them.',
  nodejs_heap_size_total_bytes: 'Size of the heap of JavaScript.',
  nodejs_heap_size_used_bytes: 'Used part of it.',
  nodejs_external_memory_bytes: 'Memory outside of it that its objects hold.',
  nodejs_heap_space_size_total_bytes: 'Size of each space of the heap.',
  nodejs_heap_space_size_used_bytes: 'Used part of each space.',
  nodejs_heap_space_size_available_bytes: 'Free part of each space.',
  nodejs_version_info: '1, with the version of Node.js.',
  nodejs_gc_duration_seconds: 'Duration of garbage collections, by kind.',
};
