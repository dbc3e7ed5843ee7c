import { defined, type Json } from '../../engine/ports/index.ts';
import type { ChatFile } from '../../strategies/files/index.ts';
import type { Interaction } from '../../strategies/interaction/index.ts';
import type { OpenMediaRecord } from '../../strategies/openMedia/index.ts';
import type { DigitalFault } from '../digital/index.ts';

export type ReplyBody = { readonly [name: string]: Json };

/** The names of Interaction Server for the states of an interaction. gms-api 7.8. */
const STATES: Readonly<Record<Interaction['state'], string>> = {
  queued: 'Queued',
  offered: 'Routing',
  active: 'Handling',
  ended: 'Stopped',
};
const TENANT = 1;
const SUBMITTER = 'orsay';

export function doneReply(fields: ReplyBody = {}): ReplyBody {
  return { statusCode: 0, ...fields };
}

/** `record` is absent for an interaction of another kind. gms-api 7.8. */
export function interactionReply(
  interaction: Interaction,
  record: OpenMediaRecord | undefined,
  files: readonly ChatFile[],
): ReplyBody {
  const {
    id,
    media,
    queue,
    state,
    agentId,
    createdAt,
    queuedAt = createdAt,
    endedAt,
    endText,
    userData,
  } = interaction;
  return doneReply({
    properties: {
      interactionId: id,
      ...defined({
        interactionExternalId: record?.externalId,
        interactionType: record?.type,
        interactionSubtype: record?.subtype,
      }),
      interactionMediatype: media,
      interactionTenantId: TENANT,
      interactionQueue: queue,
      interactionState: STATES[state],
      interactionIsLocked: state === 'offered' || state === 'active',
      interactionIsOnline: media === 'chat',
      interactionIsHeld: false,
      ...defined({ interactionAgentId: state === 'active' ? agentId : undefined }),
      interactionSubmittedBy: SUBMITTER,
      ...defined({ interactionSubmitSeq: record?.number }),
      interactionReceivedAt: timeOf(createdAt),
      interactionSubmittedAt: timeOf(createdAt),
      interactionPlacedInQueueAt: timeOf(queuedAt),
      interactionMovedToQueueAt: timeOf(queuedAt),
      ...defined({
        interactionCompletedAt: endedAt === undefined ? undefined : timeOf(endedAt),
        interactionStopReason: endText,
      }),
      interactionUserData: Object.entries(userData).map(([key, value]) => ({
        key,
        value: typeof value === 'string' ? value : JSON.stringify(value),
      })),
    },
    ...defined({ email: mailOf(record, files) }),
  });
}

function mailOf(record: OpenMediaRecord | undefined, files: readonly ChatFile[]): Json | undefined {
  if (record?.mail === undefined) return undefined;
  const replies = (record.replies ?? []).map(({ subject, text, at }) => ({
    subject,
    text,
    sentAt: timeOf(at),
  }));
  const attachments = files.map(({ name, size, contentType }) => ({ name, size, contentType }));
  return { ...record.mail, attachments, replies };
}

/** Whole seconds, as Interaction Server writes times. */
function timeOf(ms: number): string {
  return `${new Date(ms).toISOString().slice(0, 19)}Z`;
}

export function faultReply(fault: DigitalFault): ReplyBody {
  return {
    statusCode: fault.isPassing ? 1 : 2,
    errors: [{ code: fault.code, advice: fault.message }],
  };
}
