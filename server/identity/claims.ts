import type { JWTPayload } from 'jose';

/**
 * The value of a claim. The name may be a path, such as `realm_access.roles`; a claim of the whole name wins.
 */
export function claimOf(claims: JWTPayload, name: string): unknown {
  if (Object.hasOwn(claims, name)) return claims[name];
  let value: unknown = claims;
  for (const part of name.split('.')) {
    if (typeof value !== 'object' || value === null || !Object.hasOwn(value, part)) return undefined;
    value = (value as Readonly<Record<string, unknown>>)[part];
  }
  return value;
}

/** The text of a claim; undefined when it is absent, empty or no text. */
export function textClaim(claims: JWTPayload, name: string): string | undefined {
  const value = claimOf(claims, name);
  return typeof value === 'string' && value !== '' ? value : undefined;
}
