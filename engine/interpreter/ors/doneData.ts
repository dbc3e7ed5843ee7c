import type { Json } from '../../ports/index.ts';
import type { Dialect } from '../document/model.ts';

/**
 * The value of `_event.data` for done.state.<id> and done.invoke.<id>. ORS documents read `sessionid`,
 * `reason` and `params` there (ors-dialect 2.6), and the params directly as well. W3C documents read the
 * donedata (W3C 5.5).
 */
export function doneData(
  dialect: Dialect,
  donedata: Json | undefined,
  of: { readonly sessionId: string; readonly reason?: string },
): Json | undefined {
  if (dialect === 'w3c') return donedata;
  const params = donedata ?? {};
  const fields = typeof params === 'object' && !Array.isArray(params) ? params : {};
  return { ...fields, sessionid: of.sessionId, reason: of.reason ?? '', params };
}
