import { type Durable, keyedBy, type Once } from '../../engine/durable/index.ts';
import { type Clock, defined, didYouMean, type Json } from '../../engine/ports/index.ts';
import { type AgentFunctionDeps, agentFunctions } from './agentFunctions.ts';
import type { ConnId } from './callIds.ts';
import { RoutingError } from './errors.ts';
import { type FigureFunctionDeps, figureFunctions } from './figureFunctions.ts';
import { priorityFunctions } from './priorityFunctions.ts';
import type { QueueQuestions } from './queueQuestions.ts';
import type { RoutingIndex } from './routingIndex.ts';
import {
  type FunctionCall,
  QUEUE_FUNCTIONS,
  textAt,
  URS_FUNCTIONS,
  type UrsFunction,
  type UrsFunctionName,
} from './ursFunction.ts';
import { readCall, type VirtualInteraction } from './virtualInteraction.ts';

/** A request to run a function. */
export interface FunctionRequest {
  readonly name: string;
  readonly params: readonly Json[];
  /** Idempotency key. */
  readonly key?: string;
}

/** Runs functions of URS for calls and submits. */
export class CallFunctions {
  readonly #durable: Durable;
  readonly #clock: Clock;
  readonly #once: Once;
  readonly #questions: QueueQuestions;
  readonly #functions: Readonly<Record<UrsFunctionName, UrsFunction>>;

  constructor(
    deps: FigureFunctionDeps &
      AgentFunctionDeps & {
        readonly durable: Durable;
        readonly clock: Clock;
        readonly once: Once;
        readonly index: Pick<RoutingIndex, 'admit'>;
        readonly questions: QueueQuestions;
      },
  ) {
    this.#durable = deps.durable;
    this.#clock = deps.clock;
    this.#once = deps.once;
    this.#questions = deps.questions;
    this.#functions = {
      ConnID: ({ call }) => ({ answer: nameOf(call) }),
      UData: (given) => ({ answer: dataOf(given.call, textAt(given, { at: 0, of: 'UData' })) }),
      ...priorityFunctions(deps.index),
      ...figureFunctions(deps),
      ...agentFunctions(deps),
    };
  }

  /** Once for an idempotency key. Rejects with RoutingError CALL_NOT_FOUND or ROUTING_REQUEST_INVALID. */
  async run(connId: ConnId, { name: given, params, key }: FunctionRequest): Promise<Json> {
    const name = functionOf(given);
    const view = await this.#questions.view(connId, defined({ vq: queueOf(name, params) }));
    return this.#once.commit(keyedBy(key, 'urs.func', connId), () => {
      const call = readCall(this.#durable, connId);
      if (call === undefined) throw new RoutingError('CALL_NOT_FOUND', connId);
      const now = this.#clock.now();
      const { batch = {}, answer } = this.#functions[name]({ call, params, view, now });
      return { batch, answer };
    });
  }
}

/** In any spelling: thresholds have `sdata`, strategies `SData`. */
function functionOf(given: string): UrsFunctionName {
  const wanted = given.toLowerCase();
  const name = URS_FUNCTIONS.find((one) => one.toLowerCase() === wanted);
  if (name !== undefined) return name;
  throw new RoutingError(
    'ROUTING_REQUEST_INVALID',
    `Expected name to be a function (${URS_FUNCTIONS.join(', ')}), got '${given.slice(0, 80)}'.${didYouMean(given, URS_FUNCTIONS)}`,
  );
}

function queueOf(name: UrsFunctionName, params: FunctionCall['params']): string | undefined {
  const [queue] = params;
  return QUEUE_FUNCTIONS.includes(name) && typeof queue === 'string' && queue !== '' ? queue : undefined;
}

function dataOf({ data = {} }: VirtualInteraction, key: string): Json {
  return Object.hasOwn(data, key) ? data[key]! : '';
}

/** Requests name a submit by its interaction. */
function nameOf({ id, owner }: VirtualInteraction): string {
  return owner.kind === 'submit' ? `@${owner.interactionId}` : id;
}
