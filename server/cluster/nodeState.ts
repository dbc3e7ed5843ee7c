/** The part of a node in its cell. */
export type NodeRole =
  /** It has a store of its own, and no cell. */
  | 'single'
  /** It answers the requests of its cell. */
  | 'owner'
  /** It follows the log of its cell, and sends requests to the owner. */
  | 'follower';

/** The node as health checks and administrators see it. */
export interface NodeState {
  readonly role: NodeRole;
  /** It can answer requests, or send them to the node that does. */
  readonly isReady: boolean;
  /** It will stop in the next seconds. */
  readonly isOffline: boolean;
  readonly cell?: NodeCell;
}

export interface NodeCell {
  readonly name: string;
  /** Name of this node. */
  readonly node: string;
  /** Name of the node that has the cell; empty when none has. */
  readonly owner: string;
  /** Where the other nodes reach the owner. */
  readonly address: string;
  /** Counts the claims of the cell. */
  readonly claim: number;
  /** Number of the last frame of the log. */
  readonly head?: number;
  /** Frames of the log that the copy of this node does not have; undefined before the first look. */
  readonly lag?: number;
}
