import type { Durable } from '../../engine/durable/index.ts';
import type { Figure, ReadSessionFigure } from '../../engine/host/index.ts';
import { CodedError, type SessionId } from '../../engine/ports/index.ts';
import {
  AgentStatistic,
  parseStatisticObject,
  QueueStatistic,
  type SkillPrecedence,
  type StatisticObject,
  TargetError,
  TargetType,
  targetLabel,
} from '../targets/index.ts';
import type { JudgedCall } from './figures.ts';
import type { StatisticQuestion } from './outsideFigures.ts';
import { isQueueGroup, QueueGroups } from './queueGroups.ts';
import { DEFAULT_TENANT, queueKey } from './queueNames.ts';
import type { RoutingIndex } from './routingIndex.ts';
import type { ReadStatistic } from './statisticCache.ts';
import { callsOfSession, viewWait } from './virtualInteraction.ts';

/** Statistics that are computed from the history, though thresholds know them too. */
const COUNTED: readonly string[] = [AgentStatistic.OCCUPANCY, QueueStatistic.ANSWERED];

/** Object types of Statistics, by target type. */
const OBJECT_TYPES: Readonly<Record<string, StatisticQuestion['objectType']>> = {
  [TargetType.AGENT]: 'Agent',
  [TargetType.PLACE]: 'Place',
  [TargetType.AGENT_GROUP]: 'GroupAgents',
  Q: 'Queue',
  GQ: 'GroupQueues',
};

/**
 * The values of `_genesys.statistic.sData` (ors-dialect 2.13): those of routing as they are at this moment,
 * all others as Statistics computes them.
 */
export class DocumentFigures {
  readonly #durable: Durable;
  readonly #index: RoutingIndex;
  readonly #readStatistic: ReadStatistic | undefined;
  readonly #groups: QueueGroups;
  readonly #precedence: SkillPrecedence | undefined;

  constructor(deps: {
    readonly durable: Durable;
    readonly index: RoutingIndex;
    readonly readStatistic?: ReadStatistic;
    readonly queueGroups?: ConstructorParameters<typeof QueueGroups>[0];
    readonly skillPrecedence?: SkillPrecedence;
  }) {
    this.#durable = deps.durable;
    this.#index = deps.index;
    this.#readStatistic = deps.readStatistic;
    this.#groups = new QueueGroups(deps.queueGroups);
    this.#precedence = deps.skillPrecedence;
  }

  /** Rejects when the store cannot be read. */
  readonly read: ReadSessionFigure = async ({ sessionId, object: text, statistic }) => {
    try {
      const { object, statistics } = parseStatisticObject(text, this.#precedence);
      const isOfRouting = statistics.includes(statistic) && !COUNTED.includes(statistic);
      const value = isOfRouting
        ? await this.#ofRouting(object, statistic, sessionId)
        : await this.#counted(object, statistic);
      return { value: Number.isFinite(value) ? value : null };
    } catch (error) {
      return refusalOf(error);
    }
  };

  async #ofRouting(object: StatisticObject, name: string, sessionId: SessionId): Promise<number> {
    await this.#index.ready();
    // Throws for an unknown group, whose value would never be known.
    if (object.kind === 'queue') this.#groups.queuesOf(object.name);
    const call = object.kind === 'queue' ? this.#callIn(object.name, sessionId) : undefined;
    return this.#index.judge(DEFAULT_TENANT, call).statisticOfObject(object, name);
  }

  /** The call of the session that waits in the queue: its place is asked for. */
  #callIn(queue: string, sessionId: SessionId): JudgedCall | undefined {
    const key = queueKey(DEFAULT_TENANT, queue);
    return callsOfSession(this.#durable, sessionId).find((call) => call.vq === key && viewWait(call).waits);
  }

  #counted(object: StatisticObject, statistic: string): Promise<number> {
    const { objectType, objectId } = countedObject(object);
    if (objectType === undefined || this.#readStatistic === undefined) {
      const types = Object.keys(OBJECT_TYPES).join(', ');
      throw new TargetError('TARGET_INVALID', `expected an object of the types ${types}, got '${objectId}'.`);
    }
    return this.#readStatistic({ statistic, objectType, objectId, tenant: DEFAULT_TENANT });
  }
}

function countedObject(object: StatisticObject): {
  readonly objectType: StatisticQuestion['objectType'] | undefined;
  readonly objectId: string;
} {
  if (object.kind === 'agents') {
    return { objectType: OBJECT_TYPES[object.target.type], objectId: targetLabel(object.target) };
  }
  const objectType = OBJECT_TYPES[isQueueGroup(object.name) ? 'GQ' : 'Q'];
  return { objectType, objectId: object.name };
}

/** Throws everything that is no fault of the question. */
function refusalOf(error: unknown): Figure {
  const isFault = error instanceof CodedError && REFUSED.includes(error.code);
  if (isFault) return { refusal: error.message };
  throw error;
}

const REFUSED: readonly string[] = [
  'TARGET_INVALID',
  'SKILL_EXPRESSION_INVALID',
  'STATISTIC_INVALID',
  'ROUTING_REQUEST_INVALID',
];
