import type { Json } from '../../ports/index.ts';
import type { DataSession, RealmRequest } from '../datamodel/datamodel.ts';
import type { Effect } from '../effects.ts';
import { type InteractionViews, TENANT } from './genesys.ts';
import { applyUserData } from './interactionFacts.ts';

/** Everything that the functions of `_genesys` do to their session. */
export interface RealmRequestHost {
  readonly data: DataSession;
  readonly sessionId: string;
  readonly state: { interactions: InteractionViews };
  nextId(prefix: string): string;
  raise(name: string, data: Json | undefined): void;
  emit(effect: Effect): void;
}

/**
 * Performs the request of a function that document code called: `__Log`, `__Raise`, `_genesys.x.y()`
 * (ors-dialect 2.7 to 2.11).
 */
export function performRealmRequest({ name, args }: RealmRequest, host: RealmRequestHost): void {
  switch (name) {
    case 'log':
      host.emit({ kind: 'log', text: String(args[0] ?? '') });
      return;
    case 'raise':
      host.raise(String(args[0] ?? ''), args[1]);
      return;
    case 'session.setTenant':
      setTenant(String(args[0] ?? ''), host);
      return;
    case 'ixn.setuData':
      setUserData(args[0] ?? {}, String(args[1] ?? ''), host);
      return;
    case 'queue.excludeAgents':
      host.data.setGenesys(['queue', 'excludedAgents'], args[0] ?? '');
      emitModule('queue', 'excludeagents', { agents: args[0] ?? '' }, host);
      return;
    default:
      // The realm makes no other requests: this would be a fault of the platform.
      throw new Error(`Expected a request that the platform knows, got '${name}'.`);
  }
}

/** The server has one tenant, so a document cannot choose another one. */
function setTenant(tenant: string, host: RealmRequestHost): void {
  if (tenant === TENANT) return;
  const description = `This server has one tenant: expected '${TENANT}' in setTenant(), got '${tenant}'.`;
  host.raise('error.session.settenant', { error: 'unsupported', description });
}

function setUserData(changes: Json, interactionId: string, host: RealmRequestHost): void {
  const { state, data } = host;
  const id = interactionId || (Object.keys(state.interactions)[0] ?? '');
  state.interactions = applyUserData(changes, id, state.interactions, data);
  emitModule('interaction', 'setudata', { interactionid: id, userdata: changes }, host);
}

function emitModule(
  module: string,
  action: string,
  attributes: { readonly [name: string]: Json },
  host: RealmRequestHost,
): void {
  const key = host.nextId('effect');
  const requestId = `${host.sessionId}.${key}`;
  host.emit({ kind: 'module', key, module, action, requestId, attributes, params: {}, children: [] });
}
