import { Browsers } from '../../server/access/browsers.ts';
import { Cookies } from '../../server/access/cookies.ts';
import { Guard } from '../../server/access/guard.ts';
import { ServerNames } from '../../server/access/serverNames.ts';
import type { BayeuxCustomer } from '../../server/bayeux/sessionRegistry.ts';

/** A guard that lets everybody in, as a server on loopback without users does. */
export function openGuard(): Guard {
  return new Guard({
    authenticator: {
      authenticate({ audience, headers }) {
        if (audience === 'customer') return { kind: 'customer', rights: 'open', ...userIn(headers.gms_user) };
        if (audience === 'platform') return { kind: 'platform', name: 'partner' };
        return { kind: 'administrator', role: 'administrator' };
      },
    },
    browsers: loopbackBrowsers(),
  });
}

/** The browsers of a server on loopback. */
export function loopbackBrowsers(): Browsers {
  const names = new ServerNames({ baseUrl: () => undefined, hosts: [], planned: [] });
  return new Browsers({ names, origins: [] });
}

export const plainCookies = new Cookies({ isCrossSite: false, baseUrl: undefined });

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
