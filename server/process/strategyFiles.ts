import { createRequire } from 'node:module';
import { isProductStrategy, makeStrategy, type RouteStrategy } from '../../strategies/routing/index.ts';
import type { Config } from './config.ts';
import type { Loaded, NamedFiles } from './namedFiles.ts';

/** The strategies that are files of the installation, by their names. */
export type StrategyFiles = ReadonlyMap<string, Loaded<RouteStrategy>>;

const load = createRequire(import.meta.url);

/** Loads and runs the files. Their code has all rights of the server, as its configuration has. */
export function readStrategyFiles({ strategies }: Config['routing'], files: NamedFiles): StrategyFiles {
  const given = Object.entries(strategies).filter(([, value]) => !isProductStrategy(value));
  return new Map(
    given.map(([name, path]) => {
      const setting = `routing.strategies.${name}`;
      return [name, files.read({ setting, given: path, parse: (_content, file) => loadStrategy(file) })];
    }),
  );
}

/** Throws an Error for the operator. */
export function strategiesOf(files: StrategyFiles): ReadonlyMap<string, RouteStrategy> {
  return new Map([...files].map(([name, { content }]) => [name, content]));
}

function loadStrategy(path: string): RouteStrategy {
  const loaded = load(path) as unknown;
  return makeStrategy(typeof loaded === 'function' ? loaded : (loaded as { default?: unknown }).default);
}
