import { z } from 'zod';
import { defined, type Json } from '../../engine/ports/index.ts';
import type { Visibility } from '../../strategies/chat/index.ts';
import type { Interaction } from '../../strategies/interaction/index.ts';
import {
  MAX_MAIL_CHARS,
  type OpenMediaRecord,
  type OpenMediaView,
} from '../../strategies/openMedia/index.ts';
import { listedReply, parse } from './wire.ts';

/** Characters of the subject of a reply. */
const MAX_SUBJECT_LENGTH = 1_024;

export const mailReplySchema = z.object({
  text: z.string().min(1).max(MAX_MAIL_CHARS),
  subject: z
    .string()
    .min(1)
    .max(MAX_SUBJECT_LENGTH)
    .regex(/^\P{Cc}*$/u, 'expected one line')
    .optional(),
});

/** Body of POST .../reply. */
export function readMailReply(body: Json): z.infer<typeof mailReplySchema> {
  return parse(mailReplySchema, body);
}

/** GET /agent/1/interactions/{interactionId} for an interaction that is no chat. */
export function openMediaReply(interaction: Interaction, record: OpenMediaRecord, reader: Visibility): Json {
  const { service, type, subtype, externalId, mail, replies = [] } = record;
  return {
    ...listedReply(interaction, reader),
    service,
    type,
    subtype,
    ...defined({ externalId, email: mail && { ...mail, replies: replies.map((one) => ({ ...one })) } }),
  };
}

/** Item of GET .../history. */
export function earlierReply({ interaction, record }: OpenMediaView): Json {
  const { id, media, createdAt, endedAt, agentId, disposition, notes } = interaction;
  const { externalId, mail } = record;
  return {
    interactionId: id,
    media,
    startedAt: createdAt,
    ...defined({ endedAt, externalId, subject: mail?.subject, agentId, disposition, notes }),
  };
}
