export { isPasswordHash } from './passwordHash.ts';
export { ROLES } from './roles.ts';
export { TOKEN_ALGORITHMS } from './tokenVerifier.ts';
