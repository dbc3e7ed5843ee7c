import { createHash } from 'node:crypto';
import type { Durable, PutRecord } from '../../engine/host/durable.ts';
import { DEFAULT_RETENTION } from '../../engine/host/retention.ts';
import type { CreateService } from './services.ts';

const CREATED = 'createdService';

/** Table `createdService`: what a request with an idempotency key made. */
export interface CreatedService {
  readonly id: string;
  /** It was answered without a session, which starts later. */
  readonly scheduled: boolean;
  /** ms since epoch of the first request: its day does not begin anew with a repetition. */
  readonly at: number;
}

type Keyed = Pick<CreateService, 'scope' | 'name' | 'gmsUser'> & { readonly key: string };

/** What an earlier request with the same key made, within a day. */
export function createdEarlier(durable: Durable, request: Keyed): CreatedService | undefined {
  return durable.get<CreatedService>(CREATED, recordKey(request));
}

/** Belongs into the commit of the instance. No longer than the answer to `start`: it would be asked to start once more. */
export function createdRecord(request: Keyed, value: CreatedService): PutRecord {
  const expiresAt = value.at + DEFAULT_RETENTION.replyMs;
  return { table: CREATED, key: recordKey(request), value, expiresAt };
}

/** A key counts for one user of one service: nobody gets what another's equal key made. Hashed: its parts have any length. */
function recordKey({ scope, name, gmsUser = '', key }: Keyed): string {
  return createHash('sha256')
    .update(JSON.stringify([scope, name, gmsUser, key]))
    .digest('hex');
}
