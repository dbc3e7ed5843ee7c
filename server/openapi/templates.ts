/** Path of a route as a template of OpenAPI, and the name in the document for each of its parameters. */
export interface PathTemplate {
  readonly template: string;
  readonly names: ReadonlyMap<string, string>;
}

const PARAMETER = /[:*]([A-Za-z]\w*)/g;

/** The names of the parameters in the path of a route, in order. */
export function parametersOf(path: string): readonly string[] {
  return [...required(path).matchAll(PARAMETER)].map(([, name]) => name!);
}

/**
 * The templates of all paths of routes. OpenAPI has one path for `/storage/:ttl` and `/storage/:id`, because
 * they match the same requests. So a place with several names has all of them: `{idOrTtl}`.
 */
export function templatesOf(paths: readonly string[]): ReadonlyMap<string, PathTemplate> {
  const same = new Map<string, string[]>();
  for (const path of new Set(paths)) {
    const shape = required(path).replace(PARAMETER, '{}');
    same.set(shape, [...(same.get(shape) ?? []), path]);
  }
  return new Map(
    [...same].flatMap(([shape, group]) => group.map((path) => [path, templateOf(shape, path, group)])),
  );
}

function templateOf(shape: string, path: string, group: readonly string[]): PathTemplate {
  const own = parametersOf(path);
  const joined = own.map((_, place) => joinedName(group.map((one) => parametersOf(one)[place]!)));
  let place = 0;
  return {
    template: shape.replaceAll('{}', () => `{${joined[place++]!}}`),
    names: new Map(own.map((name, at) => [name, joined[at]!])),
  };
}

function joinedName(names: readonly string[]): string {
  const [first = '', ...others] = [...new Set(names)].sort();
  return [first, ...others.map((name) => `Or${name.charAt(0).toUpperCase()}${name.slice(1)}`)].join('');
}

/** Without the parts that a request may leave out. */
function required(path: string): string {
  return path.replace(/\{[^}]*\}/g, '');
}
