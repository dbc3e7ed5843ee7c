import type { Durable } from '../../engine/durable/index.ts';
import type { Log } from '../../engine/ports/index.ts';
import type { Config } from './config.ts';

const TABLE = 'configuration';
const KEY = 'baseUrls';
/** Earlier URLs of the server that the store keeps. The oldest are forgotten. */
export const MAX_FORMER_URLS = 100;

/**
 * Records the URL of the server, and returns its earlier ones: sessions that started then still send their
 * requests there. Only the configuration and the server's own listeners add a URL here, never a request.
 *
 * A URL whose origin the configuration names in another place belongs to another server now.
 */
export function recordUrl(
  present: string,
  { durable, config, log }: { readonly durable: Durable; readonly config: Config; readonly log: Log },
): readonly string[] {
  const stored = durable.get<readonly string[]>(TABLE, KEY) ?? [];
  const former = stored.filter((url) => url !== present);
  if (stored[0] !== present) {
    const value = [present, ...former.slice(0, MAX_FORMER_URLS)];
    // Commits become durable in their order, so no session knows this URL before the store does.
    durable
      .commit({ put: [{ table: TABLE, key: KEY, value }] })
      .catch((err: unknown) => log.error({ err, url: present }, 'The URL of the server was not recorded.'));
  }
  const named = namedOrigins(config);
  return (
    config.server.formerUrls ??
    former.slice(0, MAX_FORMER_URLS).filter((url) => !named.has(new URL(url).origin))
  );
}

/** The origins of URLs that the configuration gives to documents and clients. */
function namedOrigins({ services, scripts, documents, push, http }: Config): ReadonlySet<string> {
  const texts = textsIn([services, scripts, documents?.allow, push, http.allow]);
  return new Set(
    texts
      .filter((text) => /^https?:\/\//i.test(text) && URL.canParse(text))
      .map((text) => new URL(text).origin),
  );
}

function textsIn(value: unknown): readonly string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(textsIn) : [];
}
