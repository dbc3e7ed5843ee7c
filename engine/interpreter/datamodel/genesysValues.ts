import type { Json } from '../../ports/index.ts';
import type { Kernel, Opaque } from './realm.ts';

interface Change {
  readonly path: readonly string[];
  readonly value: Json | undefined;
}

type JsonObject = { readonly [key: string]: Json | undefined };

/**
 * The value of _genesys of one session, as JSON on this side of the border; it is moved into the realm when
 * code that uses it runs. `changes` is what a snapshot carries: the rest is given again when a session opens.
 */
export class GenesysValues {
  private value: Json | undefined;
  private changed: Change[] = [];
  private stale = true;

  constructor(value: Json | undefined) {
    this.value = value;
  }

  get isStale(): boolean {
    return this.stale;
  }

  set(path: readonly string[], value: Json | undefined): void {
    this.value = withValue(this.value, path, value);
    this.changed = this.changed.filter((change) => !startsWith(change.path, path));
    this.changed.push({ path, value });
    this.stale = true;
  }

  changes(): Json {
    return this.changed.map(({ path, value }) => (value === undefined ? { path } : { path, value }));
  }

  restore(changes: Json): void {
    for (const { path, value } of changes as unknown as readonly Change[]) this.set(path, value);
  }

  /** Part by part, since most parts are equal in all sessions and shared by them. */
  make(host: Kernel, system: Opaque): void {
    host.beginGenesys();
    for (const [module, part] of Object.entries(objectOr(this.value))) {
      if (part === undefined) continue;
      if (typeof part !== 'object' || part === null || Array.isArray(part)) {
        host.addGenesys(module, '', JSON.stringify(part));
        continue;
      }
      for (const [name, value] of Object.entries(part as JsonObject)) {
        if (value !== undefined) host.addGenesys(module, name, JSON.stringify(value));
      }
    }
    host.endGenesys(system);
    this.stale = false;
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
