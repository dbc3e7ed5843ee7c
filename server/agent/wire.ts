import { z } from 'zod';
import type { Json } from '../../engine/event.ts';
import type { TranscriptView } from '../../strategies/chat/chatRecord.ts';
import type { ChatErrorCode } from '../../strategies/chat/chats.ts';
import { ChatError } from '../../strategies/chat/chats.ts';
import { InteractionError, type InteractionErrorCode } from '../../strategies/interaction/errors.ts';
import type { Interaction } from '../../strategies/interaction/interactions.ts';
import { type AgentChange, AgentState, type AgentView } from '../../strategies/routing/agents.ts';
import type { Form } from '../bodies/state.ts';
import { WireError, type WireErrorCode } from '../errors.ts';

/** Longest list of groups, skills or media, and longest name in one. */
const MAX_NAMES = 200;
const MAX_NAME_LENGTH = 255;
/** Longest message of an agent. */
const MAX_MESSAGE_LENGTH = 8_192;

const name = z.string().min(1).max(MAX_NAME_LENGTH);
const names = z.array(name).max(MAX_NAMES);
const agentSchema = z.strictObject({
  state: z.enum([AgentState.READY, AgentState.NOT_READY, AgentState.LOGGED_OUT]).optional(),
  groups: names.optional(),
  skills: z
    .record(name, z.number())
    .refine((skills) => Object.keys(skills).length <= MAX_NAMES, `expected at most ${MAX_NAMES} skills`)
    .optional(),
  place: name.optional(),
  media: names.min(1).optional(),
  nickname: name.optional(),
  capacity: z.number().int().min(1).max(100).optional(),
  dn: name.optional(),
  switch: name.optional(),
});
const messageSchema = z.object({ text: z.string().min(1).max(MAX_MESSAGE_LENGTH) });

/** Body of PUT /agent/1/agents/{agentId}. Throws WireError PARAMETER_INVALID with every fault. */
export function readAgent(body: Json): AgentChange {
  const { switch: switchName, ...change } = parse(agentSchema, body);
  return { ...change, switchName };
}

export function readMessage(body: Json): string {
  return parse(messageSchema, body).text;
}

/** The agent who acts: named by body, query or header `x-agent-id`; undefined: whoever has the interaction. */
export function readActor(form: Form, header: string): string | undefined {
  const named = form.agentId;
  if (typeof named === 'string' && named !== '') return named;
  return header === '' ? undefined : header;
}

export function agentReply(view: AgentView): Json {
  const { agentId, state, groups, skills, place, media, nickname, capacity, reason } = view;
  return {
    agentId,
    state,
    groups,
    skills,
    ...(place === undefined ? {} : { place }),
    media,
    ...(nickname === undefined ? {} : { nickname }),
    capacity,
    ...(reason === undefined ? {} : { reason }),
  };
}

/** Item of GET /agent/1/agents/{agentId}/interactions. */
export function interactionReply(interaction: Interaction): { readonly [field: string]: Json } {
  const { id, serviceId, state, media, userData } = interaction;
  return {
    interactionId: id,
    ...(serviceId === undefined ? {} : { serviceId }),
    state,
    media,
    userData,
  };
}

/** GET /agent/1/interactions/{interactionId}. */
export function transcriptReply(interaction: Interaction, view: TranscriptView): Json {
  return {
    ...interactionReply(interaction),
    ...(interaction.agentId === undefined ? {} : { agentId: interaction.agentId }),
    transcript: view.entries.map(({ type, party, text, seconds }) => ({
      type,
      party: { type: party.type, nickname: party.nickname },
      text,
      seconds,
    })),
    nextPosition: view.position,
  };
}

const WIRE_CODES: Readonly<Record<InteractionErrorCode | ChatErrorCode, WireErrorCode>> = {
  INTERACTION_NOT_FOUND: 'INTERACTION_NOT_FOUND',
  INTERACTION_STATE: 'INTERACTION_STATE',
  QUEUE_UNKNOWN: 'UNAVAILABLE',
  CHAT_NOT_FOUND: 'INTERACTION_NOT_FOUND',
  CHAT_ENDED: 'INTERACTION_STATE',
  CHAT_FULL: 'INTERACTION_STATE',
  TEXT_INVALID: 'PARAMETER_INVALID',
};

/** A fault of interactions or chat, as the desktop is told of it; other faults stay what they are. */
export function interactionFault(thrown: unknown): unknown {
  if (!(thrown instanceof InteractionError) && !(thrown instanceof ChatError)) return thrown;
  return new WireError(WIRE_CODES[thrown.code], { message: thrown.message, cause: thrown });
}

function parse<T>(schema: z.ZodType<T>, body: Json): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`);
  throw new WireError('PARAMETER_INVALID', { message: problems.join('; '), details: { problems } });
}
