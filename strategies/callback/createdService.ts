import { createHash } from 'node:crypto';
import type { Durable, PutRecord } from '../../engine/host/durable.ts';
import type { CreateService } from './services.ts';

const CREATED = 'createdService';
/** As long as ids of events and answers are: what outlived those would be asked to start once more. */
const REMEMBERED_MS = 86_400_000;

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

/** Belongs into the commit of the instance. */
export function createdRecord(request: Keyed, value: CreatedService): PutRecord {
  return { table: CREATED, key: recordKey(request), value, expiresAt: value.at + REMEMBERED_MS };
}

/** A key counts for one user of one service: nobody gets what another's equal key made. Hashed: its parts have any length. */
function recordKey({ scope, name, gmsUser = '', key }: Keyed): string {
  return createHash('sha256')
    .update(JSON.stringify([scope, name, gmsUser, key]))
    .digest('hex');
}
