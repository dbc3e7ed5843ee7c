/** The kinds of callers that the routes of the server are for. */
export const AUDIENCES = ['customer', 'agent', 'platform', 'administrator'] as const;

/**
 * - customer: clients of the GMS API, usually an app or a page of a customer.
 * - agent: agent desktops.
 * - platform: other servers of the contact centre, and the documents of the sessions themselves.
 * - administrator: operators.
 */
export type Audience = (typeof AUDIENCES)[number];
