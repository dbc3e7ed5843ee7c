import { timeKey } from '../../engine/durable/index.ts';
import type { AgentId } from '../ids/index.ts';
import { queuePrefix } from '../routing/index.ts';
import type { Action } from './actions.ts';

/** Agents (A), virtual queues (Q) and callback services (C) in keys; each ends with a slash. */
export type ObjectKey = `${'A' | 'Q' | 'C'}/${string}/`;

export function agentObject(agentId: AgentId): ObjectKey {
  return `A/${agentId}/`;
}

/** `vq`: the key of the queue. */
export function queueObject(vq: string): ObjectKey {
  return `Q/${queuePrefix(vq).slice(0, -1)}/`;
}

export function serviceObject(name: string): ObjectKey {
  return `C/${name}/`;
}

/** Something that happened to an object. */
export interface Fact {
  readonly object: ObjectKey;
  readonly action: Action;
  /** begun, ended: of an action that lasts. occurred: of one that is a moment. */
  readonly kind: 'begun' | 'ended' | 'occurred';
  /** Its duration; of a moment, the time that led to it. */
  readonly ms?: number;
  /** Names of the filters that it passed. */
  readonly filters?: readonly string[];
}

/** Table `statisticFact`, key: factKey(). The facts of one commit, until they are folded into buckets. */
export interface FactRecord {
  readonly at: number;
  readonly facts: readonly Fact[];
}

/** Table `statisticOpen`, key: openKey(). An action that goes on. */
export interface OpenAction {
  readonly since: number;
  readonly filters?: readonly string[];
}

export const FACT = 'statisticFact';
export const OPEN = 'statisticOpen';

/** In the order of times; `serial` orders the commits of one millisecond. */
export function factKey(at: number, serial: number): string {
  return `${timeKey(at)}/${String(serial).padStart(10, '0')}`;
}

/** `holder`: the thing that makes the object busy; '' when the action is the object's own state. */
export function openKey(object: ObjectKey, action: Action, holder: string): string {
  return `${openPrefix(object, action)}${holder}`;
}

export function openPrefix(object: ObjectKey, action: Action): string {
  return `${object}${action}/`;
}
