import type { BlobPort, StorePort } from '../../engine/durable/index.ts';
import type { Document, Program } from '../../engine/interpreter/index.ts';
import type { Clock, HttpClient, Ids, Log } from '../../engine/ports/index.ts';
import type { RouteStrategy } from '../../strategies/routing/index.ts';
import type { Cookies, ServerNames } from '../access/index.ts';
import type { Dispatch } from '../adapters/index.ts';
import type { VersionFiles } from '../templates/index.ts';
import type { Tracing } from '../tracing/index.ts';
import type { LoginFiles } from './config/logins.ts';
import type { Config } from './config.ts';
import type { CurrentConfig } from './currentConfig.ts';
import type { PushFiles } from './pushFiles.ts';

/** The configuration, the ports and the outside of the server, from which its parts are built. */
export interface PartsDeps {
  readonly config: Config;
  readonly current: CurrentConfig;
  readonly store: StorePort;
  /** Writes to the store, in place of `store.write`. */
  readonly write?: StorePort['write'];
  /** Large binaries; undefined: in memory. */
  readonly blobs?: BlobPort;
  readonly clock: Clock;
  readonly ids: Ids;
  readonly log: Log;
  /** The strategies of the files in the section routing, by their names. */
  readonly strategies: ReadonlyMap<string, RouteStrategy>;
  /** The files of the section push. */
  readonly files: PushFiles;
  /** The passwords of `http.logins`. */
  readonly logins: LoginFiles;
  /** Files that the configuration names are relative to it; it has the uploaded templates. */
  readonly dataDir?: string;
  /** The files of uploaded templates; undefined: in the data directory, or else in a temporary folder. */
  readonly versionFiles?: VersionFiles;
  /** For URLs of other servers; undefined: the network, as the configuration allows. */
  readonly http?: HttpClient;
  /** Folder of the installed documents. */
  readonly documents?: string;
  /** Makes the program of a document; undefined: each server compiles its own. */
  readonly compile?: (document: Document) => Program;
  /** URL of this server. Throws before it is known. */
  readonly baseUrl: () => string;
  /** The names and addresses of this server. */
  readonly own: ServerNames;
  readonly cookies: Cookies;
  /** Undefined: nobody follows the work of the server. */
  readonly tracing?: Tracing | undefined;
  /** Answers requests to own URLs. */
  readonly dispatch: Dispatch;
  /** Aborted when the server stops. */
  readonly closing: AbortSignal;
}
