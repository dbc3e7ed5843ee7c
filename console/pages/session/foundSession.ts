import type { ReplyOf } from '../../api/operationTypes.ts';

/** A session as the search of sessions finds it. */
export type FoundSession = ReplyOf<'GET /genesys/1/admin/sessions/search'>['sessions'][number];
