import type { Durable, PutRecord } from '../../engine/host/durable.ts';
import type { CreateService } from './services.ts';

/** Table: which instance a request with an idempotency key made, by scope, service and key. */
const CREATED = 'createdService';
/** As long as ids of events are remembered. */
const REMEMBERED_MS = 86_400_000;

type Keyed = Pick<CreateService, 'scope' | 'name'> & { readonly key: string };

/** The id of the instance that an earlier request with the same key made, within a day. */
export function createdId(durable: Durable, request: Keyed): string | undefined {
  return durable.get<string>(CREATED, recordKey(request));
}

/** Belongs into the commit of the instance. */
export function createdRecord(request: Keyed, id: string, now: number): PutRecord {
  return { table: CREATED, key: recordKey(request), value: id, expiresAt: now + REMEMBERED_MS };
}

/** Only the last part is a client's: it cannot reach into another service's. */
function recordKey({ scope, name, key }: Keyed): string {
  return `${scope}/${encodeURIComponent(name)}/${key}`;
}
