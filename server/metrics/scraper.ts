import { collectDefaultMetrics } from 'prom-client';
import type { DurableCounts } from '../../engine/durable/index.ts';
import type { SessionCounts } from '../../engine/host/index.ts';
import type { QueueSurvey, Survey, SurveyedQueue } from '../../strategies/routing/index.ts';
import type { Instruments } from './instruments.ts';
import { METRICS, type MetricName } from './metricTable.ts';
import { QueueLabels } from './queueLabels.ts';

/** The cell that this node owns, as `orsay_cell_*` shows it. */
export interface CellFigures {
  readonly claims: number;
  readonly unknownOutcomes: number;
  readonly frames: number;
  /** Undefined before the first look at log and standbys. */
  readonly upkeep:
    | {
        readonly logBytes: number;
        /** Frame of the latest snapshot, if there is one. */
        readonly snapshot: number | undefined;
        readonly followers: readonly {
          readonly node: string;
          readonly seq: number;
          readonly lagMs: number;
        }[];
      }
    | undefined;
}

/** The parts whose state is read at each scrape. */
export interface MetricSources {
  readonly version: string;
  readonly sessions: { readonly counts: SessionCounts };
  readonly durable: () => DurableCounts;
  /** Engine children that live, and those that ended unexpectedly by the reason. */
  readonly children: () => { readonly alive: number; readonly deaths: Readonly<Record<string, number>> };
  /** Bytes of the files of the store, by their kind; none for a store in memory. */
  readonly storeBytes: () => Readonly<Record<string, number>>;
  /** Undefined: the store is no cell. */
  readonly cell: () => CellFigures | undefined;
  readonly survey: Pick<QueueSurvey, 'take'>;
  /** Queues that get a label of their own. */
  readonly queues: number;
}

/** The text of /metrics. */
export class Scraper {
  readonly #instruments: Instruments;
  readonly #sources: MetricSources;
  readonly #labels: QueueLabels;
  #collectsProcess = false;

  constructor(instruments: Instruments, sources: MetricSources) {
    this.#instruments = instruments;
    this.#sources = sources;
    this.#labels = new QueueLabels(sources.queues);
  }

  get contentType(): string {
    return this.#instruments.registry.contentType;
  }

  /** Rejects with StoreError when the store cannot be read. */
  async scrape(): Promise<string> {
    const { registry } = this.#instruments;
    // Only who scrapes pays for the watch over the event loop and the garbage collector.
    if (!this.#collectsProcess) collectDefaultMetrics({ register: registry });
    this.#collectsProcess = true;
    const survey = await this.#sources.survey.take();
    this.#showSessions();
    this.#showStore();
    this.#showCell();
    this.#showAgents(survey);
    this.#showQueues(survey.queues);
    return this.#instruments.text();
  }

  #showSessions(): void {
    const { sessions, children, version } = this.#sources;
    const { live, started, steps, ended } = sessions.counts;
    this.#set('version', { version }, 1);
    this.#set('sessionsLive', {}, live);
    this.#instruments.total('sessionsStarted', started);
    this.#instruments.total('steps', steps);
    this.#totals('sessionsEnded', 'status', ended);
    const { alive, deaths } = children();
    this.#set('children', {}, alive);
    this.#totals('childDeaths', 'reason', deaths);
  }

  #showStore(): void {
    const { commits, refused, tasks } = this.#sources.durable();
    this.#instruments.total('commits', commits);
    this.#instruments.total('commitsRefused', refused);
    this.#set('tasksRunning', {}, tasks.running);
    this.#set('tasksLoaded', {}, tasks.loaded);
    this.#instruments.total('tasksPerformed', tasks.performed);
    this.#instruments.total('tasksFailed', tasks.failed);
    this.#instruments.total('tasksGivenUp', tasks.givenUp);
    for (const [file, bytes] of Object.entries(this.#sources.storeBytes())) {
      this.#set('storeBytes', { file }, bytes);
    }
  }

  #showCell(): void {
    const cell = this.#sources.cell();
    if (cell === undefined) return;
    const { claims, unknownOutcomes, frames, upkeep } = cell;
    this.#instruments.total('cellClaims', claims);
    this.#instruments.total('cellUnknown', unknownOutcomes);
    this.#instruments.total('cellFrames', frames);
    if (upkeep === undefined) return;
    const { logBytes, snapshot = 0, followers } = upkeep;
    this.#set('cellLogBytes', {}, logBytes);
    this.#set('cellSnapshotAge', {}, Math.max(0, frames - snapshot));
    // A standby that is gone is not shown with its last lag.
    for (const metric of OF_STANDBYS) this.#instruments.gauge(metric).reset();
    for (const { node, seq, lagMs } of followers) {
      this.#set('standbyFrames', { node }, Math.max(0, frames - seq));
      this.#set('standbySeconds', { node }, lagMs / 1000);
    }
  }

  #showAgents({ agents, busyAgents }: Survey): void {
    for (const [state, count] of Object.entries(agents)) this.#set('agents', { state }, count);
    this.#set('agentsBusy', {}, busyAgents);
  }

  #showQueues(surveyed: readonly SurveyedQueue[]): void {
    for (const metric of OF_QUEUES) this.#instruments.gauge(metric).reset();
    const byLabel = new Map<string, SurveyedQueue[]>();
    for (const queue of surveyed) {
      const label = this.#labels.of(queue.name);
      const members = byLabel.get(label);
      if (members === undefined) byLabel.set(label, [queue]);
      else members.push(queue);
    }
    for (const [queue, members] of byLabel) this.#showQueue(queue, members);
  }

  /** Several queues of one label: their calls together, and the means over all of them. */
  #showQueue(queue: string, members: readonly SurveyedQueue[]): void {
    const sum = (of: (one: SurveyedQueue) => number): number =>
      members.reduce((total, one) => total + of(one), 0);
    this.#set(
      'waiting',
      { queue },
      sum(({ waiting }) => waiting),
    );
    this.#set(
      'oldest',
      { queue },
      members.reduce((oldest, { oldestMs }) => Math.max(oldest, oldestMs), 0) / 1000,
    );
    this.#set(
      'queueAgents',
      { queue, state: 'loggedIn' },
      sum(({ agents }) => agents.loggedIn),
    );
    this.#set(
      'queueAgents',
      { queue, state: 'free' },
      sum(({ agents }) => agents.free),
    );
    const calls = sum(({ accuracy }) => accuracy?.calls ?? 0);
    if (calls === 0) return;
    const mean = (field: 'waitMs' | 'saidMs' | 'errorMs' | 'inBand'): number =>
      sum(({ accuracy }) => (accuracy === undefined ? 0 : accuracy[field] * accuracy.calls)) / calls;
    this.#set('served', { queue }, calls);
    this.#set('wait', { queue }, mean('waitMs') / 1000);
    this.#set('said', { queue }, mean('saidMs') / 1000);
    this.#set('error', { queue }, mean('errorMs') / 1000);
    this.#set('inBand', { queue }, mean('inBand'));
  }

  #set(metric: MetricName, labels: Readonly<Record<string, string>>, value: number): void {
    this.#instruments.gauge(metric).set(labels, value);
  }

  #totals(metric: MetricName, label: string, counts: Readonly<Record<string, number>>): void {
    for (const [value, count] of Object.entries(counts)) {
      this.#instruments.total(metric, count, { [label]: value });
    }
  }
}

/** The metrics of queues: those of a queue that is gone are not shown any more. */
const OF_QUEUES = withLabel('queue');
const OF_STANDBYS = withLabel('node');

function withLabel(label: string): readonly MetricName[] {
  return (Object.keys(METRICS) as MetricName[]).filter((metric) =>
    (METRICS[metric].labels as readonly string[]).includes(label),
  );
}
