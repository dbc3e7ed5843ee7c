import { type Certificate, readCertificate } from './certificates.ts';
import { type IdentityFiles, readIdentityFiles } from './composeIdentities.ts';
import { type LoginFiles, readLoginFiles } from './config/logins.ts';
import type { Config } from './config.ts';
import type { Listener } from './httpServer.ts';
import { type Loaded, type NamedFile, NamedFiles } from './namedFiles.ts';
import { type PushFiles, readPushFiles } from './pushFiles.ts';
import { readStrategyFiles, type StrategyFiles } from './strategyFiles.ts';

/** The files that the configuration names, besides those of `lists`, `options` and `specialDays`. */
export interface ConfiguredFiles {
  readonly identity: IdentityFiles;
  readonly push: PushFiles;
  /** The passwords of `http.logins`. */
  readonly logins: LoginFiles;
  /** The strategies of the section routing that are files, by their names. */
  readonly strategies: StrategyFiles;
  /** For each listener with TLS. */
  readonly certificates: readonly Loaded<Certificate>[];
  /** Every file that was read. */
  readonly all: readonly NamedFile[];
  /** Throws an Error for the operator that has every file which cannot be used. */
  requireUsable(): void;
}

/** Reads every file that the configuration names. `dataDir`: relative paths begin there. */
export function readConfiguredFiles({
  config,
  listeners = [],
  dataDir,
}: {
  readonly config: Config;
  readonly listeners?: readonly Listener[] | undefined;
  readonly dataDir?: string | undefined;
}): ConfiguredFiles {
  const files = new NamedFiles(dataDir);
  const certificates = listeners.flatMap(({ tls }, index) =>
    tls === undefined ? [] : [readCertificate(files, { setting: `server.listeners.${index}.tls`, tls })],
  );
  return {
    identity: readIdentityFiles(config, files),
    push: readPushFiles(config.push, files),
    logins: readLoginFiles(config.http.logins, files),
    strategies: readStrategyFiles(config.routing, files),
    certificates,
    all: files.all,
    requireUsable: () => files.requireUsable(),
  };
}
