import type { Json } from '../../ports/index.ts';
import type { Kernel, Opaque } from './realm.ts';

interface Change {
  readonly path: readonly string[];
  readonly value: Json | undefined;
}

type JsonObject = { readonly [key: string]: Json | undefined };

/**
 * The value of _genesys of one session, as JSON on the host's side of the border. Snapshots carry `changes`
 * only: the host gives the rest again when it opens the session.
 */
export class GenesysValues {
  #value: Json | undefined;
  #changes: Change[] = [];
  #isStale = true;
  readonly #installation: string;

  constructor(values: { readonly genesys: Json | undefined; readonly installation: string | undefined }) {
    this.#value = values.genesys;
    this.#installation = values.installation ?? '';
  }

  /** True until the present value is made in the realm. */
  get isStale(): boolean {
    return this.#isStale;
  }

  set(path: readonly string[], value: Json | undefined): void {
    this.#value = withValue(this.#value, path, value);
    this.#changes = this.#changes.filter((change) => !startsWith(change.path, path));
    this.#changes.push({ path, value });
    this.#isStale = true;
  }

  changes(): Json {
    return this.#changes.map(({ path, value }) => (value === undefined ? { path } : { path, value }));
  }

  restore(changes: Json): void {
    for (const { path, value } of changes as unknown as readonly Change[]) this.set(path, value);
  }

  /** Makes the value in the realm, part by part: most parts are equal in all sessions, which share them. */
  make(host: Kernel, system: Opaque): void {
    host.beginGenesys();
    for (const [module, part] of Object.entries(objectOr(this.#value))) {
      if (part === undefined) continue;
      if (typeof part !== 'object' || part === null || Array.isArray(part)) {
        host.addGenesys(module, '', JSON.stringify(part));
        continue;
      }
      for (const [name, value] of Object.entries(part as JsonObject)) {
        if (value !== undefined) host.addGenesys(module, name, JSON.stringify(value));
      }
    }
    host.endGenesys(system, this.#installation);
    this.#isStale = false;
  }
}

function withValue(
  target: Json | undefined,
  path: readonly string[],
  value: Json | undefined,
): Json | undefined {
  const [name, ...rest] = path;
  if (name === undefined) return value;
  const { [name]: old, ...others } = objectOr(target);
  const replaced = withValue(old, rest, value);
  return replaced === undefined ? others : { ...others, [name]: replaced };
}

function objectOr(value: Json | undefined): JsonObject {
  return typeof value === 'object' && value !== null && !Array.isArray(value) ? (value as JsonObject) : {};
}

function startsWith(path: readonly string[], prefix: readonly string[]): boolean {
  return prefix.every((name, index) => path[index] === name);
}
