import type { Batch } from '../../engine/durable/index.ts';
import { didYouMean, type Json, textOf } from '../../engine/ports/index.ts';
import { RoutingError } from './errors.ts';
import { type PriorityRule, priorityAt } from './priority.ts';
import { callBatch, type VirtualInteraction } from './virtualInteraction.ts';
import type { QueueView } from './virtualQueues.ts';

/** Greatest priority, and greatest step of it. */
const MAX_PRIORITY = 1_000_000;
const MAX_INTERVAL_SECONDS = 86_400;

/** The result of a function of URS, and the change that it makes. */
export interface FunctionResult {
  readonly answer: Json;
  readonly batch?: Batch;
}

interface FunctionCall {
  readonly call: VirtualInteraction;
  readonly params: readonly Json[];
  readonly view: QueueView;
  readonly now: number;
  /** Throws RoutingError ROUTING_LIMITED for a priority that is one too many. */
  readonly admit: (priority: PriorityRule) => void;
}

type UrsFunction = (given: FunctionCall) => FunctionResult;

/** The functions of URS that a request may run for a call. urs-routing 1. */
const FUNCTIONS: ReadonlyMap<string, UrsFunction> = new Map<string, UrsFunction>([
  ['ConnID', ({ call }) => ({ answer: nameOf(call) })],
  ['UData', ({ call, params }) => ({ answer: dataOf(call, textAt(params, 0, 'UData')) })],
  ['PositionInQueue', ({ view }) => ({ answer: view.position })],
  ['InVQWaitTime', ({ view }) => ({ answer: view.ewtSeconds ?? null })],
  ['Priority', setPriority],
  ['IncrementPriority', incrementPriority],
]);

/** Their names. */
export const URS_FUNCTIONS: readonly string[] = [...FUNCTIONS.keys()];

/** Throws RoutingError ROUTING_REQUEST_INVALID. */
export function runFunction(name: string, given: FunctionCall): FunctionResult {
  const run = FUNCTIONS.get(name);
  if (run !== undefined) return run(given);
  throw new RoutingError(
    'ROUTING_REQUEST_INVALID',
    `Expected name to be a function (${URS_FUNCTIONS.join(', ')}), got '${name}'.${didYouMean(name, URS_FUNCTIONS)}`,
  );
}

function dataOf({ data = {} }: VirtualInteraction, key: string): Json {
  return Object.hasOwn(data, key) ? data[key]! : '';
}

/** Requests name a submit by its interaction. */
function nameOf({ id, owner }: VirtualInteraction): string {
  return owner.kind === 'submit' ? `@${owner.interactionId}` : id;
}

/** `Priority[n]` sets the priority; without a parameter it only tells it. */
function setPriority(given: FunctionCall): FunctionResult {
  const { call, params, now } = given;
  if (params.length === 0) return { answer: priorityAt(call, now) };
  const base = numberAt(params, 0, { name: 'Priority', max: MAX_PRIORITY });
  return prioritize(given, { base, increment: 0, everyMs: 0 });
}

/** `IncrementPriority[step, seconds]`: the priority grows from now on. */
function incrementPriority(given: FunctionCall): FunctionResult {
  const { call, params, now } = given;
  const increment = numberAt(params, 0, { name: 'IncrementPriority', max: MAX_PRIORITY });
  const seconds = numberAt(params, 1, { name: 'IncrementPriority', max: MAX_INTERVAL_SECONDS });
  const everyMs = seconds * 1000;
  // The rule counts from the arrival: the intervals before now must not raise the priority.
  const past = everyMs <= 0 ? 0 : Math.floor((now - call.enteredAt) / everyMs) * increment;
  return prioritize(given, { base: priorityAt(call, now) - past, increment, everyMs });
}

function prioritize({ call, now, admit }: FunctionCall, priority: PriorityRule): FunctionResult {
  admit(priority);
  const changed = { ...call, priority };
  return { answer: priorityAt(changed, now), batch: callBatch(changed, now) };
}

function textAt(params: readonly Json[], at: number, name: string): string {
  const value = params[at];
  if (typeof value === 'string' && value !== '') return value;
  throw invalid(name, at, 'a text', value);
}

function numberAt(
  params: readonly Json[],
  at: number,
  { name, max }: { readonly name: string; readonly max: number },
): number {
  const value = params[at];
  const text = textOf(value);
  const number = text === '' ? Number.NaN : Number(text);
  if (Number.isInteger(number) && number >= 0 && number <= max) return number;
  throw invalid(name, at, `a whole number from 0 to ${max}`, value);
}

function invalid(name: string, at: number, expected: string, value: Json | undefined): RoutingError {
  const got = value === undefined ? 'none' : JSON.stringify(value);
  return new RoutingError(
    'ROUTING_REQUEST_INVALID',
    `Expected parameter ${at + 1} of ${name} to be ${expected}, got ${got}.`,
  );
}
