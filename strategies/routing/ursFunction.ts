import type { Batch } from '../../engine/durable/index.ts';
import { type Json, textOf } from '../../engine/ports/index.ts';
import { RoutingError } from './errors.ts';
import type { VirtualInteraction } from './virtualInteraction.ts';
import type { QueueView } from './virtualQueues.ts';

/** The functions of URS that a request may run for a call. urs-routing 1.2. */
export const URS_FUNCTIONS = [
  'ConnID',
  'UData',
  'PositionInQueue',
  'InVQWaitTime',
  'CallsWaiting',
  'Priority',
  'IncrementPriority',
  'ExcludeAgents',
  'SData',
  'callage',
  'acfgdata',
  'lcfgdata',
  'GetObjectProperty',
  'FindConfigObject',
  'TargetState',
] as const;

export type UrsFunctionName = (typeof URS_FUNCTIONS)[number];

/** The functions whose first parameter may name a queue; without it, they are about the queue of the call. */
export const QUEUE_FUNCTIONS: readonly string[] = ['PositionInQueue', 'InVQWaitTime', 'CallsWaiting'];

/** The result of a function, and the change that it makes. */
export interface FunctionResult {
  readonly answer: Json;
  readonly batch?: Batch;
}

/** A function that is run for a call. */
export interface FunctionCall {
  readonly call: VirtualInteraction;
  readonly params: readonly Json[];
  /** The queue of the call, or the one that a function of QUEUE_FUNCTIONS names. */
  readonly view: QueueView;
  readonly now: number;
}

export type UrsFunction = (given: FunctionCall) => FunctionResult;

/** A parameter of a function: its place, counted from 0, and the function. */
export interface ParameterPlace {
  readonly at: number;
  readonly of: UrsFunctionName;
}

/** Throws RoutingError ROUTING_REQUEST_INVALID. */
export function textAt({ params }: FunctionCall, place: ParameterPlace): string {
  const value = params[place.at];
  if (typeof value === 'string' && value !== '') return value;
  throw invalidParameter(place, 'a text', value);
}

/** A whole number from 0 to `max`. Throws RoutingError ROUTING_REQUEST_INVALID. */
export function numberAt({ params }: FunctionCall, place: ParameterPlace, max: number): number {
  const value = params[place.at];
  const text = textOf(value);
  const number = text === '' ? Number.NaN : Number(text);
  if (Number.isInteger(number) && number >= 0 && number <= max) return number;
  throw invalidParameter(place, `a whole number from 0 to ${max}`, value);
}

export function invalidParameter(
  { at, of }: ParameterPlace,
  expected: string,
  value: Json | undefined,
): RoutingError {
  const got = value === undefined ? 'none' : JSON.stringify(value).slice(0, 80);
  return new RoutingError(
    'ROUTING_REQUEST_INVALID',
    `Expected parameter ${at + 1} of ${of} to be ${expected}, got ${got}.`,
  );
}
