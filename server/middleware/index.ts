export { type AdminCredentials, adminGuard } from './adminGuard.ts';
export { durableReplies } from './durableReplies.ts';
export { errorBoundary } from './errorBoundary.ts';
export { gmsHeaders } from './gmsHeaders.ts';
export { eventIdOf, keyOf, startIdOf } from './idempotencyKey.ts';
export { hashPassword, isPasswordHash } from './passwordHash.ts';
export { repeatable } from './repeatable.ts';
export { requestLog } from './requestLog.ts';
