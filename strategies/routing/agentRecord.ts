import type { Json, SessionId } from '../../engine/ports/index.ts';
import type { AgentId } from '../ids/index.ts';
import type { SlotHolder } from './callIds.ts';

export const AgentState = {
  READY: 'ready',
  NOT_READY: 'notReady',
  /** Not ready because of work that follows an interaction. */
  AFTER_WORK: 'afterWork',
  LOGGED_OUT: 'loggedOut',
} as const;
export type AgentState = (typeof AgentState)[keyof typeof AgentState];

/** The state of an agent for one medium, or for all of them. */
export interface MediumState {
  readonly state: AgentState;
  /** Why the agent is not ready or logged out. */
  readonly reason?: string | undefined;
}

/**
 * noanswer: the agent did not answer an offer. disconnected: the event stream of their desktop has been
 * closed for too long.
 */
export type StateReason = 'noanswer' | 'disconnected';

/** Settings of an agent, from their desktop. Absent fields keep their value; a new agent needs `state`. */
export interface AgentChange {
  /** For all media. */
  readonly state?: AgentState | undefined;
  /** For single media of the agent, by medium; they count after `state`. */
  readonly mediaStates?: Readonly<Record<string, MediumState>> | undefined;
  readonly groups?: readonly string[] | undefined;
  /** Skill levels by name. */
  readonly skills?: Readonly<Record<string, number>> | undefined;
  readonly place?: string | undefined;
  /** Media the agent takes; a new agent takes 'chat'. */
  readonly media?: readonly string[] | undefined;
  /** Shown to the customer; absent: the agent's id. */
  readonly nickname?: string | undefined;
  /** Interactions of all media that the agent takes at the same time. */
  readonly capacity?: number | undefined;
  /** Interactions of single media that the agent takes at the same time, by medium. */
  readonly mediaCapacity?: Readonly<Record<string, number>> | undefined;
  /** Why the agent is not ready, in the words or codes of the installation. */
  readonly reason?: string | undefined;
  /** Directory number and switch quoted in routing results. */
  readonly dn?: string | undefined;
  readonly switchName?: string | undefined;
}

export interface AgentView {
  readonly agentId: AgentId;
  /** The state for most purposes: ready if the agent is ready for one medium. AS1 of agentState.ts. */
  readonly state: AgentState;
  /** The media whose state or reason differs from `state` and `reason`. Absent: none. */
  readonly mediaStates?: Readonly<Record<string, MediumState>>;
  readonly groups: readonly string[];
  readonly skills: Readonly<Record<string, number>>;
  readonly place?: string;
  readonly media: readonly string[];
  readonly nickname?: string;
  readonly capacity: number;
  readonly mediaCapacity?: Readonly<Record<string, number>>;
  /** Why the agent is not ready or logged out: a StateReason of the server, or the agent's own reason. */
  readonly reason?: string;
}

/** Table `agent`: the settings. The work that keeps the agent busy is in `agentSlot`. */
export interface AgentRecord extends AgentView {
  readonly dn?: string;
  readonly switchName?: string;
  /**
   * Number of times that the settings were changed. An agent who was tried counts as untried after a change.
   */
  readonly setting: number;
  /** ms since epoch: ready and free since then. The agent who has been ready longest comes first. */
  readonly readySince: number;
  /** Records of earlier versions have it. */
  readonly login?: unknown;
}

/** Table `agentSlot`, key `agentId/holder`: something that keeps an agent busy. */
export interface AgentSlot {
  readonly agentId: AgentId;
  /** Virtual interaction, submit or interaction. */
  readonly holder: SlotHolder;
  /** wrapup: the interaction is over, and the agent does the work that follows. */
  readonly kind: 'reserved' | 'offered' | 'active' | 'wrapup';
  /** Absent in slots of earlier versions: it counts for each medium. */
  readonly media?: string;
  /** ms since epoch. */
  readonly since: number;
  /** ms since epoch at which a reservation ends by itself. */
  readonly until?: number;
  /** The session for which the agent is reserved; a redirect of this session takes the reservation over. */
  readonly sessionId?: SessionId;
  /** The virtual queue through which the agent was found; its handling times are measured. */
  readonly vq?: string;
}

/**
 * The kinds of event for an agent's desktop: it missed events; about the agent, who may have been removed;
 * about their interactions; about the actions of parties in a chat.
 */
export type AgentEventType =
  | 'reload'
  | 'state'
  | 'removed'
  | 'offered'
  | 'withdrawn'
  | 'accepted'
  | 'ended'
  | 'invitation'
  | 'joined'
  | 'left'
  | 'transferred'
  | 'wrapup'
  | 'completed'
  | 'customerLeft'
  | 'message'
  | 'typing'
  | 'notice'
  | 'pushUrl'
  | 'file'
  | 'nickname'
  | 'customerLeft'
  | 'userData'
  | 'read';

/** An event for the desktops of an agent. */
export type AgentEvent = { readonly type: AgentEventType; readonly [field: string]: Json | undefined };

/** `position`: in AgentEvents; undefined for an event that is not kept. */
export type AgentListener = (agentId: AgentId, event: AgentEvent, position?: number) => void;

export interface FreeAgent {
  readonly record: AgentRecord;
  /** Number of further interactions that the agent can take. */
  readonly room: number;
  /** The same for single media, where the agent has a capacity of their own. */
  readonly mediaRoom?: Readonly<Record<string, number>>;
}
