import { Guard } from '../../server/access/guard.ts';
import type { BayeuxCustomer } from '../../server/bayeux/sessionRegistry.ts';

/** A guard that lets everybody in, as a server on loopback without users does. */
export function openGuard(): Guard {
  return new Guard({
    authenticate({ audience, headers }) {
      if (audience === 'customer') return { kind: 'customer', rights: 'open', ...userIn(headers.gms_user) };
      if (audience === 'platform') return { kind: 'platform', name: 'partner' };
      return { kind: 'administrator', role: 'administrator' };
    },
  });
}

/** The customer of a CometD request, who is whoever the header or the query names. */
export function openCustomer({
  headers,
  url = '',
}: {
  readonly headers: Readonly<Record<string, unknown>>;
  readonly url?: string | undefined;
}): BayeuxCustomer {
  const query = new URLSearchParams(url.split('?')[1]);
  return {
    isApart: false,
    believed: ({ gmsUser }) => gmsUser,
    ...userIn(headers.gms_user ?? query.get('gms_user')),
  };
}

function userIn(gmsUser: unknown): { readonly gmsUser?: string } {
  return typeof gmsUser === 'string' && gmsUser !== '' ? { gmsUser } : {};
}
