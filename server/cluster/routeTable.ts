/** The value of the route that a request reaches, by its method and path. */
export class RouteTable<Value> {
  readonly #routes = new Map<string, { readonly segments: readonly string[]; readonly value: Value }[]>();

  /** By method and path, as routes are registered: `POST /genesys/1/storage/:ttl`. */
  constructor(entries: Iterable<readonly [key: string, value: Value]>) {
    for (const [key, value] of entries) {
      const [method = '', path = ''] = key.split(' ');
      const routes = this.#routes.get(method) ?? [];
      routes.push({ segments: segmentsOf(path.replace('{/*', '/*').replace('}', '')), value });
      this.#routes.set(method, routes);
    }
    // A route with a literal segment is more exact than one with a parameter there.
    for (const routes of this.#routes.values()) routes.sort((a, b) => byExactness(a.segments, b.segments));
  }

  /** `path`: as in the request, without its query. HEAD is answered as GET. Undefined: there is no route. */
  find(method: string, path: string): Value | undefined {
    const segments = segmentsOf(path);
    const routes = this.#routes.get(method === 'HEAD' ? 'GET' : method) ?? [];
    return routes.find((route) => matches(route.segments, segments))?.value;
  }
}

function segmentsOf(path: string): readonly string[] {
  return path.split('/').slice(1);
}

function matches(route: readonly string[], segments: readonly string[]): boolean {
  const rest = route.findIndex((one) => one.startsWith('*'));
  if (rest === -1 ? route.length !== segments.length : segments.length < rest) return false;
  return route
    .slice(0, rest === -1 ? undefined : rest)
    .every((one, at) => (one.startsWith(':') ? segments[at] !== '' : one === segments[at]));
}

function byExactness(a: readonly string[], b: readonly string[]): number {
  for (let at = 0; at < Math.max(a.length, b.length); at++) {
    const difference = rankOf(a[at]) - rankOf(b[at]);
    if (difference !== 0) return difference;
  }
  return 0;
}

function rankOf(segment: string | undefined): number {
  if (segment === undefined) return 3;
  if (segment.startsWith('*')) return 2;
  return segment.startsWith(':') ? 1 : 0;
}
