import { MobilePush, type PushConnection } from '../../strategies/notification/index.ts';
import { type ComposedPush, composePush, type PushDeps } from './composePush.ts';
import { type Config, ConfigError } from './config.ts';
import { NamedFiles } from './namedFiles.ts';
import { type PushFiles, readPushFiles } from './pushFiles.ts';

/** The push services, which change with the section push. */
export class LivePush {
  readonly services: MobilePush;
  readonly #deps: PushDeps;
  readonly #dataDir: string | undefined;
  #present: ComposedPush;

  /** `files`: of the section push at the start. Throws an Error for the operator. */
  constructor(deps: PushDeps & { readonly files: PushFiles; readonly dataDir?: string }) {
    this.#deps = deps;
    this.#dataDir = deps.dataDir;
    this.#present = composePush(deps, { push: deps.config.push, files: deps.files });
    this.services = new MobilePush(this.#present.settings);
  }

  /**
   * Reads the files of the section push, and makes its connections. The returned function lets them count.
   * Throws a ConfigError with each file that cannot be used; then nothing changed.
   */
  prepare({ push }: Config): () => void {
    const named = new NamedFiles(this.#dataDir);
    const files = readPushFiles(push, named);
    const problems = named.all.flatMap(({ setting, path, problem }) =>
      problem === undefined ? [] : [{ path: pathOf(setting), message: `'${path}': ${problem}` }],
    );
    if (problems.length > 0) throw new ConfigError('names files that cannot be used and', problems);
    const next = composePush(this.#deps, { push, files }, this.#present.connections);
    return () => {
      const before = this.#present.connections;
      this.#present = next;
      this.services.replace(next.settings);
      for (const unused of notIn(before, next.connections)) unused.close?.();
    };
  }
}

function notIn(
  before: ComposedPush['connections'],
  after: ComposedPush['connections'],
): readonly PushConnection[] {
  return [...before].filter(([content]) => !after.has(content)).map(([, connection]) => connection);
}

/** Names of providers that have connections are without dots; the names of options have some. */
function pathOf(setting: string): readonly string[] {
  const [, provider, option] = /^push\.provider\.([^.]+)\.(.+)$/.exec(setting) ?? [];
  return provider === undefined
    ? ['push', setting.slice('push.'.length)]
    : ['push', 'provider', provider, option!];
}
