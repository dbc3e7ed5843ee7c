import { defined, readId, type SessionId } from '../../engine/ports/index.ts';
import type { Services } from '../../strategies/callback/index.ts';
import type { Chats } from '../../strategies/chat/index.ts';
import type { InteractionId, ServiceId } from '../../strategies/ids/index.ts';
import type { Interactions } from '../../strategies/interaction/index.ts';
import type { ConnId, Routing } from '../../strategies/routing/index.ts';

/** The ids of the things that a log line is about. */
export interface LogIds {
  readonly serviceId?: ServiceId;
  readonly sessionId?: SessionId;
  readonly interactionId?: InteractionId;
  readonly connId?: ConnId;
}

/** Completes the ids of a log line, so that a search for any of them finds every line about the thing. */
export type RelateIds = (fields: Readonly<Record<string, unknown>>) => LogIds;

/** Reads the missing ids from the records of the parts. */
export function createRelateIds(deps: {
  readonly services: Pick<Services, 'get' | 'bySession'>;
  readonly chats: Pick<Chats, 'byService'>;
  readonly interactions: Pick<Interactions, 'get'>;
  readonly routing: Pick<Routing, 'get' | 'ofSession'>;
}): RelateIds {
  const { services, chats, interactions, routing } = deps;
  return (fields) => {
    const given = readIds(fields);
    if (Object.keys(given).length === 0) {
      return {};
    }
    const interaction = given.interactionId === undefined ? undefined : interactions.get(given.interactionId);
    const call = given.connId === undefined ? undefined : routing.get(given.connId);
    const near = { ...ownerIn(call), ...ownerIn(interaction), ...given };
    const service =
      (near.serviceId === undefined ? undefined : services.get(near.serviceId)) ??
      (near.sessionId === undefined ? undefined : services.bySession(near.sessionId));
    const serviceId = near.serviceId ?? service?.id;
    const sessionId = near.sessionId ?? service?.sessionId;
    const interactionId =
      near.interactionId ?? (serviceId === undefined ? undefined : chats.byService(serviceId)?.id);
    const connId =
      near.connId ?? (sessionId === undefined ? undefined : routing.ofSession(sessionId)[0]?.connId);
    return defined({ serviceId, sessionId, interactionId, connId });
  };
}

/** The ids among the fields of a log line. */
function readIds(fields: Readonly<Record<string, unknown>>): LogIds {
  return defined({
    serviceId: readId<ServiceId>(fields.serviceId),
    sessionId: readId<SessionId>(fields.sessionId),
    interactionId: readId<InteractionId>(fields.interactionId),
    connId: readId<ConnId>(fields.connId),
  });
}

function ownerIn(
  found: Pick<LogIds, 'serviceId' | 'sessionId'> | undefined,
): Pick<LogIds, 'serviceId' | 'sessionId'> {
  return defined({ serviceId: found?.serviceId, sessionId: found?.sessionId });
}
