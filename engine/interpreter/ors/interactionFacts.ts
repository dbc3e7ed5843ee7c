import type { Json } from '../../ports/index.ts';
import type { DataSession } from '../datamodel/datamodel.ts';
import type { InteractionViews } from './genesys.ts';

/**
 * Applies the facts of an interaction event: `_genesys.ixn.interactions` changes only together with events
 * (ors-dialect 2.11). A view replaces the entry of its interaction; null removes it. Returns the new views.
 */
export function applyInteractionFacts(
  facts: Json | undefined,
  views: InteractionViews,
  data: DataSession,
): InteractionViews {
  const changes = changesOf(facts);
  if (changes === undefined) return views;
  const next: { [id: string]: Json } = { ...views };
  for (const [id, view] of Object.entries(changes)) {
    if (view === null || view === undefined) {
      delete next[id];
      data.setGenesys(['ixn', 'interactions', id], undefined);
      continue;
    }
    next[id] = view;
    data.setGenesys(['ixn', 'interactions', id], view);
  }
  data.setGenesys(['ixn', 'firstixnid'], Object.keys(next)[0] ?? '');
  return next;
}

/**
 * Applies `_genesys.ixn.setuData(changes, id)`: the session sees its own change at once. Null removes a key.
 * Returns the new views.
 */
export function applyUserData(
  changes: Json,
  id: string,
  views: InteractionViews,
  data: DataSession,
): InteractionViews {
  const view = views[id];
  if (!isObject(view) || !isObject(changes)) return views;
  const merged = { ...(isObject(view.udata) ? view.udata : {}), ...changes };
  const udata = Object.fromEntries(Object.entries(merged).filter(([, value]) => value !== null));
  data.setGenesys(['ixn', 'interactions', id, 'udata'], udata);
  return { ...views, [id]: { ...view, udata } };
}

function changesOf(facts: Json | undefined): { readonly [id: string]: Json | undefined } | undefined {
  if (!isObject(facts)) return undefined;
  const { interactions } = facts;
  return isObject(interactions) ? interactions : undefined;
}

function isObject(value: Json | undefined): value is { readonly [key: string]: Json | undefined } {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}
