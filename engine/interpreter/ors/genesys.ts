import type { Json } from '../../ports/index.ts';

/** Names of `_genesys.ixn.mediaType`, in the order of their values (ors-dialect 2.11). */
const MEDIA_TYPES = [
  'Voice', 'VoIP', 'EMail', 'VMail', 'SMail', 'Chat', 'Video', 'Cobrowsing', 'Whiteboard', 'AppSharing', 'Webform',
  'WorkItem', 'Callback', 'Fax', 'IMChat', 'BusinessEvent', 'Alert', 'SMS', 'OutboundPreview', 'OpenMedia', 'NativeSMS',
]; // biome-ignore format: a table
const ROUTE_TYPES = [
  'Unknown', 'Default', 'Label', 'OverwriteDNIS', 'DDD', 'IDDD', 'Direct', 'Reject', 'Announcement', 'PostFeature',
  'DirectAgent', 'GetFromDN',
]; // biome-ignore format: a table
const DAYS = ['Sunday', 'Monday', 'Tuesday', 'Wednesday', 'Thursday', 'Friday', 'Saturday'];
const LOOKUP_SEQUENCES = {
  StartFromStrategy: -1,
  StartFromCDN: 0,
  StartFromRouter: 1,
  StartFromTenant: 2,
  StartFromTserver: 3,
};

const DAY_NUMBERS = numbered(DAYS, '');
const MEDIA_TYPE_NUMBERS = numbered(MEDIA_TYPES, 'TMedia');
const ROUTE_TYPE_NUMBERS = numbered(ROUTE_TYPES, 'RouteType');

/** The one tenant of a server. */
export const TENANT = 'Environment';

/** The interactions of a session as its document sees them, by id: `_genesys.ixn.interactions`. */
export type InteractionViews = { readonly [id: string]: Json };

/**
 * The value of `_genesys` when a session opens (ors-dialect 2.8 to 2.11). The realm adds its functions. The
 * numbers of mediaType, rType and lookupseq are inferred, except StartFromStrategy.
 */
export function genesysObject(options: {
  readonly baseUrl: string;
  readonly interactions: InteractionViews;
}): Json {
  return {
    session: {
      server: { url: options.baseUrl, name: 'Orsay', cluster: 'Orsay' },
      tenant: TENANT,
      tenantid: 1,
      lookupseq: LOOKUP_SEQUENCES,
      day: DAY_NUMBERS,
    },
    ixn: {
      interactions: options.interactions,
      firstixnid: Object.keys(options.interactions)[0] ?? '',
      mediaType: MEDIA_TYPE_NUMBERS,
    },
    queue: {
      rType: ROUTE_TYPE_NUMBERS,
      usecapcond: { Only: 0, Never: 1, OnStatError: 2 },
      overwriteType: { UseNone: 0, UseDNIS: 1, UseConfig: 2, UseANI: 3 },
    },
    statistic: {},
  };
}

function numbered(names: readonly string[], prefix: string): { [name: string]: number } {
  return Object.fromEntries(names.map((name, index) => [`${prefix}${name}`, index]));
}
