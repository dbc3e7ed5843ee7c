import type { AgentId, InteractionId } from '../ids/index.ts';

/** An e-mail of a customer. */
export interface Mail {
  readonly fromAddress: string;
  readonly firstName: string;
  readonly lastName: string;
  readonly subject: string;
  readonly text: string;
  /** The address to which it is written; absent: the installation names none. */
  readonly mailbox?: string;
}

/** An agent's reply to an e-mail. */
export interface MailReply {
  readonly agentId: AgentId;
  readonly subject: string;
  readonly text: string;
  /** ms since epoch. */
  readonly at: number;
}

/** Table `openMedia`: the facts of an interaction that the interaction itself does not have. */
export interface OpenMediaRecord {
  readonly id: InteractionId;
  /** The service that it was created with. */
  readonly service: string;
  /** The owner; absent: nobody's. */
  readonly gmsUser?: string;
  readonly type: string;
  readonly subtype: string;
  /** The customer's own id of it. */
  readonly externalId?: string;
  /** The properties that find its customer. */
  readonly lookup: Readonly<Record<string, string>>;
  /** Its number among all that were created; the first is 1. */
  readonly number: number;
  /** Absent: it is no e-mail. */
  readonly mail?: Mail;
  /** Absent: none. */
  readonly replies?: readonly MailReply[];
}

/** Characters of the texts and subjects of an e-mail and of all replies to it. */
export const MAX_MAIL_CHARS = 262_144;

/** Replies to one e-mail. Each writes all of them. */
export const MAX_MAIL_REPLIES = 100;

/** The characters that count for MAX_MAIL_CHARS. */
export function mailChars({ mail, replies = [] }: Pick<OpenMediaRecord, 'mail' | 'replies'>): number {
  const texts = mail === undefined ? replies : [mail, ...replies];
  return texts.reduce((sum, { subject, text }) => sum + subject.length + text.length, 0);
}
