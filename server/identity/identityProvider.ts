import type { JWTPayload } from 'jose';
import { defined } from '../../engine/ports/index.ts';
import { WireError } from '../errors/index.ts';
import { claimOf, textClaim } from './claims.ts';
import { type Identity, ROLES, type Role } from './roles.ts';
import { endOf, type TokenSettings, type TokenVerifier } from './tokenVerifier.ts';

/** Users whose identity provider issues tokens (OIDC), and the claims that tell who they are. */
export interface ProviderSettings extends TokenSettings {
  readonly userClaim: string;
  /** Text, or a list of texts. */
  readonly roleClaim: string;
  /** The id of an agent. */
  readonly agentClaim: string;
  /** Value of the role claim, and the role that it gives. */
  readonly roles: Readonly<Record<string, Role>>;
}

/** The users of an identity provider. */
export class IdentityProvider {
  readonly #settings: ProviderSettings;
  readonly #verifier: Pick<TokenVerifier, 'verify'>;

  constructor(deps: {
    readonly settings: ProviderSettings;
    readonly verifier: Pick<TokenVerifier, 'verify'>;
  }) {
    this.#settings = deps.settings;
    this.#verifier = deps.verifier;
  }

  /** The user of a token. Rejects as TokenVerifier.verify, or with FORBIDDEN when no role can be found. */
  async identify(token: string): Promise<Identity> {
    const claims = await this.#verifier.verify(token);
    const { userClaim, roleClaim, agentClaim } = this.#settings;
    const user = textClaim(claims, userClaim);
    if (user === undefined) throw missing(userClaim, 'the name of the user');
    const role = this.#roleOf(claims);
    if (role === undefined) throw missing(roleClaim, 'a value that is in security.identityProvider.roles');
    const validUntil = endOf(claims);
    if (role !== 'agent' && role !== 'supervisor') return { user, role, validUntil };
    const agentId = textClaim(claims, agentClaim);
    if (agentId === undefined && role === 'agent') throw missing(agentClaim, 'the id of the agent');
    return { user, role, validUntil, ...defined({ agentId }) };
  }

  /** Several roles give the one that comes first in ROLES. */
  #roleOf(claims: JWTPayload): Role | undefined {
    const value = claimOf(claims, this.#settings.roleClaim);
    const values = Array.isArray(value) ? value : [value];
    const { roles } = this.#settings;
    return ROLES.find((role) =>
      values.some((one) => typeof one === 'string' && Object.hasOwn(roles, one) && roles[one] === role),
    );
  }
}

function missing(claim: string, expected: string): WireError {
  return new WireError('FORBIDDEN', {
    message: `Expected the claim '${claim}' of the token to be ${expected}.`,
  });
}
