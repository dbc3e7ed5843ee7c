import type { ModuleEffect } from '../interpreter/index.ts';

/** The state of the surroundings between two moves. It is replaced, never changed. */
export interface Outside {
  /** Requests of the document that are not answered, oldest first. */
  readonly open: readonly OpenRequest[];
  /** Ids of requests to the document that are not answered, oldest first. */
  readonly asked: readonly string[];
  /** Number of requests to the document so far. */
  readonly askCount: number;
  /** How often each event row was used. */
  readonly used: readonly number[];
  /** Where each interaction is, in the order of the surroundings. */
  readonly chats: readonly ChatPlace[];
  /** How often each held thing was taken, less the times that it was given back. */
  readonly held: readonly number[];
  /** State of the watch of each property. */
  readonly watches: readonly number[];
}

export interface OpenRequest {
  readonly requestId: string;
  readonly session: string;
  readonly effect: ModuleEffect;
}

export type ChatPlace =
  | 'absent'
  /** With the document. */
  | 'here'
  /** Offered to an agent, or waiting for one. */
  | 'offered'
  /** An agent has it. */
  | 'agent'
  /** The document has asked for its end, or has given it to another session. */
  | 'leaving'
  | 'gone';

export function nameOf({ module, action }: Pick<ModuleEffect, 'module' | 'action'>): string {
  return `${module}.${action}`;
}

export function urlOf({ attributes }: ModuleEffect): string {
  return String(attributes.srcexpr ?? attributes.src ?? '');
}
