/**
 * The roles of users. administrator: everything. supervisor: reads administration, terminates and retries
 * sessions, blocks documents, reads the work of agents, takes part in chats. debugger: lists sessions, and
 * debugs them. agent: acts as its own agent.
 * platform: the URLs of documents and other servers. viewer: reads administration and the work of agents.
 */
export const ROLES = ['administrator', 'supervisor', 'debugger', 'agent', 'platform', 'viewer'] as const;
export type Role = (typeof ROLES)[number];

/** A user who has proved who they are. */
export interface Identity {
  readonly user: string;
  readonly role: Role;
  /** With the role agent, and where it is set with the role supervisor. */
  readonly agentId?: string;
  /** ms since epoch until which the token counts; absent for a password. */
  readonly validUntil?: number;
}
