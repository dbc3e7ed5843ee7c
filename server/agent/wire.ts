import { z } from 'zod';
import { defined, type Json, parseId } from '../../engine/ports/index.ts';
import {
  ChatError,
  type ChatErrorCode,
  isSeen,
  type TranscriptView,
  Visibility,
} from '../../strategies/chat/index.ts';
import type { AgentId } from '../../strategies/ids/index.ts';
import {
  type Interaction,
  MAX_NOTES_LENGTH,
  type Outcome,
  type TransferTarget,
} from '../../strategies/interaction/index.ts';
import {
  type AgentChange,
  AgentState,
  type AgentView,
  type CapacityVector,
  stateEvent,
} from '../../strategies/routing/index.ts';
import type { Form } from '../bodies/index.ts';
import { WireError, type WireErrorCode } from '../errors/index.ts';

/** Names in one list of groups, skills or media. */
const MAX_NAMES = 200;
/** Characters of one such name. */
const MAX_NAME_LENGTH = 255;
/** Characters of the reason for which an agent is not ready. */
const MAX_REASON_LENGTH = 64;
/** Characters of an agent's message. */
const MAX_MESSAGE_LENGTH = 8_192;

const name = z.string().min(1).max(MAX_NAME_LENGTH);
const names = z.array(name).max(MAX_NAMES);
const state = z.enum([AgentState.READY, AgentState.NOT_READY, AgentState.AFTER_WORK, AgentState.LOGGED_OUT]);
const reason = z.string().min(1).max(MAX_REASON_LENGTH).optional();
export const agentSchema = z.strictObject({
  state: state.optional(),
  mediaStates: z
    .record(name, z.strictObject({ state, reason }))
    .refine((media) => Object.keys(media).length <= MAX_NAMES, `expected at most ${MAX_NAMES} media`)
    .optional(),
  groups: names.optional(),
  skills: z
    .record(name, z.number())
    .refine((skills) => Object.keys(skills).length <= MAX_NAMES, `expected at most ${MAX_NAMES} skills`)
    .optional(),
  place: name.optional(),
  media: names.min(1).optional(),
  nickname: name.optional(),
  capacity: z.number().int().min(1).max(100).optional(),
  mediaCapacity: z
    .record(name, z.number().int().min(0).max(100))
    .refine((media) => Object.keys(media).length <= MAX_NAMES, `expected at most ${MAX_NAMES} media`)
    .optional(),
  reason,
  dn: name.optional(),
  switch: name.optional(),
});
/** The settings of an agent in the configuration. */
export const agentSettingsSchema = agentSchema.omit({ state: true, mediaStates: true, reason: true });
/** How an interaction ended, as its agent says. */
export const outcomeSchema = z.object({
  disposition: z.string().min(1).max(MAX_REASON_LENGTH).optional(),
  notes: z.string().max(MAX_NOTES_LENGTH).optional(),
});
const visibility = z.enum([Visibility.ALL, Visibility.INT, Visibility.VIP]);
export const messageSchema = z.object({
  text: z.string().min(1).max(MAX_MESSAGE_LENGTH),
  visibility: visibility.optional(),
});
export const typingSchema = z.object({ text: z.string().max(MAX_MESSAGE_LENGTH).optional() });
export const pushUrlSchema = z.object({ url: z.url({ protocol: /^https?$/ }).max(MAX_MESSAGE_LENGTH) });
const note = z.string().min(1).max(MAX_MESSAGE_LENGTH).optional();
export const transferSchema = z.object({
  to: z
    .strictObject({ agentId: name.optional(), queue: name.optional() })
    .refine((to) => (to.agentId === undefined) !== (to.queue === undefined), 'expected agentId or queue'),
  text: note,
});
export const invitationSchema = z.object({ to: z.strictObject({ agentId: name }), text: note });
export const userDataSchema = z.object({
  userData: z
    .record(name, z.unknown())
    .refine((data) => Object.keys(data).length <= MAX_NAMES, `expected at most ${MAX_NAMES} keys`),
});
export const removeSchema = z.object({ participant: name });
export const watchSchema = z.object({ visibility: z.enum([Visibility.VIP, Visibility.INT]).optional() });

/** Body of PUT /agent/1/agents/{agentId}. Throws PARAMETER_INVALID with every problem. */
export function readAgent(body: Json): AgentChange {
  const { switch: switchName, ...change } = parse(agentSchema, body);
  return { ...change, switchName };
}

/** The outcome of an interaction, in the words of its agent. */
export function readOutcome(body: Json): Outcome {
  return parse(outcomeSchema, body);
}

export function readMessage(body: Json): z.infer<typeof messageSchema> {
  return parse(messageSchema, body);
}

/** The text that an agent has typed so far. */
export function readTyping(body: Json): string | undefined {
  return parse(typingSchema, body ?? {}).text;
}

export function readPushUrl(body: Json): string {
  return parse(pushUrlSchema, body).url;
}

/** Body of POST .../transfer: `to` an agent or a queue. */
export function readTransfer(body: Json): {
  readonly target: TransferTarget;
  readonly text: string | undefined;
} {
  const { to, text } = parse(transferSchema, body);
  if (to.queue !== undefined) return { target: { kind: 'queue', queue: to.queue }, text };
  return { target: { kind: 'agent', agentId: parseAgentId(to.agentId) }, text };
}

/** Body of POST .../conference and .../consult. */
export function readInvitation(body: Json): { readonly agentId: AgentId; readonly text: string | undefined } {
  const { to, text } = parse(invitationSchema, body);
  return { agentId: parseAgentId(to.agentId), text };
}

/** Body of POST .../userData: null removes a key. */
export function readUserData(body: Json): Readonly<Record<string, Json>> {
  return parse(userDataSchema, body).userData as Readonly<Record<string, Json>>;
}

/** Body of POST .../remove. */
export function readRemoved(body: Json): AgentId {
  return parseAgentId(parse(removeSchema, body).participant);
}

/** Body of POST .../monitor: VIP, unseen by the agents too, or INT. */
export function readWatch(body: Json): Visibility {
  return parse(watchSchema, body ?? {}).visibility ?? Visibility.VIP;
}

/**
 * The agent that a request names in its body, query or header `x-agent-id`. Undefined: the agent who has the
 * interaction acts.
 */
export function readActor(form: Form, header: string): AgentId | undefined {
  const inForm = form.agentId;
  const named = typeof inForm === 'string' && inForm !== '' ? inForm : header;
  return named === '' ? undefined : parseAgentId(named);
}

/** The id of an agent in a request. Throws AGENT_NOT_FOUND. */
export function parseAgentId(raw: unknown): AgentId {
  return parseId<AgentId>(raw, agentNotFound);
}

export function agentNotFound(agentId: string): WireError {
  return new WireError('AGENT_NOT_FOUND', {
    message: `No agent '${agentId}'. PUT /agent/1/agents/{agentId} creates one.`,
  });
}

export function agentReply(view: AgentView): Json {
  const { agentId, groups, skills, place, media, nickname, capacity, mediaCapacity } = view;
  const { type: _type, ...states } = stateEvent(view);
  return defined({
    agentId,
    ...states,
    groups,
    skills,
    place,
    media,
    nickname,
    capacity,
    mediaCapacity,
  });
}

/** GET /agent/1/agents/{agentId}/capacity. */
export function capacityReply(agentId: AgentId, { media, ...all }: CapacityVector): Json {
  const vectors = Object.entries(media).map(([one, { state: is, reason: why, current, max, more }]) => [
    one,
    defined({ state: is, reason: why, current, max, more }),
  ]);
  return { agentId, ...all, media: Object.fromEntries(vectors) };
}

/** Item of GET /agent/1/agents/{agentId}/interactions. */
export function interactionReply(interaction: Interaction): { readonly [field: string]: Json } {
  const { id, serviceId, state, media, userData, wrapupUntil, disposition, notes } = interaction;
  const shown = wrapupUntil === undefined ? state : 'wrapup';
  return defined({
    interactionId: id,
    serviceId,
    state: shown,
    media,
    userData,
    wrapupUntil,
    disposition,
    notes,
  });
}

/** As interactionReply, for one agent: one to which they are invited is offered to them. */
export function ownReply(interaction: Interaction, agentId: AgentId): { readonly [field: string]: Json } {
  const invitation = interaction.invitations?.find((one) => one.agentId === agentId);
  if (invitation === undefined) return interactionReply(interaction);
  const { kind, from, until } = invitation;
  return {
    ...interactionReply(interaction),
    state: 'offered',
    expiresAt: until,
    invitation: { kind, from },
  };
}

/** Item of GET /agent/1/interactions. A reader learns only of the parties whom they see. */
export function listedReply(
  interaction: Interaction,
  reader: Visibility,
): { readonly [field: string]: Json } {
  const { agentId, partners = [], invitations } = interaction;
  const seen = partners.filter((one) => isSeen(one.visibility, reader));
  const participants = seen.map(({ agentId: partner, visibility: seenBy, isSupervisor }) => ({
    agentId: partner,
    visibility: seenBy,
    ...defined({ isSupervisor }),
  }));
  return {
    ...interactionReply(interaction),
    ...defined({
      agentId,
      participants: participants.length === 0 ? undefined : participants,
      invitations: invitations?.map(({ agentId: invited, kind, until }) => ({
        agentId: invited,
        kind,
        expiresAt: until,
      })),
    }),
  };
}

/** GET /agent/1/interactions/{interactionId}. */
export function transcriptReply(interaction: Interaction, view: TranscriptView, reader: Visibility): Json {
  return {
    ...listedReply(interaction, reader),
    transcript: view.entries.map(({ type, party, text, seconds, visibility: seenBy, userData }) => ({
      type,
      party: { type: party.type, nickname: party.nickname },
      text,
      seconds,
      ...defined({ visibility: seenBy === Visibility.ALL ? undefined : seenBy, userData }),
    })),
    nextPosition: view.position,
  };
}

const CHAT_CODES: Readonly<Record<ChatErrorCode, WireErrorCode>> = {
  CHAT_NOT_FOUND: 'INTERACTION_NOT_FOUND',
  CHAT_ENDED: 'INTERACTION_STATE',
  CHAT_FULL: 'INTERACTION_STATE',
  TEXT_INVALID: 'PARAMETER_INVALID',
  POSITION_INVALID: 'PARAMETER_INVALID',
};

/**
 * Agents know chats as interactions: turns an error of a chat into one of its interaction. Others stay as
 * they are.
 */
export function asInteractionFault(thrown: unknown): unknown {
  if (!(thrown instanceof ChatError)) return thrown;
  return new WireError(CHAT_CODES[thrown.code], { message: thrown.message, cause: thrown });
}

/** Throws PARAMETER_INVALID with every problem. */
export function parse<T>(schema: z.ZodType<T>, body: Json): T {
  const parsed = schema.safeParse(body);
  if (parsed.success) return parsed.data;
  const problems = parsed.error.issues.map((issue) => `${issue.path.join('.') || 'body'}: ${issue.message}`);
  throw new WireError('PARAMETER_INVALID', { message: problems.join('; '), details: { problems } });
}
