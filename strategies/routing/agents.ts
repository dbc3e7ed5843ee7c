import type { Batch } from '../../engine/durable/index.ts';
import type { Json } from '../../engine/ports/index.ts';

export const AgentState = { READY: 'ready', NOT_READY: 'notReady', LOGGED_OUT: 'loggedOut' } as const;
export type AgentState = (typeof AgentState)[keyof typeof AgentState];

/** What a desktop sets. Absent fields keep their value; a new agent needs `state`. */
export interface AgentChange {
  readonly state?: AgentState | undefined;
  readonly groups?: readonly string[] | undefined;
  /** Skill levels by name. */
  readonly skills?: Readonly<Record<string, number>> | undefined;
  readonly place?: string | undefined;
  /** Media the agent takes; a new agent takes 'chat'. */
  readonly media?: readonly string[] | undefined;
  /** Shown to the customer; absent: the agent's id. */
  readonly nickname?: string | undefined;
  /** How many interactions at the same time. */
  readonly capacity?: number | undefined;
  /** Directory number and switch quoted in routing results. */
  readonly dn?: string | undefined;
  readonly switchName?: string | undefined;
}

export interface AgentView {
  readonly agentId: string;
  readonly state: AgentState;
  readonly groups: readonly string[];
  readonly skills: Readonly<Record<string, number>>;
  readonly place?: string;
  readonly media: readonly string[];
  readonly nickname?: string;
  readonly capacity: number;
  /** Why the server set the state: 'noanswer'. Absent when the agent set it. */
  readonly reason?: string;
}

/** Table `agent`: what is set. What the agent is busy with is in `agentSlot`. */
export interface AgentRecord extends AgentView {
  readonly dn?: string;
  readonly switchName?: string;
  /** Counts the times that the agent's settings were made: a rejected agent that sets itself anew is fresh. */
  readonly setting: number;
  /** ms since epoch: ready and free since. The longest ready comes first. */
  readonly readySince: number;
}

/** Table `agentSlot`, key `agentId/holder`: one thing that keeps an agent busy. */
export interface AgentSlot {
  readonly agentId: string;
  /** Virtual interaction, submit or interaction. */
  readonly holder: string;
  readonly kind: 'reserved' | 'offered' | 'active';
  /** ms since epoch. */
  readonly since: number;
  /** ms since epoch at which a reservation ends by itself. */
  readonly until?: number;
  /** The session that a reservation was made for: its redirect takes the reservation over. */
  readonly sessionId?: string;
  /** The virtual queue that the agent was found through, for its handling times. */
  readonly vq?: string;
}

/** For the agent's desktop (server-sent events). `type`: state, offered, withdrawn, accepted, message, typing, ended ... */
export type AgentEvent = { readonly type: string; readonly [field: string]: Json | undefined };

export type AgentListener = (agentId: string, event: AgentEvent) => void;

export interface Agents {
  /** Makes or changes an agent. Resolves when durable. Rejects with RoutingError AGENT_INVALID. */
  put(agentId: string, change: AgentChange): Promise<AgentView>;
  get(agentId: string): AgentView | undefined;
  list(): readonly AgentView[];
  /** Hears everything that desktops are told, until the returned function is called. */
  onChange(listener: AgentListener): () => void;
  /** Tells the agent's desktops now; nobody listening: nobody told. */
  tell(agentId: string, event: AgentEvent): void;
  /** Tells them once the commit that this batch joins is durable. */
  tellBatch(agentId: string, event: AgentEvent): Batch;

  record(agentId: string): AgentRecord | undefined;
  records(): readonly AgentRecord[];
  slots(agentId: string): readonly AgentSlot[];
  /** Ready agents for a medium with room for one more, longest ready first. */
  free(media: string): readonly FreeAgent[];
  /** Whether the agent is ready and has room for one more. */
  isFree(agentId: string, media: string): boolean;
  occupyBatch(slot: AgentSlot): Batch;
  /** Gives the slot back; an ended interaction also sets the agent behind the others. Routing looks again. */
  releaseBatch(agentId: string, holder: string): Batch;
  /** The server sets the agent not ready (did not answer). */
  notReadyBatch(agentId: string, reason: string): Batch;
}

export interface FreeAgent {
  readonly record: AgentRecord;
  /** How many more interactions the agent can take. */
  readonly room: number;
}
