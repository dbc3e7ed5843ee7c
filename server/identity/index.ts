export { type CustomerSettings, Customers } from './customers.ts';
export { Identities } from './identities.ts';
export { IdentityProvider } from './identityProvider.ts';
export { LoginRecords } from './loginRecords.ts';
export { hashPassword, isPasswordHash, newPasswordHash } from './passwordHash.ts';
export { PasswordThread } from './passwordThread.ts';
export { ROLES } from './roles.ts';
export { TOKEN_ALGORITHMS, type TokenSettings, TokenVerifier } from './tokenVerifier.ts';
export { type UserAccount, Users } from './users.ts';
