/**
 * The roles of users. administrator: everything. supervisor: reads administration, terminates and retries
 * sessions, blocks documents. agent: acts as its own agent. platform: the URLs of documents and other
 * servers. viewer: reads administration.
 */
export const ROLES = ['administrator', 'supervisor', 'agent', 'platform', 'viewer'] as const;
export type Role = (typeof ROLES)[number];

/** A user who has proved who they are. */
export interface Identity {
  readonly user: string;
  readonly role: Role;
  /** Only with the role agent. */
  readonly agentId?: string;
}
