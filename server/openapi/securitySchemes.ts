import type { Audience } from '../access/index.ts';
import type { Part } from './jsonSchema.ts';

/** The ways in which a client says who it is. */
export function securitySchemes(): Part {
  return {
    basic: { type: 'http', scheme: 'basic', description: 'A user of the configuration.' },
    bearer: {
      type: 'http',
      scheme: 'bearer',
      description:
        'A token of the identity provider: of a user, or of a customer where security.customers.mode is token.',
    },
    gmsUser: {
      type: 'apiKey',
      in: 'header',
      name: 'gms_user',
      description: 'The name of the customer, as the gateway in front of the server sets it.',
    },
    gmsUserSignature: {
      type: 'apiKey',
      in: 'header',
      name: 'gms_user_signature',
      description: 'The signature of the gateway, where security.customers requires one.',
    },
  };
}

/** An empty requirement: a server without users, or one that believes every customer, needs nothing. */
export function securityOf(audience: Audience | 'everybody'): readonly Part[] {
  if (audience === 'everybody') return [];
  if (audience !== 'customer') return [{ basic: [] }, { bearer: [] }, {}];
  return [{ gmsUser: [] }, { gmsUser: [], gmsUserSignature: [] }, { bearer: [] }, { basic: [] }, {}];
}
