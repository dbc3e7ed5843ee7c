import { z } from 'zod';
import { networksOf } from '../../adapters/index.ts';
import { isPasswordHash, ROLES, TOKEN_ALGORITHMS } from '../../identity/index.ts';

const text = z.string().min(1);
const passwordHash = z
  .string()
  .refine(isPasswordHash, 'expected scrypt$<salt>$<hash>, as `orsay hash-password` prints it');

/** Signed tokens of one issuer. */
const tokenFields = {
  issuer: text,
  audience: text,
  /** URL of the issuer's JSON Web Key Set. */
  jwks: z.url({ protocol: /^https?$/ }).optional(),
  /** File with its public key or keys; a relative path begins in the data directory. */
  keyFile: text.optional(),
  algorithms: z.array(z.enum(TOKEN_ALGORITHMS)).min(1).default(['RS256', 'PS256', 'ES256', 'EdDSA']),
};

function requireOneKey(
  { jwks, keyFile }: { readonly jwks?: string | undefined; readonly keyFile?: string | undefined },
  context: z.RefinementCtx,
): void {
  if ((jwks === undefined) === (keyFile === undefined)) {
    context.addIssue({ code: 'custom', path: ['jwks'], message: 'expected either jwks or keyFile' });
  }
}

/** For text: an entry of a list of networks. */
export function checkNetwork(entry: string, context: z.RefinementCtx): void {
  try {
    networksOf(entry);
  } catch (error) {
    context.addIssue({ code: 'custom', message: (error as Error).message });
  }
}

const openSchema = z.strictObject({
  mode: z.literal('open'),
  /** The customers whose things a query finds. Undefined: everyone on loopback, otherwise own. */
  queries: z.enum(['everyone', 'own']).optional(),
});

const gatewaySchema = z.strictObject({
  mode: z.literal('gateway'),
  /** Serve customers without a gms_user; the id of a service is their only right to it. */
  anonymous: z.boolean().default(true),
  /** File with the secret of gms_user_signature; a relative path begins in the data directory. */
  secretFile: text.optional(),
  /** Seconds for which a signature counts. */
  signatureMaxAge: z.number().int().positive().default(300),
});

const tokenSchema = z
  .strictObject({
    mode: z.literal('token'),
    ...tokenFields,
    /** Serve customers without a token; the id of a service is their only right to it. */
    anonymous: z.boolean().default(false),
    /** The claim that is the gms_user. */
    claim: text.default('sub'),
  })
  .superRefine(requireOneKey);

/** How the server knows its clients. */
export const securitySchema = z
  .strictObject({
    /** Undefined: open, on loopback only. */
    customers: z
      .preprocess(
        (value) => (typeof value === 'string' ? { mode: value } : value),
        z.discriminatedUnion('mode', [openSchema, gatewaySchema, tokenSchema]),
      )
      .optional(),
    /** Addresses and networks of the gateways in front of the server. */
    gateways: z.array(text.superRefine(checkNetwork)).default([]),
    /** Tokens of users. */
    identityProvider: z
      .strictObject({
        ...tokenFields,
        userClaim: text.default('sub'),
        roleClaim: text.default('roles'),
        agentClaim: text.default('agent_id'),
        /** Value of the role claim, and the role that it gives. */
        roles: z.record(text, z.enum(ROLES)),
      })
      .superRefine(requireOneKey)
      .optional(),
  })
  .superRefine(({ customers, gateways }, context) => {
    if (customers?.mode !== 'gateway' || customers.secretFile !== undefined || gateways.length > 0) return;
    context.addIssue({
      code: 'custom',
      path: ['gateways'],
      message: 'expected a gateway, or customers.secretFile: otherwise no gms_user is ever believed',
    });
  });

/** Users by name. */
export const usersSchema = z.record(
  text.regex(/^[^:\p{Cc}]+$/u, 'expected a name without a colon and control characters'),
  z
    .strictObject({
      role: z.enum(ROLES),
      /** The agent, or the one as whom a supervisor acts (else under the user's name). */
      agentId: text.optional(),
      passwordHash,
    })
    .superRefine(({ role, agentId }, context) => {
      const isMissing = role === 'agent' && agentId === undefined;
      if (isMissing || (agentId !== undefined && role !== 'agent' && role !== 'supervisor')) {
        context.addIssue({
          code: 'custom',
          path: ['agentId'],
          message: 'expected an agentId with the role agent, and else only with the role supervisor',
        });
      }
    }),
);
