import type { Json } from '../../engine/ports/index.ts';
import type { CreateChat } from './chats.ts';

/**
 * User data that the chat attaches to its interaction. The names are data: documents read them. The fldn
 * names are documented (gms-api 7.1). The three ids tell
 * inbound_chat which service, session and storage area the chat belongs to; which keys the platform uses
 * for that is not documented (gms-api 5), these are ours.
 */
export function interactionUserData(request: CreateChat): Record<string, Json> {
  const own: Record<string, string | undefined> = {
    fldnFirstName: request.firstName,
    fldnLastName: request.lastName,
    fldnEmailAddress: request.email,
    Subject: request.subject,
    _id: request.serviceId,
    _ors_session_id: request.sessionId,
    _data_id: request.dataId,
  };
  const present = Object.entries(own).filter((pair): pair is [string, string] => pair[1] !== undefined);
  return { ...request.userData, ...Object.fromEntries(present) };
}
